"""The words of who may do what."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class Role(Vocabulary):
    """What the bearer of a token may do."""

    OFFICER = "officer", "经办人"
    SUPERVISOR = "supervisor", "主管"
    SYSTEM = "system", "业务系统"
    AUDITOR = "auditor", "审计"
    ADMIN = "admin", "管理员"
    INTAKE = "intake", "申报渠道"  # a system that sends filings and says who vouches for them
