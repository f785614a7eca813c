"""Telling those concerned of what people did to a case."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.docket.desk import Case
from casework.outbox import deliveries
from config.settings import Settings


def lead(conn: Connection, settings: Settings, case: Case, event_id: int) -> None:
    """Tell the bureau that leads the case; nobody before the first assessment."""
    if case.lead_bureau:
        bureau(conn, settings, case, event_id, case.lead_bureau)


def bureau(conn: Connection, settings: Settings, case: Case, event_id: int, bureau_id: str) -> None:
    """Tell one bureau of an event."""
    deliveries.write(conn, deliveries.to_bureau(settings, event_id, case.id, None, bureau_id))


def enterprise(conn: Connection, settings: Settings, case: Case, event_id: int) -> None:
    """Tell the applicant of an event."""
    contact = case.enterprise.get("contact") or {}
    deliveries.write(conn, deliveries.to_enterprise(settings, event_id, case.id, None, contact))
