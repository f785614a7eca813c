"""The words of promised days (承诺期限): what is promised, and how near its day is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What is promised."""

    ACKNOWLEDGE = "acknowledge"
    DETERMINE = "determine"
    SUPPLEMENT = "supplement"  # the applicant's turn
    REVIEW = "review"
    VISIT = "visit"  # its outcome to be recorded
    REQUEST = "request"
    CALLBACK = "callback"


KIND_TEXT: Final[Mapping[str, str]] = {
    Kind.ACKNOWLEDGE: "签收",
    Kind.DETERMINE: "作出认定",
    Kind.SUPPLEMENT: "补正",
    Kind.REVIEW: "答复复核",
    Kind.VISIT: "记录走访结果",
    Kind.REQUEST: "答复诉求",
    Kind.CALLBACK: "回访",
}


class Level(StrEnum):
    """How near or far past a promised day is."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
