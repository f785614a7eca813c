"""Promised days (承诺期限): what is to be done by when, and how the day comes about.

Derived from what happened, never stored, so that they cannot disagree with it. The notice sets no
days: every interval is local practice and every derivation says so. Days are Chinese working
days; a period in which the applicant's supplement was awaited does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypedDict, TypeVar

from casework.workdays import add_working_days, office_opening, working_days_between
from config.practice import Practice
from schemas.promises import Deadline
from store import predicates
from vocabulary.cases import State
from vocabulary.events import EventType
from vocabulary.promises import Kind
from vocabulary.zone import CHINA

LOCAL: Final = "本地做法，通知未规定期限"


T = TypeVar("T", bound=Deadline)


@dataclass(frozen=True, slots=True)
class Promise:
    """Something still to be done. `name`: the kind, with an id where there can be several.

    `paused`: its day moves on as long as the applicant's supplement is awaited.
    """

    kind: Kind
    name: str
    bureau: str
    due_on: date
    provisional: bool
    basis: str
    paused: bool = False

    @property
    def is_applicants(self) -> bool:
        """Whether the applicant is to act."""
        return self.kind is Kind.SUPPLEMENT

    def shown(self, kind: type[T], **more: str) -> T:
        """As people are shown it; `more`: what the `kind` holds beyond a deadline."""
        return kind(
            promise=self.kind,
            text=self.kind.label,
            bureau=self.bureau,
            due_on=self.due_on,
            provisional=self.provisional,
            paused=self.paused,
            basis=self.basis,
            **more,
        )


class Supplement(TypedDict):
    """What the applicant is asked for; days and times in ISO 8601, here as below."""

    id: int
    due_on: str
    bureau: str
    requested_at: str


class Review(TypedDict):
    """An open review."""

    id: int
    requested_at: str


class Callback(TypedDict):
    """A call-back that is still to be made."""

    bureau: str
    due_on: str
    provisional: bool
    opened_at: str


class Visit(TypedDict):
    """A visit with a day that is still to come about."""

    id: int
    bureau: str
    planned_on: str
    provisional: bool


class Request(TypedDict):
    """An open request."""

    id: int
    bureau: str
    due_on: str
    provisional: bool
    basis: str


class Facts(TypedDict):
    """What promises are derived from, as FACTS reads it. `events`: type, from, to, at."""

    state: str
    bureau: str
    received_at: str
    acknowledged_at: str | None
    events: Sequence[Sequence[Any]] | None
    supplement: Supplement | None
    review: Review | None
    callback: Callback | None
    visit: Visit | None
    requests: Sequence[Request] | None


# What promises are derived from, as one JSON object per application; `a` is the application.
FACTS: Final = f"""
jsonb_build_object(
    'state', a.state, 'bureau', coalesce(a.lead_bureau, ''), 'received_at', a.received_at,
    'acknowledged_at', a.acknowledged_at,
    'events', (SELECT jsonb_agg(jsonb_build_array(e.type, e.from_state, e.to_state, e.at)
            ORDER BY e.id) FROM event AS e WHERE e.application_id = a.id
        AND (e.to_state IS NOT NULL OR {predicates.NEW_LEAD})),
    'supplement', (SELECT jsonb_build_object('id', s.id, 'due_on', s.due_on,
            'bureau', s.bureau, 'requested_at', s.requested_at)
        FROM supplement AS s WHERE s.application_id = a.id AND s.state = 'open'),
    'review', (SELECT jsonb_build_object('id', r.id, 'requested_at', r.requested_at)
        FROM review AS r WHERE r.application_id = a.id AND r.state = 'open'),
    'callback', (SELECT jsonb_build_object('bureau', c.bureau, 'due_on', c.due_on,
            'provisional', c.provisional, 'opened_at', c.opened_at)
        FROM callback AS c WHERE c.application_id = a.id AND c.done_at IS NULL),
    'visit', (SELECT jsonb_build_object('id', v.id, 'bureau', v.bureau,
            'planned_on', v.planned_on, 'provisional', v.provisional)
        FROM visit AS v WHERE v.id = a.visit_id
        AND v.state IN ('scheduled', 'confirmed', 'reminded')),
    'requests', (SELECT jsonb_agg(jsonb_build_object('id', q.id, 'bureau', q.bureau,
            'due_on', q.due_on, 'provisional', q.provisional, 'basis', q.basis) ORDER BY q.id)
        FROM request AS q WHERE q.application_id = a.id AND q.state = 'open'))
