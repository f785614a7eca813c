"""Promised days (承诺期限): what is to be done by when, and how the day comes about.

Derived from what happened, never stored, so that they cannot disagree with it. The notice sets no
days: every interval is local practice and every derivation says so. Days are Chinese working
days; a period in which the applicant's supplement was awaited does not count.

A promise ends when its purpose is met, whoever met it: a case that somebody has determined,
refused, visited or otherwise taken in hand needs no 签收 any more, nor does one that the rules
alone have settled. What is due soon, late or to be escalated is asked of `level` everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypedDict, TypeVar

from casework.docket import terms
from casework.docket.states import TO_DETERMINE, UNDECIDED
from config.practice import Practice
from rules.workdays import (
    OFFICE_OPENS,
    add_working_days,
    last_day,
    office_opening,
    working_days_between,
)
from schemas.promises import Deadline
from store import predicates
from vocabulary.cases import State
from vocabulary.event_sets import TAKE_IN_HAND
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.promises import Kind, Level

T = TypeVar("T", bound=Deadline)


@dataclass(frozen=True, slots=True)
class Promise:
    """Something still to be done. `name`: the kind, with an id where there can be several.

    `since`: the day that set it going; `paused`: its day moves on as long as the applicant's
    supplement is awaited.
    """

    kind: Kind
    name: str
    bureau: str
    since: date
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


class Promised(TypedDict):
    """A row of `OPEN`. `since`: the day on which it was set going; `due_on`: its day, where that is
    written down; `begun`, `ended`: the days of the periods that do not count, None for "not yet".
    """

    kind: str
    number: int | None
    bureau: str | None
    since: str
    due_on: str | None
    provisional: bool
    why: str | None
    begun: Sequence[str] | None
    ended: Sequence[str | None] | None


def _promised(  # noqa: PLR0913 -- a column each
    kind: Kind,
    since: str,
    source: str,
    *,
    number: str = "NULL::bigint",
    bureau: str = "a.lead_bureau",
    due_on: str = "NULL::date",
    provisional: str = "false",
    why: str = "NULL::text",
    pauses: str = "NULL::date[] AS begun, NULL::date[] AS ended",
) -> str:
    return (
        f"SELECT '{kind}' AS kind, {number} AS number, {bureau} AS bureau, {since} AS since,"  # noqa: S608 -- SQL of ours
        f" {due_on} AS due_on, {provisional} AS provisional, {why} AS why, {pauses} FROM {source}"
    )


_BEGUN: Final = "a.state NOT IN ('received', 'withdrawn', 'duplicate')"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


_WAITING: Final = _listed(TO_DETERMINE)

VISIT_AWAITED: Final = (
    "v.state IN ('scheduled', 'confirmed', 'reminded')"
    f" AND v.planned_on <= (SELECT {predicates.TODAY})"
)
"""Whether of a visit `v` it is to be recorded by now what came of it."""

# What stops a fulfilment stops its day as well.
_FULFILLING: Final = f"f.state = 'due' AND f.objections = 0 AND {predicates.CANDIDATE}"

_LAST_HAND_OVER: Final = (
    "coalesce((SELECT max(e.id) FROM event AS e"  # noqa: S608 -- SQL of ours
    f" WHERE e.application_id = a.id AND {predicates.NEW_LEAD}), 0)"
)

# Whether whoever leads by now has seen the case, as far as anything shows it.
_IN_HAND: Final = f"""(a.acknowledged_at IS NOT NULL
    OR EXISTS (SELECT FROM visit AS v WHERE v.id = a.visit_id AND {predicates.VISITED})
    OR EXISTS (SELECT FROM event AS x WHERE x.application_id = a.id
        AND x.type IN ({_listed(TAKE_IN_HAND)}) AND x.actor <> '{Actor.SYSTEM}'
        AND x.data ->> 'bureau' = a.lead_bureau AND x.id > {_LAST_HAND_OVER}))"""  # noqa: S608 -- SQL of ours

OPEN: Final[Mapping[Kind, str]] = {
    Kind.ACKNOWLEDGE: _promised(
        Kind.ACKNOWLEDGE,
        predicates.day("e.at"),
        # From when it last came to somebody who had not seen it: handed over, or first found to
        # wait for a bureau.
        f"""(SELECT e.type, e.at FROM event AS e WHERE e.application_id = a.id
                AND ({predicates.NEW_LEAD}
                    OR e.to_state IN ({_WAITING}) AND e.from_state NOT IN ({_WAITING}))
            ORDER BY e.id DESC LIMIT 1) AS e
        WHERE a.state IN ({_listed(UNDECIDED)}) AND NOT {_IN_HAND}""",  # noqa: S608 -- SQL of ours
        why="e.type",
    ),
    Kind.DETERMINE: _promised(
        Kind.DETERMINE,
        f"coalesce({predicates.day('w.at')}, {predicates.day('a.received_at')})",
        # From receipt, or from when the last determination was set aside, or one came to be
        # required.
        f"""(SELECT max(e.id) AS id, max(e.at) AS at,
                (array_agg(e.type ORDER BY e.id DESC))[1] AS type
            FROM event AS e WHERE e.application_id = a.id
                AND (e.type = '{EventType.DETERMINATION_SET_ASIDE}'
                    OR e.to_state = 'awaiting_determination' AND (e.from_state = 'under_review'
                        OR e.type = '{EventType.DETERMINATION_REQUIRED}'))) AS w,
            LATERAL (SELECT array_agg(s.begun ORDER BY s.id) AS begun,
                array_agg(s.ended ORDER BY s.id) AS ended
            FROM (SELECT e.id, e.to_state, {predicates.day("e.at")} AS begun,
                    {predicates.day("lead(e.at) OVER (ORDER BY e.id)")} AS ended
                FROM event AS e WHERE e.application_id = a.id AND e.id > coalesce(w.id, 0)
                    AND e.to_state <> e.from_state
                    AND 'awaiting_supplement' IN (e.from_state, e.to_state)) AS s
            WHERE s.to_state = 'awaiting_supplement') AS p
        WHERE a.state IN ({_WAITING})""",  # noqa: S608 -- SQL of ours
        why=f"CASE WHEN w.id IS NULL THEN '受理' WHEN w.type = '{EventType.DETERMINATION_REQUIRED}'"
        f" THEN '转为须认定' WHEN w.type = '{EventType.DETERMINATION_SET_ASIDE}'"
        " THEN '原认定失效' ELSE '复核撤销原结果' END",
        pauses="p.begun, p.ended",
    ),
    Kind.SUPPLEMENT: _promised(
        Kind.SUPPLEMENT,
        predicates.day("s.requested_at"),
        f"supplement AS s WHERE s.application_id = a.id AND s.state = 'open'"
        f" AND a.state = '{State.AWAITING_SUPPLEMENT}'",
        number="s.id",
        bureau="s.bureau",
        due_on="s.due_on",
    ),
    Kind.REVIEW: _promised(
        Kind.REVIEW,
        predicates.day("r.requested_at"),
        f"review AS r WHERE r.application_id = a.id AND r.state = 'open'"
        f" AND a.state = '{State.UNDER_REVIEW}'",
        number="r.id",
    ),
    Kind.VISIT: _promised(
        Kind.VISIT,
        "v.planned_on",
        f"visit AS v WHERE v.id = a.visit_id AND {VISIT_AWAITED} AND {_BEGUN}",
        number="v.id",
        bureau="v.bureau",
        provisional="v.provisional",
    ),
    Kind.CALLBACK: _promised(
        Kind.CALLBACK,
        predicates.day("c.opened_at"),
        f"callback AS c WHERE c.application_id = a.id AND c.done_at IS NULL AND {_BEGUN}",
        bureau="c.bureau",
        due_on="c.due_on",
        provisional="c.provisional",
    ),
    Kind.REQUEST: _promised(
        Kind.REQUEST,
        predicates.day("q.opened_at"),
        "request AS q WHERE q.application_id = a.id AND q.state = 'open'",
        number="q.id",
        bureau="q.bureau",
        due_on="q.due_on",
        provisional="q.provisional",
        why="q.basis",
    ),
    Kind.PAY: _promised(
        Kind.PAY,
        f"greatest(f.publicised_until, {predicates.day('k.given_at')})",
        # What the application named counts from when it is confirmed: till then nobody is late.
        "fulfilment AS f, LATERAL (SELECT CASE WHEN k.is_filed THEN k.confirmed_at"  # noqa: S608
        "  ELSE k.given_at END AS given_at FROM payment_account AS k"
        " WHERE k.application_id = a.id ORDER BY k.id DESC LIMIT 1) AS k"
        f" WHERE f.application_id = a.id AND f.way = 'payment' AND {_FULFILLING}"
        " AND k.given_at IS NOT NULL",
        number="f.id",
        bureau="f.bureau",
    ),
    Kind.WAIVE: _promised(
        Kind.WAIVE,
        "f.publicised_until",
        f"fulfilment AS f WHERE f.application_id = a.id AND f.way = 'waiver' AND {_FULFILLING}",
        number="f.id",
        bureau="f.bureau",
    ),
    Kind.OBJECTION: _promised(
        Kind.OBJECTION,
        predicates.day("o.confirmed_at"),
        "objection AS o WHERE o.application_id = a.id AND o.state = 'open'",
        number="o.id",
    ),
}
"""What is still to be done on `application AS a`, as rows of `Promised`, by kind."""

FACTS: Final = f"(SELECT jsonb_agg(o) FROM ({' UNION ALL '.join(OPEN.values())}) AS o)"  # noqa: S608 -- SQL of ours
"""All of them as one JSON array, which `open_promises` takes; NULL where there is none."""

_BASIS: Final[Mapping[Kind, str]] = {
    Kind.ACKNOWLEDGE: "自{since}{why}起{days}个工作日",
    Kind.DETERMINE: "自{since}{why}起{days}个工作日",
    Kind.SUPPLEMENT: "补正通知（{since}）要求的日期",
    Kind.REVIEW: "自{since}提出复核起{days}个工作日",
    Kind.VISIT: "自走访日{since}起{days}个工作日",
    Kind.CALLBACK: "自{since}差评起计",
    Kind.REQUEST: "{why}",
    Kind.PAY: "自公示期满或填写收款账户（{since}）起{days}个工作日",
    Kind.WAIVE: "自公示期满（{since}）起{days}个工作日",
    Kind.OBJECTION: "自{since}提出异议起{days}个工作日",
}


def open_promises(
    practice: Practice, facts: Sequence[Promised] | None, today: date
) -> list[Promise]:
    """What is still to be done on an application, the nearest day first.

    `facts` as FACTS reads them; the business day in Asia/Shanghai.
    """
    found = [_promise(practice, row, today) for row in facts or ()]
    return sorted(found, key=lambda promise: (promise.due_on, promise.name))


def soon_at(practice: Practice, promise: Promise) -> datetime:
    """From when on it is due soon: never before the working day after it was set going, and never
    after its day."""
    near, _ = add_working_days(promise.due_on, -practice.due_soon)
    begun, _ = add_working_days(promise.since, 1)
    return office_opening(min(last_day(promise.due_on), max(near, begun)))


def overdue_at(due_on: date) -> datetime:
    """From when on it is overdue: the working day after, in the morning."""
    return office_opening(add_working_days(last_day(due_on), 1)[0])


def escalated_at(practice: Practice, due_on: date) -> datetime:
    """From when on the supervisor is told."""
    return office_opening(add_working_days(last_day(due_on), practice.escalate)[0])


def level(practice: Practice, promise: Promise, now: datetime) -> Level | None:
    """How near or far past its day a promise is; None: neither near nor past.

    While the applicant's supplement is awaited nothing is late. The applicant is not escalated.
    """
    if promise.paused or now < soon_at(practice, promise):
        return None
    if now < overdue_at(promise.due_on):
        return Level.DUE_SOON
    if promise.is_applicants or now < escalated_at(practice, promise.due_on):
        return Level.OVERDUE
    return Level.ESCALATED


def next_look(practice: Practice, promise: Promise, now: datetime) -> datetime | None:
    """When its level changes next; None: never by itself. A supplement's answer leads to a new
    look."""
    if promise.paused:
        return None
    moments = [soon_at(practice, promise), overdue_at(promise.due_on)]
    if not promise.is_applicants:
        moments.append(escalated_at(practice, promise.due_on))
    return min((moment for moment in moments if moment > now), default=None)


def is_overdue(practice: Practice, promise: Promise, now: datetime) -> bool:
    """Whether a bureau is late with it."""
    is_late = level(practice, promise, now) in (Level.OVERDUE, Level.ESCALATED)
    return is_late and not promise.is_applicants


def office_day(now: datetime) -> date:
    """The day on which offices opened last, were every day a working day: what is overdue as a
    moment, in whole days (`overdue_at`, `add_working_days`)."""
    opened = timedelta(hours=OFFICE_OPENS.hour, minutes=OFFICE_OPENS.minute)
    return (now - opened).date()


def outcome_overdue_at(practice: Practice, planned_on: date) -> datetime:
    """From when on a visit's outcome is missing."""
    return overdue_at(add_working_days(planned_on, practice.outcome)[0])


