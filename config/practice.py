"""Local practice (本地做法): every interval and number of follow-up that the notice does not name.

(十四) promises visits and answers to what enterprises ask; it sets no day for either. People are
shown each of these as local practice, never as the notice's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Protocol

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
OFF = "off"


class PracticeError(ValueError):
    """A value is not of the form wanted; the message says which form."""


@dataclass(frozen=True, slots=True)
class Practice:
    """Days are Chinese working days.

    `visits_per_day`: of one bureau, unless it sets its own number. `plan`: so many days before
    its promised day a visit gets a day in the plan. `gap`: between two visits to one enterprise.
    `acknowledge`, `determine`, `review`, `request`: until a bureau has done it. `outcome`: after
    a visit until its outcome is recorded. `due_soon`: before, `escalate`: after a promised day.
    `quiet`: from and until when no telephone rings (None: never quiet). `digest`: when a bureau
    gets its daily digest (None: every message by itself).
    """

    visits_per_day: int = 20
    plan: int = 5
    gap: int = 20
    acknowledge: int = 2
    determine: int = 15
    review: int = 10
    request: int = 5
    outcome: int = 2
    due_soon: int = 2
    escalate: int = 3
    quiet: tuple[time, time] | None = (time(20), time(8))
    digest: time | None = time(9, 30)


class Reader(Protocol):
    """Typed look-ups in the environment."""

    def text(self, name: str, default: str) -> str:
        """The variable, or the default."""

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """The variable as a whole number within bounds, or the default."""


def read(reader: Reader) -> Practice:
    """The practice as the environment sets it. Raises PracticeError, naming the variable."""
    standard = Practice()
    return Practice(
        visits_per_day=reader.integer("VISITS_PER_DAY", standard.visits_per_day, 1, 1_000_000),
        plan=reader.integer("VISIT_PLAN_WORKING_DAYS", standard.plan, 0, 250),
        gap=reader.integer("VISIT_GAP_WORKING_DAYS", standard.gap, 0, 250),
        acknowledge=reader.integer("ACKNOWLEDGE_WORKING_DAYS", standard.acknowledge, 1, 250),
        determine=reader.integer("DETERMINE_WORKING_DAYS", standard.determine, 1, 250),
        review=reader.integer("REVIEW_WORKING_DAYS", standard.review, 1, 250),
        request=reader.integer("REQUEST_WORKING_DAYS", standard.request, 1, 250),
        outcome=reader.integer("VISIT_OUTCOME_WORKING_DAYS", standard.outcome, 1, 250),
        due_soon=reader.integer("DUE_SOON_WORKING_DAYS", standard.due_soon, 0, 250),
        escalate=reader.integer("ESCALATE_WORKING_DAYS", standard.escalate, 1, 250),
        quiet=_span("QUIET_HOURS", reader.text("QUIET_HOURS", "20:00-08:00")),
        digest=_moment("DIGEST_AT", reader.text("DIGEST_AT", "09:30")),
    )


def _span(name: str, value: str) -> tuple[time, time] | None:
    if value == OFF:
        return None
    begins, _, ends = value.partition("-")
    if not (_CLOCK.fullmatch(begins) and _CLOCK.fullmatch(ends)) or begins == ends:
        raise PracticeError(f'{name} must be of the form 20:00-08:00 or "{OFF}", not {value!r}')
    return time.fromisoformat(begins), time.fromisoformat(ends)


def _moment(name: str, value: str) -> time | None:
    if value == OFF:
        return None
    if not _CLOCK.fullmatch(value):
        raise PracticeError(f'{name} must be of the form 09:30 or "{OFF}", not {value!r}')
    return time.fromisoformat(value)
