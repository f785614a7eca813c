"""What a screening asks next: only questions whose answer can still alter what the rules would say.

An answer is a JSON value at a pointer, as a form takes it; a pointer into the facts is asked once
for every form that has such a field. What was not answered is unknown, and never a no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from marshmallow import Schema, ValidationError, fields

from casework.notices import editions
from casework.notices.editions import Edition
from config import notices
from config.notices.interview import Interview, Question, load_interview
from config.settings import Settings
from rules.engine import assess
from rules.model import Assessment, Case
from schemas import pointers
from schemas.enterprise import READ_PROFILE
from schemas.kit import fields as kinds
from schemas.pointers import NoSuchField
from vocabulary.outcomes import Outcome, Truth
from vocabulary.zone import CHINA

MOST: Final = 12
"""Questions that one screening asks, the first one, what it is about, among them."""
_SHUT: Final = (Outcome.INELIGIBLE, Outcome.NOT_IN_FORCE)
_OFFERED: Final = (Outcome.ELIGIBLE, Outcome.NEEDS_DETERMINATION)
_OWN: Final = "/facts/"

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that matters, and those of its pointers that do."""

    question: Question
    pointers: tuple[str, ...]


class _Told(NamedTuple):
    """What somebody is told of one provision, as far as an answer can alter it."""

    outcome: Outcome
    amount: Decimal | None
    missing: tuple[str, ...]
    against: tuple[str, ...]


def interview(settings: Settings) -> Interview:
    """All that may be asked under the deployment's notice."""
    return _interview(editions.edition(settings.notice_id))


def body(settings: Settings, answers: Answers) -> dict[str, Any]:
    """The request of a screening that says what was answered."""
    current = editions.edition(settings.notice_id)
    facts = {
        code: found for code in current.forms.forms if (found := _facts(current, code, answers))
    }
    return {"enterprise": _part("enterprise", answers), **({"facts": facts} if facts else {})}


def asked_by(settings: Settings, provision: str, pointer: str) -> bool:
    """Whether the form of a provision has such a field."""
    return _has(editions.edition(settings.notice_id), provision, pointer)


def remaining(
    settings: Settings,
    topics: Collection[str],
    answers: Answers,
    done: Collection[str],
    day: date | None = None,
) -> tuple[Asked, ...]:
    """The questions that still matter, in order.

    Takes the codes of the topics somebody came for (none: any); well-formed answers; the codes of
    the questions that were put, answered or not; the day it would be received, today in Beijing.
    """
    current = editions.edition(settings.notice_id)
    asks = _interview(current)
    wanted = {
        code for topic in asks.topics if topic.code in topics for code in topic.provisions
    } or set(current.notice.provisions)
    state = _State(current, answers, day or datetime.now(CHINA).date())
    still = [code for code in current.notice.provisions if code in wanted and state.is_open(code)]
    return tuple(_mattering(asks, state, still, done))


def unasked(
    settings: Settings,
    topics: Collection[str],
    answers: Answers,
    done: Collection[str],
    day: date | None = None,
) -> dict[str, tuple[Question, ...]]:
    """The provisions of which too little was asked to say that they are open to somebody, whatever
    the rules make of it, each with the questions that were not put and matter; takes what
    `remaining` does.

    Something of its own must have been answered, and all that matters been put. To be referred,
    where no sum is promised, it is enough that somebody came for it.
    """
    current = editions.edition(settings.notice_id)
    asks = _interview(current)
    came_for = {code for topic in asks.topics if topic.code in topics for code in topic.provisions}
    state = _State(current, answers, day or datetime.now(CHINA).date())
    found = {}
    for code, told in state.now.items():
        knows = any(at.startswith(_OWN) and _has(current, code, at) for at in answers)
        if told.outcome in _OFFERED:
            left = tuple(each.question for each in _mattering(asks, state, [code], done))
            if left or not knows:
                found[code] = left
        elif told.outcome is Outcome.REFERRED and not knows and code not in came_for:
            found[code] = ()
    return found


def _mattering(
    asks: Interview, state: _State, codes: Collection[str], done: Collection[str]
) -> Iterator[Asked]:
    for question in asks.questions:
        if question.code not in done:
            matter = tuple(each for each in question.pointers if state.matters(each, codes))
            if matter:
                yield Asked(question, matter)


def _interview(current: Edition) -> Interview:
    content = current.notice.content
    return load_interview(
        notices.folder() / current.notice.id, content["text"], frozenset(current.notice.provisions)
    )


