"""Writing assessments down: assessment, application, event, deliveries, visit, work items.

Everything set-based: the number of statements does not depend on the number of assessments. Lists
of texts travel in binary (%b), because escaping every quotation mark costs more than the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from casework import events
from casework.decision import known_names
from casework.decision.candidate import Candidate, Standing
from casework.docket import promises
from casework.events import NewEvent
from casework.followup import visit_booking
from casework.followup.visit_booking import Wish
from casework.notices.editions import Edition
from casework.outbox import deliveries
from casework.outbox.deliveries import Notification
from casework.personal import notes, parts
from config.settings import Settings
from rules import RULES_VERSION
from rules.model import Assessment
from rules.routing import Route
from store import ledger
from store.encoding import numbers, to_json
from vocabulary.cases import State
from vocabulary.deliveries import Channel
from vocabulary.events import EventType
from vocabulary.outcomes import VISITED, Outcome
from vocabulary.parties import Actor
from vocabulary.work import Stage

# States in which nothing promised is being watched: not assessed yet, or the applicant's turn.
_UNWATCHED = frozenset({State.RECEIVED, State.AWAITING_SUPPLEMENT, State.SUPPLEMENTED})

# States in which no determination is promised.
_DONE = frozenset({State.DECIDED, State.REFERRED})

# What an applicant is told by telephone where no message can be sent: it is for them to act.
_WORTH_A_CALL = frozenset({Outcome.INCOMPLETE, Outcome.INELIGIBLE, Outcome.NOT_IN_FORCE})


@dataclass(slots=True)
class Assessed:
    """One assessment to be recorded. `above`: the body above the bureaus, where only it may decide;
    `set_aside`: yuan of the grant that ends with it, because another one has taken its base.

    `lead` is the bureau that leads, `copied` are those told
    besides it, each once.
    """

    candidate: Candidate
    assessment: Assessment
    state: State
    route: Route
    above: str | None = None
    set_aside: Decimal | None = None
    application_id: int = field(init=False)
    receipt: str = field(init=False)
    was: Standing = field(init=False)
    lead: str = field(init=False)
    copied: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        candidate = self.candidate
        self.application_id, self.receipt = candidate.application_id, candidate.receipt
        self.was = candidate.was
        self.lead = self.was.kept_lead or self.route.lead.bureau
        bureaus = dict.fromkeys([copy.bureau for copy in self.route.copies])
        if self.above is not None:
            bureaus[self.above] = None
        bureaus.pop(self.lead, None)
        self.copied = tuple(bureaus)

    @property
    def outcome(self) -> Outcome:
        """What the application is shown to have come to: a person's decision stands above what
        the rules leave open."""
        ruling = self.candidate.ruling
        if ruling is None:
            return self.assessment.outcome
        return Outcome.ELIGIBLE if ruling.granted else Outcome.INELIGIBLE

    @property
    def is_news(self) -> bool:
        """Whether there is anything a bureau has not been told before."""
        return (self.was.outcome, self.was.amount, self.was.bureaus) != (
            self.outcome.value,
            self.assessment.amount,
            (self.lead, *self.copied),
        )

    @property
    def is_result(self) -> bool:
        """Whether it is what an applicant has not been told before; a determination is told as
        such."""
        before = (self.was.outcome, self.was.amount)
        is_new = before != (self.outcome.value, self.assessment.amount)
        return is_new and self.candidate.ruling is None and self.was.is_verified


def write(
    conn: Connection,
    settings: Settings,
    assessed: Sequence[Assessed],
    now: datetime,
) -> None:
    """Write all effects of assessments in the caller's transaction. `now`: business time."""
    if not assessed:
        return
    by_edition: dict[bytes, list[Assessed]] = {}
    for each in assessed:
        by_edition.setdefault(each.candidate.edition.hash, []).append(each)
    for group in by_edition.values():
        _assessments(conn, group[0].candidate.edition, group, now)
    # A trial is written down and goes no further: to no bureau, no visit, no watch, no register.
    real = [each for each in assessed if not each.was.is_trial]
    with visit_booking.booked(conn, settings, _wishes(real), now) as visits:
        _applications(conn, assessed, visits)
        ids = events.write(conn, [_event(each) for each in assessed], now)
        told = [pair for pair in zip(ids, assessed, strict=True) if not pair[1].was.is_trial]
        _tell(conn, settings, real, [event_id for event_id, _ in told])
    _watch(conn, settings, real, now)
    known_names.write(conn, settings.require_secret_key(), [each.candidate for each in real])
    if settings.practice.automatic_yuan is not None:
        _offer(conn, real, settings.practice.automatic_yuan)


def _assessments(
    conn: Connection, edition: Edition, assessed: Sequence[Assessed], now: datetime
) -> None:
    again = [each.application_id for each in assessed if each.was.serial]
    if again:
        conn.exec_driver_sql(
            "UPDATE assessment SET in_force = false"
            " WHERE application_id = ANY(%(ids)s::bigint[]) AND in_force",
            {"ids": numbers(again)},
        )
    documents = [to_json(_document(each)) for each in assessed]
    conn.exec_driver_sql(
        "INSERT INTO assessment (application_id, serial, notice_id, rules_version,"
        " parameters_hash, assessed_at, outcome, amount, document, in_force)"
        " SELECT id, serial, %(notice)s, %(version)s, %(hash)s, %(now)s, outcome, amount,"
        "  document::jsonb, true"
        " FROM unnest(%(ids)s::bigint[], %(serials)s::int[], %(outcomes)b::text[],"
        "  %(amounts)s::numeric[], %(documents)b::text[])"
        "  AS u (id, serial, outcome, amount, document)",
        {
            "notice": edition.notice.id,
            "version": RULES_VERSION,
            "hash": edition.hash,
            "now": now,
            "ids": numbers([each.application_id for each in assessed]),
            "serials": numbers([each.was.serial + 1 for each in assessed]),
            "outcomes": [str(each.assessment.outcome) for each in assessed],
            "amounts": numbers([each.assessment.amount for each in assessed]),
            "documents": documents,
        },
    )


