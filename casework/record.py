"""Writing decisions down: assessment, application, event, deliveries, visit, work items.

Everything set-based: the number of statements does not depend on the number of decisions. Lists of
JSON travel in binary (%b), because escaping every quotation mark as text costs more than the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from casework import arrange, deliver, promises, states
from casework.arrange import Arranged, Wish
from casework.deliver import Notification
from casework.notices import Edition
from config.settings import Settings
from rules import RULES_VERSION
from rules.model import Assessment
from rules.notice import DISTRICT_GOVERNMENT
from rules.routing import Route
from store import ledger
from store.vocabulary import Stage, State

SYSTEM = "system"

# States in which nothing promised is being watched: not assessed yet, or the applicant's turn.
_UNWATCHED = frozenset({State.RECEIVED, State.AWAITING_SUPPLEMENT, State.SUPPLEMENTED})


@dataclass(frozen=True, slots=True)
class Standing:
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


@dataclass(frozen=True, slots=True)
class Decision:
    """One assessment to be recorded. `decided_above`: only the district government may decide."""

    application_id: int
    receipt: str
    was: Standing
    state: State
    assessment: Assessment
    route: Route
    decided_above: bool = False

    @property
    def lead(self) -> str:
        """The bureau that leads: a transfer stands above the route."""
        return self.was.assigned or self.route.lead.bureau

    @property
    def copied(self) -> tuple[str, ...]:
        """The bureaus told besides the lead, each once."""
        bureaus = dict.fromkeys(copy.bureau for copy in self.route.copies)
        if self.decided_above:
            bureaus[DISTRICT_GOVERNMENT] = None
        bureaus.pop(self.lead, None)
        return tuple(bureaus)

    @property
    def is_news(self) -> bool:
        """Whether there is anything a bureau has not been told before."""
        return (self.was.outcome, self.was.amount, self.was.bureaus) != (
            self.assessment.outcome.value,
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
            " WHERE application_id = ANY(%(ids)s) AND in_force",
            {"ids": again},
        )
    documents = [
        _json({**decision.assessment.document(), "route": decision.route.document()})
        for decision in decisions
    ]
    conn.exec_driver_sql(
        "INSERT INTO assessment (application_id, serial, notice_id, rules_version,"
        " parameters_hash, assessed_at, outcome, amount, document, in_force)"
        " SELECT id, serial, %(notice)s, %(version)s, %(hash)s, %(now)s, outcome, amount,"
        "  document::jsonb, true"
        " FROM unnest(%(ids)s::bigint[], %(serials)s::int[], %(outcomes)s::text[],"
        "  %(amounts)s::numeric[], %(documents)b::text[])"
        "  AS u (id, serial, outcome, amount, document)",
        {
            "notice": edition.notice.id,
            "version": RULES_VERSION,
            "hash": edition.hash,
            "now": now,
            "ids": [decision.application_id for decision in decisions],
            "serials": [decision.was.serial + 1 for decision in decisions],
            "outcomes": [decision.assessment.outcome.value for decision in decisions],
            "amounts": [decision.assessment.amount for decision in decisions],
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
        " FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(outcomes)s::text[],"
        "  %(amounts)s::numeric[], %(leads)s::text[], %(copied)s::text[], %(visits)s::bigint[])"
        "  AS u (id, state, outcome, amount, lead, copied, visit)"
        " WHERE a.id = u.id",
        {
            "ids": [decision.application_id for decision in decisions],
            "states": [decision.state.value for decision in decisions],
            "outcomes": [decision.assessment.outcome.value for decision in decisions],
            "amounts": [decision.assessment.amount for decision in decisions],
            "leads": [decision.lead for decision in decisions],
            "copied": [",".join(decision.copied) for decision in decisions],
            "visits": [visits.get(decision.application_id) for decision in decisions],
        },
    )


def _events(conn: Connection, decisions: Sequence[Decision], now: datetime) -> dict[int, int]:
    """One event per decision. Out: application id -> event id."""
    rows = conn.exec_driver_sql(
        "INSERT INTO event (application_id, type, actor, from_state, to_state, data, at)"
        " SELECT id, 'application.assessed', %(actor)s, was, state, data::jsonb, %(now)s"
        " FROM unnest(%(ids)s::bigint[], %(was)s::text[], %(states)s::text[], %(data)b::text[])"
        "  AS u (id, was, state, data)"
        " RETURNING application_id, id",
        {
            "actor": SYSTEM,
            "now": now,
            "ids": [decision.application_id for decision in decisions],
            "was": [decision.was.state.value for decision in decisions],
            "states": [decision.state.value for decision in decisions],
            "data": [
                _json(
                    {
                        "serial": decision.was.serial + 1,
                        "outcome": decision.assessment.outcome.value,
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
    return {row[0]: row[1] for row in rows}


def _tell_bureaus(
    conn: Connection,
    settings: Settings,
    decisions: Sequence[Decision],
    events: dict[int, int],
) -> None:
    """Tell the lead and each copied bureau."""
    told: list[Notification] = []
    for decision in decisions:
        if not decision.is_news:
            continue
        about = (events[decision.application_id], decision.application_id, None)
        for bureau in (decision.lead, *decision.copied):
            told += deliver.to_bureau(settings, *about, bureau)
    deliver.write(conn, told)


def _visits(
    conn: Connection, settings: Settings, decisions: Sequence[Decision], now: datetime
) -> Arranged:
    """Visits for those decided on for the first time."""
    wishes = [
        Wish(decision.application_id, decision.was.uscc, decision.lead)
        for decision in decisions
        if decision.was.visit_id is None and decision.assessment.outcome in states.VISITED
    ]
    return arrange.arrange(conn, settings, wishes, now)


def _watch(
    conn: Connection, settings: Settings, decisions: Sequence[Decision], now: datetime
) -> None:
    """Have promised days watched from now on, or again after a supplement was awaited."""
    look = promises.first_look(settings.practice, now.date())
    ledger.add(
        conn,
        Stage.CLOCK,
        [(d.application_id, look) for d in decisions if d.was.state in _UNWATCHED],
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