class _State:
    """One profile as it stands, and what another answer would make of it."""

    def __init__(self, current: Edition, answers: Answers, day: date) -> None:
        self.current = current
        self.answers = answers
        self.day = day
        self.enterprise = READ_PROFILE(_part("enterprise", answers))
        self.facts = {
            code: current.forms.readers[code](_facts(current, code, answers))
            for code in current.notice.provisions
        }
        self.now = {code: self.told(code) for code in current.notice.provisions}

    def is_open(self, code: str) -> bool:
        """Whether more answers can lead anywhere: nothing is against it so far."""
        return self.now[code].outcome not in _SHUT and not self.now[code].against

    def told(
        self,
        code: str,
        enterprise: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> _Told:
        case = Case(
            self.enterprise if enterprise is None else enterprise,
            self.facts[code] if facts is None else facts,
            self.day,
        )
        return _told(assess(self.current.provisions[code], case, self.current.notice))

    def matters(self, pointer: str, codes: Collection[str]) -> bool:
        """Whether some answer there would alter what is told of one of the provisions."""
        for code in codes:
            if self._applies(code, pointer):
                for value in _examples(self.current, code, pointer):
                    with suppress(ValidationError):  # it contradicts what was answered before
                        if self._otherwise(code, pointer, value) != self.now[code]:
                            return True
        return False

    def _applies(self, code: str, pointer: str) -> bool:
        """Whether a form asks it beside what was answered there."""
        field = _asked_in(self.current, pointer).get(code)
        if field is None or "asked_where" not in field.metadata:
            return field is not None
        name, values = field.metadata["asked_where"]
        beside = self.answers.get(f"{pointer.rpartition('/')[0]}/{name}")
        return (
            beside is None or (str(beside).lower() if beside in (True, False) else beside) in values
        )

    def _otherwise(self, code: str, pointer: str, value: object) -> _Told:
        supposed = {**self.answers, pointer: value}
        if pointer.startswith("/enterprise/"):
            return self.told(code, enterprise=READ_PROFILE(_part("enterprise", supposed)))
        reader = self.current.forms.readers[code]
        return self.told(code, facts=reader(_facts(self.current, code, supposed)))


def _told(assessment: Assessment) -> _Told:
    against = [each.code for each in assessment.findings if each.answer.truth is Truth.FALSE]
    return _Told(assessment.outcome, assessment.amount, assessment.missing, tuple(against))


def _facts(current: Edition, code: str, answers: Answers) -> dict[str, Any]:
    return _part("facts", {at: each for at, each in answers.items() if _has(current, code, at)})


def _part(name: str, answers: Answers) -> dict[str, Any]:
    """The answers of one part of an application, as the object they stand in."""
    made: dict[str, Any] = {}
    for pointer, value in answers.items():
        part, *way, last = pointers.steps(pointer)
        if part == name:
            here: Any = made
            for step, following in zip(way, [*way, last][1:], strict=True):
                empty: Any = [] if following.isdecimal() else {}
                if isinstance(here, list):
                    here = _only(here, empty)
                else:
                    here = here.setdefault(step, empty)
            here[last] = value
    return made


def _only(items: list[Any], empty: Any) -> Any:
    """The one item that a screening asks for."""
    if not items:
        items.append(empty)
    return items[0]


def _has(current: Edition, code: str, pointer: str) -> bool:
    return _asked_in(current, pointer).get(code) is not None


@lru_cache(maxsize=1000)
def _asked_in(current: Edition, pointer: str) -> Mapping[str, fields.Field[Any]]:
    """The forms that ask the same there, by provision: two forms may give one name to a choice and
    to a free text, and the choice is meant."""
    found = {
        code: field
        for code in current.notice.provisions
        if (field := _field(current.forms.forms[code], pointer)) is not None
    }
    meant = [each for each in found.values() if not isinstance(each, kinds.Text)]
    first = next(iter([*meant, *found.values()]), None)
    return {code: field for code, field in found.items() if _kind(field) == _kind(first)}


def _kind(field: fields.Field[Any] | None) -> tuple[type, object]:
    return type(field), field.vocabulary if isinstance(field, kinds.Choice) else None


def _field(form: Schema, pointer: str) -> fields.Field[Any] | None:
    with suppress(NoSuchField):
        *_, (_, found) = pointers.way(form, pointer)
        return found if isinstance(found, fields.Field) else None
    return None


def _examples(current: Edition, code: str, pointer: str) -> Iterator[object]:
    match _asked_in(current, pointer).get(code):
        case kinds.Choice() as choice:
            yield from choice.labels
        case kinds.YesNo():
            yield from (True, False)
        case kinds.Whole() as whole:
            yield from (whole.low, whole.low + 1, whole.high)
        case kinds.Money() as money:
            yield from ("0.00", "1.00", str(kinds.MONEY_MAX))
            if money.signed:
                yield "-1.00"
        case kinds.DateField():
            yield from (kinds.EARLIEST.isoformat(), kinds.LATEST.isoformat())
        case kinds.Text():
            yield "1"