def first_look(practice: Practice, decided_on: date) -> datetime:
    """When an application just assessed is looked at first: nothing is due soon before."""
    due, provisional = add_working_days(decided_on, practice.acknowledge)
    kind = Kind.ACKNOWLEDGE
    return soon_at(practice, Promise(kind, kind.value, "", decided_on, due, provisional, ""))


def request_due(practice: Practice, opened_on: date) -> tuple[date, bool, str]:
    """By when a request opened on that day is answered. Returns day, provisional, derivation."""
    days = practice.at("request", opened_on)
    due, provisional = add_working_days(opened_on, days)
    derived = f"自{opened_on}提出诉求起{days}个工作日"
    return due, provisional, terms.basis(practice, "request", opened_on, derived)


def _promise(practice: Practice, row: Promised, today: date) -> Promise:
    kind, since, why = Kind(row["kind"]), date.fromisoformat(row["since"]), row["why"]
    days, paused, waits = terms.interval(practice, kind, since), 0, False
    if why is not None and kind is Kind.ACKNOWLEDGE:
        why = EventType(why).new_lead or "核对"
    basis = _BASIS[kind].format(since=since, why=why, days=days)
    for begun, ended in zip(row["begun"] or (), row["ended"] or (), strict=True):
        waits = ended is None
        length = working_days_between(
            date.fromisoformat(begun), today if ended is None else date.fromisoformat(ended)
        )
        paused += length
        basis += f"，{begun}{f'至{ended}' if ended else '起'}补正不计（{length}个工作日）"
    if row["due_on"] is None:
        due, provisional = add_working_days(since, days + paused)
    else:
        due, provisional = date.fromisoformat(row["due_on"]), False
    return Promise(
        kind,
        kind.value if row["number"] is None else f"{kind.value}/{row['number']}",
        row["bureau"] or "",
        since,
        due,
        provisional or row["provisional"],
        basis
        if kind in (Kind.SUPPLEMENT, Kind.REQUEST)
        else terms.basis(practice, terms.FIELDS.get(kind, ""), since, basis),
        waits,
    )
