"""The word for how two applications meet."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class Meets(Vocabulary):
    """What two applications have in common, the surest first."""

    SAME = "same", "主张同一笔款项"  # only one of them can be granted it
    BASE = "base", "一份的金额要看另一份的结果"  # a grant of one alters what the other comes to
    SHARED = "shared", "同一合同，不同单位"  # one lease under two credit codes
    RESEMBLES = "resembles", "疑似同一租约"  # the same premises under another number
