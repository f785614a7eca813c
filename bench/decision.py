"""What the rules say of one stored application: the same computation for every contender."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from casework.docket import promises, states
from casework.followup.visit_booking import promised
from casework.notices.editions import Edition, edition
from config.settings import Settings
from rules import PROVISIONS, RULES_VERSION
from rules.engine import assess
from rules.model import Assessment, Case, Context, Taken
from rules.routing import Route, route
from vocabulary.cases import State
from vocabulary.outcomes import VISITED
from vocabulary.zone import CHINA


@dataclass(frozen=True, slots=True)
class Decision:
    """An assessment with its route."""

    assessment: Assessment
    route: Route
    edition: Edition

    @property
    def state(self) -> State:
        """Where the application stands after it."""
        return states.move(State.RECEIVED, self.assessment.outcome)

    @property
    def is_visited(self) -> bool:
        """Whether a visit follows."""
        return self.assessment.outcome in VISITED

    def document(self) -> dict[str, Any]:
        """What is stored with the assessment."""
        return self.route.added_to(self.assessment.document())

    def row(self) -> dict[str, Any]:
        """The assessment's columns that do not depend on the application's id or the time."""
        return {
            "serial": 1,
            "notice_id": self.edition.notice.id,
            "rules_version": RULES_VERSION,
            "parameters_hash": self.edition.hash,
            "outcome": self.assessment.outcome.value,
            "amount": self.assessment.amount,
            "document": self.document(),
            "in_force": True,
        }


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit to come: its day, whether that is a guess, why that day, when to plan it; and when
    somebody looks whether all promises of the application are kept."""

    on: date
    provisional: bool
    basis: str
    remind_at: datetime
    watch_at: datetime


def decide(
    settings: Settings,
    provision: str,
    enterprise: Mapping[str, Any],
    facts: Mapping[str, Any],
    received_at: datetime,
    taken: Mapping[str, Taken] | None = None,
) -> Decision:
    """Assess and route. `taken`: benefit keys that other applications hold."""
    current = edition(settings.notice_id)
    case = Case(
        enterprise=enterprise,
        facts=facts,
        received_on=received_at.astimezone(CHINA).date(),
        context=Context(taken=taken or {}),
    )
    assessment = assess(PROVISIONS[provision], case, current.notice)
    return Decision(assessment, route(provision, case, current.notice), current)


def plan_visit(settings: Settings, decided_at: datetime) -> Planned:
    """The visit that follows a decision."""
    decided_on = decided_at.astimezone(CHINA).date()
    day = promised(settings, decided_on)
    watch_at = promises.first_look(settings.practice, decided_on)
    return Planned(day.planned_on, day.provisional, day.basis, day.tended_at, watch_at)


def bureaus(route_document: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The lead bureau, and those told besides it, each once."""
    lead: str = route_document["lead"]["bureau"]
    copied = dict.fromkeys(copy["bureau"] for copy in route_document["copies"])
    copied.pop(lead, None)
    return lead, list(copied)


def assessed_data(outcome: str, amount: Decimal | None, lead: str) -> dict[str, Any]:
    """What the event of a first assessment tells."""
    return {
        "serial": 1,
        "outcome": outcome,
        "amount": None if amount is None else str(amount),
        "bureau": lead,
    }
