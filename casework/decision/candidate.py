"""An application on its way through an assessment: as it was loaded, and as it is drafted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from casework.docket.ruling import Ruling
from casework.notices.editions import Edition
from rules.engine import assess
from rules.model import Assessment, Case
from vocabulary.cases import State


class Standing(NamedTuple):
    """How an application stood before: `bureaus` are the lead and those copied, `serial` the
    number of its assessments so far, `granted` whether a person's grant is in force, `kept_lead`
    the bureau that leads whatever the rules say, `is_verified` whether it is known who filed,
    `is_trial` whether it was sent in test mode."""

    state: State
    uscc: str | None
    outcome: str | None
    amount: Decimal | None
    bureaus: tuple[str, ...]
    serial: int
    granted: bool = False
    kept_lead: str | None = None
    supplement_open: bool = False
    visit_id: int | None = None
    is_verified: bool = True
    is_trial: bool = False


class Candidate(NamedTuple):
    """An application to be assessed by its own notice, as it was loaded."""

    application_id: int
    receipt: str
    provision: str
    edition: Edition
    was: Standing
    case: Case
    ruling: Ruling | None = None

    @property
    def again(self) -> bool:
        """Whether it has been assessed before, so that it may hold keys and cap already."""
        return self.was.serial > 0


@dataclass(slots=True)
class Draft:
    """A candidate's assessment so far, and the case it was made of: what other applications hold
    may still change it."""

    candidate: Candidate
    case: Case
    assessment: Assessment

    @property
    def application_id(self) -> int:
        """The application it is about."""
        return self.candidate.application_id

    @property
    def is_granted(self) -> bool:
        """Whether a person granted it, and that stands: nothing else counts."""
        ruling = self.candidate.ruling
        return ruling is not None and ruling.granted and self.set_aside is None

    @property
    def set_aside(self) -> Decimal | None:
        """Yuan of the grant in force that cannot stand any more, if so: it rests on yuan that are
        granted elsewhere since, and comes to less now."""
        ruling, amount = self.candidate.ruling, self.assessment.amount
        if not self.candidate.was.granted or ruling is None or ruling.amount is None:
            return None
        possible = ruling.amount if ruling.computed is None else min(ruling.amount, ruling.computed)
        lost = amount is not None and amount < possible and self.assessment.is_granted_elsewhere
        return ruling.amount if lost else None

    def revise(self, **context: Any) -> Assessment:
        """Assess again with a changed context; remembers and returns the assessment."""
        self.case = replace(self.case, context=replace(self.case.context, **context))
        self.assessment = _assess(self.candidate, self.case)
        return self.assessment


def draft(candidate: Candidate) -> Draft:
    """Assess a candidate for the first time.

    Raises what the rules raise on a case they cannot take.
    """
    return Draft(candidate, candidate.case, _assess(candidate, candidate.case))


def _assess(candidate: Candidate, case: Case) -> Assessment:
    edition = candidate.edition
    return assess(edition.provisions[candidate.provision], case, edition.notice)