"""  # noqa: S608 -- a condition of ours


def open_promises(practice: Practice, facts: Facts | None, today: date) -> list[Promise]:
    """What is still to be done on an application, the nearest day first.

    In: FACTS as read (None: nothing is promised yet), the business day in Asia/Shanghai.
    """
    if facts is None:
        return []
    if facts["state"] in (State.WITHDRAWN, State.RECEIVED):
        found = _asked(facts)
    else:
        found = [
            *_acknowledge(practice, facts),
            *_determine(practice, facts, today),
            *_supplement(facts),
            *_review(practice, facts),
            *_visit(practice, facts, today),
            *_callback(facts),
            *_asked(facts),
        ]
    return sorted(found, key=lambda promise: (promise.due_on, promise.name))


def soon_at(practice: Practice, promise: Promise) -> datetime:
    """From when on it is due soon."""
    return office_opening(add_working_days(promise.due_on, -practice.due_soon)[0])


def overdue_at(due_on: date) -> datetime:
    """From when on it is overdue: the working day after, in the morning."""
    return office_opening(add_working_days(due_on, 1)[0])


def escalated_at(practice: Practice, due_on: date) -> datetime:
    """From when on the supervisor is told."""
    return office_opening(add_working_days(due_on, practice.escalate)[0])


def outcome_overdue_at(practice: Practice, planned_on: date) -> datetime:
    """From when on a visit's outcome is missing."""
    return overdue_at(add_working_days(planned_on, practice.outcome)[0])


def first_look(practice: Practice, decided_on: date) -> datetime:
    """When an application just assessed is looked at first: nothing can be late before."""
    due, _ = add_working_days(decided_on, practice.acknowledge)
    return overdue_at(due)


def request_due(practice: Practice, opened_on: date) -> tuple[date, bool, str]:
    """By when a request opened on that day is answered. Out: day, provisional, derivation."""
    days = practice.request
    due, provisional = add_working_days(opened_on, days)
    return due, provisional, _basis(f"自{opened_on}提出诉求起{days}个工作日")


def _acknowledge(practice: Practice, facts: Facts) -> list[Promise]:
    if facts["acknowledged_at"] is not None:
        return []
    days = practice.acknowledge
    started, why = None, "核对"
    for kind, _, _, at in facts["events"] or ():
        if new_lead := EventType(kind).new_lead:
            started, why = at, new_lead
        elif kind == EventType.APPLICATION_ASSESSED and started is None:
            started = at
    if started is None:
        return []
    due, provisional = add_working_days(_day(started), days)
    basis = _basis(f"自{_day(started)}{why}起{days}个工作日")
    return [_promise(Kind.ACKNOWLEDGE, facts["bureau"], due, provisional, basis)]


def _determine(practice: Practice, facts: Facts, today: date) -> list[Promise]:
    waits = facts["state"] == State.AWAITING_SUPPLEMENT
    if not waits and facts["state"] not in (
        State.AWAITING_DETERMINATION,
        State.AWAITING_APPROVAL,
        State.SUPPLEMENTED,
    ):
        return []
    days, paused = practice.determine, 0
    started, why, events = _set_going(facts)
    basis = f"自{started}{why}起{days}个工作日"
    for begun, ended in pauses(events):
        last = ended or today
        length = working_days_between(begun, last)
        paused += length
        shown = f"至{last}" if ended else "起"
        basis += f"，{begun}{shown}补正不计（{length}个工作日）"
    due, provisional = add_working_days(started, days + paused)
    return [
        _promise(Kind.DETERMINE, facts["bureau"], due, provisional, _basis(basis), paused=waits)
    ]


