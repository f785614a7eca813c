"""An application while it is being assessed, how it stood before, and what a person ruled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

from casework.editions import Edition
from rules import PROVISIONS
from rules.engine import assess
from rules.model import Assessment, CapClaim, Case, Outcome
from vocabulary.records import State


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person ruled on an application, in yuan. `amount`: None where the notice gives no
    figure; `computed`: what the rules computed when it was made, None without arithmetic."""

    granted: bool
    amount: Decimal | None
    computed: Decimal | None = None

    @property
    def overrides(self) -> bool:
        """Whether it grants more than the rules computed: a second person has approved it, and it
        takes keys from whoever has only claimed them."""
        if self.amount is None or self.computed is None:
            return False
        return self.amount > self.computed


class Standing(NamedTuple):
    """How an application stood before: `bureaus` are the lead and those copied, `serial` the
    number of its assessments so far, `assigned` the bureau it was transferred to."""

    state: State
    uscc: str | None
    outcome: str | None
    amount: Decimal | None
    bureaus: tuple[str, ...]
    serial: int
    assigned: str | None = None
    supplement_open: bool = False
    visit_id: int | None = None


@dataclass(slots=True)
class Candidate:
    """An application being assessed by its own notice: its case so far, and the assessment so far.

    `won`: the benefit keys it has. `held`: the keys it had when it was assessed last, with yuan.
    """

    application_id: int
    receipt: str
    provision: str
    edition: Edition
    was: Standing
    case: Case
    ruling: Ruling | None = None
    assessment: Assessment | None = None
    won: set[str] = field(default_factory=set)
    held: dict[str, Decimal] = field(default_factory=dict)

    @property
    def again(self) -> bool:
        """Whether it has been assessed before, so that it may hold keys and cap already."""
        return self.was.serial > 0

    @property
    def was_granted(self) -> bool:
        """Whether it counted as granted when it was assessed last."""
        return self.was.outcome == Outcome.ELIGIBLE

    @property
    def is_granted(self) -> bool:
        """Whether it counts: a person granted it, or every condition is met on record."""
        if self.ruling is not None:
            return self.ruling.granted
        return self.assessment is not None and self.assessment.outcome is Outcome.ELIGIBLE

    @property
    def overrides(self) -> bool:
        """Whether a person granted it more than the rules computed."""
        return self.ruling is not None and self.ruling.granted and self.ruling.overrides

    @property
    def cap(self) -> CapClaim | None:
        """The claim on a running total that the assessment so far makes."""
        return self.assessment.cap if self.assessment else None

    def assess(self, **context: Any) -> Assessment:
        """Assess with a changed context; remembers and returns the assessment."""
        if context:
            self.case = replace(self.case, context=replace(self.case.context, **context))
        self.assessment = assess(PROVISIONS[self.provision], self.case, self.edition.notice)
        return self.assessment
