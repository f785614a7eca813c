"""Writing decisions down: assessment, application, event, deliveries, visit, work items.

Everything set-based: the number of statements does not depend on the number of decisions. Lists of
texts travel in binary (%b), because escaping every quotation mark costs more than the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from casework.docket import states
from casework.editions import Edition
from casework.followup import promises, visit_booking
from casework.followup.visit_booking import Arranged, Wish
from casework.outbox import deliveries
from config.settings import Settings
from rules import RULES_VERSION
from rules.model import Assessment, Outcome
from rules.notice import DISTRICT_GOVERNMENT
from rules.routing import Route
from store import ledger
from store.encoding import numbers, to_json
from vocabulary.records import Stage, State

SYSTEM = "system"

# States in which nothing promised is being watched: not assessed yet, or the applicant's turn.
_UNWATCHED = frozenset({State.RECEIVED, State.AWAITING_SUPPLEMENT, State.SUPPLEMENTED})


class Standing(NamedTuple):
    """How an application stood before: `bureaus` are the lead and those copied, `serial` the
    number of its assessments so far, `assigned` the bureau it was transferred to, `granted` what a
    person's determination in force says."""

    state: State
    uscc: str | None
    outcome: str | None
    amount: Decimal | None
    bureaus: tuple[str, ...]
    serial: int
    assigned: str | None = None
    supplement_open: bool = False
    visit_id: int | None = None
    granted: bool | None = None


@dataclass(slots=True)
class Decision:
    """One assessment to be recorded. `decided_above`: only the district government may decide.

    `lead` is the bureau that leads (a transfer stands above the route), `copied` are those told
    besides it, each once.
    """

    application_id: int
    receipt: str
    was: Standing
    state: State
    assessment: Assessment
    route: Route
    decided_above: bool = False
    lead: str = field(init=False)
    copied: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.lead = self.was.assigned or self.route.lead.bureau
        bureaus = dict.fromkeys([copy.bureau for copy in self.route.copies])
        if self.decided_above:
            bureaus[DISTRICT_GOVERNMENT] = None
        bureaus.pop(self.lead, None)
        self.copied = tuple(bureaus)

    @property
    def outcome(self) -> Outcome:
        """What the application is shown to have come to: a person's decision stands above what
        the rules leave open."""
        if self.was.granted is None:
            return self.assessment.outcome
        return Outcome.ELIGIBLE if self.was.granted else Outcome.INELIGIBLE

    @property
    def is_news(self) -> bool:
        """Whether there is anything a bureau has not been told before."""
        return (self.was.outcome, self.was.amount, self.was.bureaus) != (
            self.outcome.value,
            self.assessment.amount,
            (self.lead, *self.copied),
        )


def record(
    conn: Connection,
    settings: Settings,
    edition: Edition,
    decisions: Sequence[Decision],
    now: datetime,
) -> None:
    """Write all effects of the decisions in the caller's transaction. `now`: business time."""
    if not decisions:
        return
    _assessments(conn, edition, decisions, now)
    visits = _visits(conn, settings, decisions, now)
    _applications(conn, decisions, visits.visits)
    events = _events(conn, decisions, now)
    _tell_bureaus(conn, settings, decisions, events)
    visits.write_events(conn, now)
    _watch(conn, settings, decisions, now)


def _assessments(
    conn: Connection, edition: Edition, decisions: Sequence[Decision], now: datetime
) -> None:
    again = [decision.application_id for decision in decisions if decision.was.serial]
    if again:
        conn.exec_driver_sql(
            "UPDATE assessment SET in_force = false"
            " WHERE application_id = ANY(%(ids)s::bigint[]) AND in_force",
            {"ids": numbers(again)},
        )
    documents = [
        to_json({**decision.assessment.document(), "route": decision.route.document()})
        for decision in decisions
    ]
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
            "ids": numbers([decision.application_id for decision in decisions]),
            "serials": numbers([decision.was.serial + 1 for decision in decisions]),
            "outcomes": [str(decision.assessment.outcome) for decision in decisions],
            "amounts": numbers([decision.assessment.amount for decision in decisions]),
            "documents": documents,
        },
    )


def _applications(
    conn: Connection, decisions: Sequence[Decision], visits: Mapping[int, int]
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
            "ids": numbers([decision.application_id for decision in decisions]),
            "states": [str(decision.state) for decision in decisions],
            "outcomes": [str(decision.outcome) for decision in decisions],
            "amounts": numbers([decision.assessment.amount for decision in decisions]),
            "leads": [decision.lead for decision in decisions],
            "copied": [",".join(decision.copied) for decision in decisions],
            "visits": numbers([visits.get(decision.application_id) for decision in decisions]),
        },
    )


def _events(conn: Connection, decisions: Sequence[Decision], now: datetime) -> dict[int, int]:
    """One event per decision. Out: application id -> event id."""
    rows = conn.exec_driver_sql(
        "INSERT INTO event (application_id, type, actor, from_state, to_state, data, at)"
        " SELECT id, 'application.assessed', %(actor)s, was, state, data::jsonb, %(now)s"
        " FROM unnest(%(ids)s::bigint[], %(was)b::text[], %(states)b::text[], %(data)b::text[])"
        "  AS u (id, was, state, data)"
        " RETURNING application_id, id",
        {
            "actor": SYSTEM,
            "now": now,
            "ids": numbers([decision.application_id for decision in decisions]),
            "was": [str(decision.was.state) for decision in decisions],
            "states": [str(decision.state) for decision in decisions],
            "data": [
                to_json(
                    {
                        "serial": decision.was.serial + 1,
                        "outcome": str(decision.outcome),
                        "amount": None
                        if decision.assessment.amount is None
                        else str(decision.assessment.amount),
                        "bureau": decision.lead,
                    }
                )
                for decision in decisions
            ],
        },
    )
    return {row[0]: row[1] for row in rows.all()}


def _tell_bureaus(
    conn: Connection,
    settings: Settings,
    decisions: Sequence[Decision],
    events: dict[int, int],
) -> None:
    """Tell the lead and each copied bureau."""
    told = [
        (events[decision.application_id], decision.application_id, bureau)
        for decision in decisions
        if decision.is_news
        for bureau in (decision.lead, *decision.copied)
    ]
    deliveries.write(conn, deliveries.to_bureaus(settings, told), fresh=True)


def _visits(
    conn: Connection, settings: Settings, decisions: Sequence[Decision], now: datetime
) -> Arranged:
    """Visits for those decided on for the first time."""
    wishes = [
        Wish(decision.application_id, decision.was.uscc, decision.lead)
        for decision in decisions
        if decision.was.visit_id is None and decision.assessment.outcome in states.VISITED
    ]
    return visit_booking.arrange(conn, settings, wishes, now)


def _watch(
    conn: Connection, settings: Settings, decisions: Sequence[Decision], now: datetime
) -> None:
    """Have promised days watched from now on, or again after a supplement was awaited."""
    look = promises.first_look(settings.practice, now.date())
    unwatched = [d.application_id for d in decisions if d.was.state in _UNWATCHED]
    ledger.add_all(conn, Stage.CLOCK, unwatched, look)
