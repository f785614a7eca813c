"""The words of changes to local practice."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class ChangeState(Vocabulary):
    """How far a change of local practice has come."""

    PENDING = "pending", "待另一位管理员同意"
    AGREED = "agreed", "已同意"
    ENDED = "ended", "已撤回"