def _document(each: Assessed) -> dict[str, Any]:
    document = each.route.added_to(each.assessment.document())
    if not each.candidate.case.findings:
        return document  # nobody has written anything yet
    return notes.sealed(document, each.application_id, each.was.serial + 1)


def _applications(
    conn: Connection, assessed: Sequence[Assessed], visits: Mapping[int, int]
) -> None:
    conn.exec_driver_sql(
        "UPDATE application AS a SET state = u.state, outcome = u.outcome, amount = u.amount,"
        " lead_bureau = u.lead, copied_bureaus = string_to_array(u.copied, ','),"
        " visit_id = coalesce(u.visit, a.visit_id), version = a.version + 1"
        " FROM unnest(%(ids)s::bigint[], %(states)b::text[], %(outcomes)b::text[],"
        "  %(amounts)s::numeric[], %(leads)b::text[], %(copied)b::text[], %(visits)s::bigint[])"
        "  AS u (id, state, outcome, amount, lead, copied, visit)"
        " WHERE a.id = u.id",
        {
            "ids": numbers([each.application_id for each in assessed]),
            "states": [str(each.state) for each in assessed],
            "outcomes": [str(each.outcome) for each in assessed],
            "amounts": numbers([each.assessment.amount for each in assessed]),
            "leads": [None if each.was.is_trial else each.lead for each in assessed],
            "copied": ["" if each.was.is_trial else ",".join(each.copied) for each in assessed],
            "visits": numbers([visits.get(each.application_id) for each in assessed]),
        },
    )


def _event(each: Assessed) -> NewEvent:
    amount = each.assessment.amount
    data: dict[str, object] = {
        "serial": each.was.serial + 1,
        "outcome": each.outcome.value,
        "amount": None if amount is None else str(amount),
        "bureau": each.lead,
    }
    if each.candidate.ruling is not None:
        data["determined"] = True
    kind, actor = EventType.APPLICATION_ASSESSED, Actor.SYSTEM
    return NewEvent(kind, actor, each.application_id, data, each.was.state, each.state)


def _tell(
    conn: Connection, settings: Settings, assessed: Sequence[Assessed], event_ids: Sequence[int]
) -> None:
    """Tell the lead, each copied bureau and the applicant. Takes the event of each assessment, in
    order."""
    told = [
        (EventType.APPLICATION_ASSESSED, event_id, each.application_id, bureau)
        for event_id, each in zip(event_ids, assessed, strict=True)
        if each.is_news
        for bureau in (each.lead, *each.copied)
    ]
    messages = deliveries.to_bureaus(settings, told)
    results = {
        each.application_id: (event_id, each.outcome)
        for event_id, each in zip(event_ids, assessed, strict=True)
        if each.is_result
    }
    if results and deliveries.reaches_enterprises(settings):
        messages += _to_applicants(conn, settings, results)
    deliveries.write(conn, messages, fresh=True)


def _to_applicants(
    conn: Connection, settings: Settings, results: Mapping[int, tuple[int, Outcome]]
) -> list[Notification]:
    """Takes event and outcome by application. Nobody is called to hear that work goes on."""
    rows = conn.exec_driver_sql(
        f"SELECT a.id, {parts.GIVEN} AS contact FROM application AS a"  # noqa: S608 -- a constant
        " WHERE a.id = ANY(%(ids)s::bigint[]) ORDER BY a.id",
        {"ids": numbers(results)},
    ).all()
    return [
        message
        for row in rows
        for message in deliveries.to_enterprise(
            settings, results[row.id][0], row.id, None, parts.confirmed(row.contact)
        )
        if message.channel is not Channel.CALL or results[row.id][1] in _WORTH_A_CALL
    ]


def _wishes(assessed: Sequence[Assessed]) -> list[Wish]:
    """Visits for those decided on for the first time, once it is known who filed."""
    return [
        Wish(each.application_id, each.was.uscc, each.lead)
        for each in assessed
        if each.was.visit_id is None and each.was.is_verified and each.assessment.outcome in VISITED
    ]


def _watch(
    conn: Connection, settings: Settings, assessed: Sequence[Assessed], now: datetime
) -> None:
    """Have promised days watched from now on, or again after a supplement was awaited."""
    look = promises.first_look(settings.practice, now.date())
    unwatched = [
        each.application_id
        for each in assessed
        if each.was.state in _UNWATCHED
        or (each.was.state in _DONE and each.state is State.AWAITING_DETERMINATION)
        or each.set_aside is not None
    ]
    ledger.add_all(conn, Stage.CHASE, unwatched, look)


def _offer(conn: Connection, assessed: Sequence[Assessed], limit: Decimal) -> None:
    """Have those looked at that may be determined without a person (`casework.acts.automatic`)."""
    small = [
        each.application_id
        for each in assessed
        if each.state is State.AWAITING_DETERMINATION
        and each.assessment.outcome is Outcome.ELIGIBLE
        and each.assessment.amount is not None
        and each.assessment.amount <= limit
    ]
    ledger.add(conn, Stage.DETERMINE, [(each, None) for each in small])
