"""Accepting and deciding one application with psycopg's asynchronous connections."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from bench.decision import Decision, assessed_data, bureaus, decide, plan_visit
from casework.personal import credentials
from config.settings import Settings
from rules.model import Taken
from schemas.application import Submission
from vocabulary.zone import CHINA

settings = Settings.from_env(os.environ)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the applicant is told, and the id the job is about."""

    id: int
    receipt: str
    access_code: str

    def document(self) -> dict[str, str]:
        """The answer's body."""
        return {
            "receipt": self.receipt,
            "access_code": self.access_code,
            "status_url": f"{settings.public_url}/api/v1/applications/{self.receipt}",
        }


def make_pool(size: int = 10) -> AsyncConnectionPool:
    """A pool for the database of DATABASE_URL, not yet open."""
    return AsyncConnectionPool(os.environ["DATABASE_URL"], min_size=size, max_size=size, open=False)


async def accept(conn: AsyncConnection, submission: Submission) -> Accepted:
    """Insert an application and its event; the caller's transaction."""
    access_code = credentials.random_access_code()
    cursor = await conn.execute(
        "WITH created AS ("
        " INSERT INTO application (receipt, notice_id, provision, uscc, name, enterprise, facts,"
        "  access_hash, source, received_at)"
        " VALUES (receipt_for(nextval('receipt_number'),"
        "   (now() AT TIME ZONE 'Asia/Shanghai')::date),"
        "  %(notice)s, %(provision)s, %(uscc)s, %(name)s, %(enterprise)s, %(facts)s, %(hash)s,"
        "  'form', now()) RETURNING id, receipt"
        "), recorded AS ("
        " INSERT INTO event (application_id, type, actor, to_state, data, at)"
        " SELECT id, 'application.received', 'enterprise', 'received', '{}', now() FROM created"
        ") SELECT id, receipt FROM created",
        {
            "notice": settings.notice_id,
            "provision": submission.provision,
            "uscc": submission.enterprise.get("uscc"),
            "name": submission.enterprise["name"],
            "enterprise": Jsonb(submission.enterprise),
            "facts": Jsonb(submission.facts),
            "hash": credentials.access_hash(settings.secret_key, access_code),
        },
    )
    (application_id, receipt) = await _one(cursor)
    return Accepted(application_id, receipt, access_code)


async def handle(conn: AsyncConnection, application_id: int) -> None:
    """Assess, route, notify, plan the visit; the caller's transaction. Done already: nothing."""
    cursor = await conn.execute(
        "SELECT provision, uscc, enterprise, facts, state, received_at FROM application"
        " WHERE id = %s FOR NO KEY UPDATE",
        (application_id,),
    )
    provision, uscc, enterprise, facts, state, received_at = await _one(cursor)
    if state != "received":
        return

    def decided(taken: dict[str, Taken] | None = None) -> Decision:
        return decide(settings, provision, enterprise, facts, received_at, taken)

    now = datetime.now(CHINA)
    decision = await _meet(conn, application_id, decided)
    lead = await _record(conn, application_id, decision, now)
    if decision.is_visited:
        await _plan(conn, application_id, uscc, lead, now)


async def _meet(conn: AsyncConnection, application_id: int, decided: Any) -> Any:
    """Enter it under its benefit keys; those that are granted to others are told to the rules, and
    it is decided anew."""
    decision: Decision = decided()
    keys = decision.assessment.overlap.keys
    if not keys:
        return decision
    cursor = await conn.execute(
        "WITH met AS (INSERT INTO benefit_claim AS c (key, concerned)"
        "  SELECT key, ARRAY[%(id)s::bigint] FROM unnest(%(keys)s::text[]) AS u (key) ORDER BY key"
        "  ON CONFLICT (key) DO UPDATE SET concerned = c.concerned || excluded.concerned"
        "  RETURNING key, application_id, amount)"
        " SELECT m.key, a.receipt, m.amount FROM met AS m JOIN application AS a"
        " ON a.id = m.application_id",
        {"id": application_id, "keys": list(keys)},
    )
    held = {key: Taken(receipt, amount) for key, receipt, amount in await cursor.fetchall()}
    return decided(held) if held else decision


