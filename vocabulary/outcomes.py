"""The words of the rules: what they say of a case, of a condition, of a line of arithmetic."""

from __future__ import annotations

from vocabulary.base import Vocabulary


class Outcome(Vocabulary):
    """What an assessment says of an application."""

    ELIGIBLE = "eligible", "符合条件"
    INELIGIBLE = "ineligible", "不符合条件"
    NEEDS_DETERMINATION = "needs_determination", "待认定"
    REFERRED = "referred", "已转介"
    INCOMPLETE = "incomplete", "材料不全，待补正"
    NOT_IN_FORCE = "not_in_force", "不在受理期内"

    @property
    def is_closed(self) -> bool:
        """Whether it went against the applicant or belongs elsewhere: nobody has to find more."""
        return self in (Outcome.INELIGIBLE, Outcome.NOT_IN_FORCE, Outcome.REFERRED)

    def result(self, *, determined: bool) -> str:
        """What people read of it. `determined`: a person's determination is in force; without one
        nothing is promised."""
        if self is Outcome.ELIGIBLE and not determined:
            return "按规则核对符合条件，待责任单位认定"
        return self.label


VISITED = frozenset(
    {Outcome.ELIGIBLE, Outcome.INELIGIBLE, Outcome.REFERRED, Outcome.NEEDS_DETERMINATION}
)
"""What is a decision of some kind, after which the enterprise is visited."""


class Truth(Vocabulary):
    """Three-valued answer of a condition. Unknown never denies and never grants."""

    TRUE = "true", "符合"
    FALSE = "false", "不符合"
    UNKNOWN = "unknown", "待定"


class Standing(Vocabulary):
    """What becomes of one line of arithmetic."""

    COUNTED = "counted", "计入"
    HELD = "held", "暂不计入"  # nothing is payable until an open point is settled
    EXCLUDED = "excluded", "不计入"
    TAKEN = "taken", "已由另一申请获准"  # the same benefit was granted to another application