def _set_going(facts: Facts) -> tuple[date, str, Sequence[Sequence[Any]]]:
    """From when on a determination is awaited: receipt, or the review that set the last one aside.

    Out: the day, its name, the events since.
    """
    events = facts["events"] or ()
    for place in range(len(events) - 1, -1, -1):
        _, was, state, at = events[place]
        if was == State.UNDER_REVIEW and state == State.AWAITING_DETERMINATION:
            return _day(at), "复核撤销原结果", events[place + 1 :]
    return _day(facts["received_at"]), "受理", events


def pauses(events: Sequence[Sequence[Any]]) -> list[tuple[date, date | None]]:
    """The periods in which a supplement was awaited. In: [type, from, to, at], in order."""
    found: list[tuple[date, date | None]] = []
    for _, was, state, at in events:
        if state is None:
            continue
        waiting = bool(found) and found[-1][1] is None
        if state == State.AWAITING_SUPPLEMENT and not waiting:
            found.append((_day(at), None))
        elif waiting and was == State.AWAITING_SUPPLEMENT and state != was:
            found[-1] = (found[-1][0], _day(at))
    return found


def _supplement(facts: Facts) -> list[Promise]:
    asked = facts["supplement"]
    if asked is None:
        return []
    basis = f"补正通知（{_day(asked['requested_at'])}）要求的日期"
    due = date.fromisoformat(asked["due_on"])
    return [_promise(Kind.SUPPLEMENT, asked["bureau"], due, False, basis, number=asked["id"])]


def _review(practice: Practice, facts: Facts) -> list[Promise]:
    review = facts["review"]
    if review is None:
        return []
    asked, days = _day(review["requested_at"]), practice.review
    due, provisional = add_working_days(asked, days)
    basis = _basis(f"自{asked}提出复核起{days}个工作日")
    return [_promise(Kind.REVIEW, facts["bureau"], due, provisional, basis, number=review["id"])]


def _visit(practice: Practice, facts: Facts, today: date) -> list[Promise]:
    visit = facts["visit"]
    if visit is None or date.fromisoformat(visit["planned_on"]) > today:
        return []
    planned, days = date.fromisoformat(visit["planned_on"]), practice.outcome
    due, provisional = add_working_days(planned, days)
    basis = _basis(f"自走访日{planned}起{days}个工作日")
    guessed = provisional or visit["provisional"]
    return [_promise(Kind.VISIT, visit["bureau"], due, guessed, basis, number=visit["id"])]


def _callback(facts: Facts) -> list[Promise]:
    callback = facts["callback"]
    if callback is None:
        return []
    due = date.fromisoformat(callback["due_on"])
    basis = _basis(f"自{_day(callback['opened_at'])}差评起计")
    return [_promise(Kind.CALLBACK, callback["bureau"], due, callback["provisional"], basis)]


def _asked(facts: Facts) -> list[Promise]:
    return [
        _promise(
            Kind.REQUEST,
            asked["bureau"],
            date.fromisoformat(asked["due_on"]),
            asked["provisional"],
            asked["basis"],
            number=asked["id"],
        )
        for asked in facts["requests"] or ()
    ]


def _promise(
    kind: Kind,
    bureau: str,
    due: date,
    provisional: bool,
    basis: str,
    *,
    number: int | None = None,
    paused: bool = False,
) -> Promise:
    name = kind.value if number is None else f"{kind.value}/{number}"
    return Promise(kind, name, bureau, due, provisional, basis, paused)


def _basis(derivation: str) -> str:
    return f"{derivation}（{LOCAL}）"


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(CHINA).date()