async def _record(
    conn: AsyncConnection, application_id: int, decision: Decision, now: datetime
) -> str:
    """Write assessment, application, event and deliveries. Returns the lead bureau."""
    row = decision.row()
    lead, copied = bureaus(row["document"]["route"])
    values = {
        **row,
        "document": Jsonb(row["document"]),
        "id": application_id,
        "now": now,
        "state": decision.state.value,
        "lead": lead,
        "copied": copied,
        "told": [lead, *copied],
        "data": Jsonb(assessed_data(row["outcome"], row["amount"], lead)),
    }
    await conn.execute(
        "INSERT INTO assessment (application_id, serial, notice_id, rules_version,"
        " parameters_hash, assessed_at, outcome, amount, document, in_force)"
        " VALUES (%(id)s, %(serial)s, %(notice_id)s, %(rules_version)s, %(parameters_hash)s,"
        "  %(now)s, %(outcome)s, %(amount)s, %(document)s, %(in_force)s)",
        values,
    )
    await conn.execute(
        "UPDATE application SET state = %(state)s, outcome = %(outcome)s, amount = %(amount)s,"
        " lead_bureau = %(lead)s, copied_bureaus = %(copied)s, version = version + 1"
        " WHERE id = %(id)s",
        values,
    )
    await conn.execute(
        "WITH told AS ("
        " INSERT INTO event (application_id, type, actor, from_state, to_state, data, at)"
        " VALUES (%(id)s, 'application.assessed', 'system', 'received', %(state)s, %(data)s,"
        "  %(now)s) RETURNING id"
        ") INSERT INTO delivery (event_id, application_id, recipient_kind, recipient, channel,"
        "  state, created_at, sent_at)"
        " SELECT told.id, %(id)s, 'bureau', bureau, 'inbox', 'sent', %(now)s, %(now)s"
        " FROM told, unnest(%(told)s::text[]) AS bureau",
        values,
    )
    return lead


async def _plan(
    conn: AsyncConnection, application_id: int, uscc: str | None, lead: str, now: datetime
) -> None:
    """Write the visit, its event and its reminders."""
    planned = plan_visit(settings, now)
    statement: LiteralString = (
        "WITH planned AS ("
        " INSERT INTO visit (uscc, application_id, bureau, planned_on, provisional, basis, state,"
        "  created_at)"
        " VALUES (%(uscc)s, %(id)s, %(lead)s, %(on)s, %(provisional)s, %(basis)s, 'planned',"
        "  %(now)s) RETURNING id"
        "), recorded AS ("
        " INSERT INTO event (application_id, type, actor, data, at)"
        " SELECT %(id)s, 'visit.scheduled', 'system', jsonb_build_object('visit', planned.id,"
        "  'bureau', %(lead)s::text, 'planned_on', %(on)s::date::text,"
        "  'provisional', %(provisional)s::boolean), %(now)s FROM planned"
        "), joined AS ("
        " UPDATE application SET visit_id = planned.id FROM planned WHERE application.id = %(id)s"
        ") INSERT INTO work_item (stage, subject_id, not_before, created_at)"
        " SELECT 'remind', id, %(remind_at)s::timestamptz, %(now)s::timestamptz FROM planned"
        " UNION ALL SELECT 'chase', %(id)s, %(watch_at)s, %(now)s"
    )
    await conn.execute(
        statement,
        {
            "uscc": uscc,
            "id": application_id,
            "lead": lead,
            "on": planned.on,
            "provisional": planned.provisional,
            "basis": planned.basis,
            "remind_at": planned.remind_at,
            "watch_at": planned.watch_at,
            "now": now,
        },
    )


async def _one(cursor: Any) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = await cursor.fetchone()
    if row is None:
        raise LookupError("no such application")
    return row
