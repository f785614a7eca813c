"""The words of visits (走访)."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class VisitState(Vocabulary):
    """How far a visit has come."""

    PLANNED = "planned", "已安排，待排期"  # by its promised day, no day in the bureau's plan yet
    SCHEDULED = "scheduled", "已排期"  # has a day within the bureau's daily capacity
    CONFIRMED = "confirmed", "已确认"  # by the bureau: only the bureau moves it
    REMINDED = "reminded", "已提醒"
    DONE = "done", "已走访"
    CANCELLED = "cancelled", "已取消"


PLACED_VISITS = (VisitState.SCHEDULED, VisitState.CONFIRMED, VisitState.REMINDED)
"""Those with a day in the plan."""
OPEN_VISITS = (VisitState.PLANNED, *PLACED_VISITS)
"""Those still to come."""


def is_guess(state: VisitState, *, is_provisional: bool) -> bool:
    """Whether the day of a visit is not to be told as fixed: it has no place in the bureau's plan
    yet, or (`is_provisional`) lies beyond the published calendar."""
    return is_provisional or state is VisitState.PLANNED


class VisitResult(Vocabulary):
    """What came of a visit."""

    MET = "met", "已走访"
    ABSENT = "absent", "上门未遇"
    REFUSED = "refused", "企业谢绝走访"
