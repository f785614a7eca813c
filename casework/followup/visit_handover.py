"""Handing the visit of a transferred application over: whoever visits is whoever leads."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.followup import visit_booking, visit_contacts, visit_plan
from casework.outbox import deliveries
from config.settings import Settings
from store import ledger, predicates
from store.db import app_now
from vocabulary.events import EventType
from vocabulary.visits import PLACED_VISITS
from vocabulary.work import Stage


def follow_transfer(
    conn: Connection, settings: Settings, application_id: int, was: str, to: str
) -> None:
    """Hand it over, unless its bureau leads another application that the visit is about.

    The new bureau's plan gives it a place. Who was told a day as fixed is told that it is not.
    """
    row = conn.exec_driver_sql(
        "UPDATE visit AS v SET bureau = %(to)s, state = 'planned', confirmed_by = NULL,"  # noqa: S608 -- a constant
        "  starts_at = NULL, reminded_for = NULL, assignee = NULL,"
        "  version = v.version + 1"
        " FROM (SELECT id, state FROM visit"
        "  WHERE id = (SELECT visit_id FROM application WHERE id = %(id)s)"
        "  FOR NO KEY UPDATE) AS before"
        " WHERE v.id = before.id AND v.bureau = %(was)s AND v.state = ANY(%(open)s)"
        "  AND NOT EXISTS (SELECT FROM application AS o WHERE o.visit_id = v.id"
        f"   AND o.lead_bureau = %(was)s AND o.state NOT IN {predicates.OVER})"
        " RETURNING v.id, v.planned_on, before.state AS was",
        {"id": application_id, "was": was, "to": to, "open": visit_booking.OPEN},
    ).one_or_none()
    if row is None:
        return
    now = app_now(conn)
    data = {"bureau": to, "planned_on": row.planned_on.isoformat()}
    events = visit_plan.tell_applications(conn, EventType.VISIT_HANDED_OVER, {row.id: data}, now)
    if row.was in PLACED_VISITS:
        deliveries.write(conn, visit_contacts.tell(conn, settings, events, [row.id]))
    ledger.add(conn, Stage.REMIND, [(row.id, now)])
