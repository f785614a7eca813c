"""The words of promised days (承诺期限): what is promised, and how near its day is."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class Kind(Vocabulary):
    """What is promised."""

    ACKNOWLEDGE = "acknowledge", "签收"
    DETERMINE = "determine", "作出认定"
    SUPPLEMENT = "supplement", "补正"  # the applicant's turn
    REVIEW = "review", "答复复核"
    VISIT = "visit", "记录走访结果"
    REQUEST = "request", "答复诉求"
    CALLBACK = "callback", "回访"
    PAY = "pay", "付款"
    WAIVE = "waive", "落实减免"
    OBJECTION = "objection", "答复异议"


class Level(Vocabulary):
    """How near or far past a promised day is."""

    DUE_SOON = "due_soon", "即将到期"
    OVERDUE = "overdue", "已逾期"
    ESCALATED = "escalated", "已督办"
