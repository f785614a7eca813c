"""When the system cannot assess an application: a person takes it over, and everybody can see it.

An assessment that has died would leave the applicant waiting for a system that does not try any
more, and no bureau with the case. So whoever the notice's data names for the rest of the provision
leads it until the work item is revived (`wenqi dead-letter retry`) and the rules decide.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from casework import events
from casework.events import NewEvent
from casework.notices import editions
from casework.outbox import deliveries
from config.settings import Settings
from rules.routing import residual
from store import predicates
from vocabulary.events import EventType
from vocabulary.parties import Actor


def to_people(conn: Connection, settings: Settings, application_ids: Sequence[int]) -> None:
    """Hand applications over whose assessment has died, in the transaction that buries it.

    Who leads a case already goes on leading it. Writes an event and tells the bureau.
    """
    if not application_ids:
        return
    rows = conn.exec_driver_sql(
        "SELECT id, notice_id, provision, lead_bureau FROM application"  # noqa: S608 -- a constant
        f" WHERE id = ANY(%(ids)s) AND state NOT IN {predicates.OVER} AND NOT is_trial"
        " ORDER BY id FOR NO KEY UPDATE",
        {"ids": list(application_ids)},
    ).all()
    leads: list[tuple[int, str]] = []
    told: list[NewEvent] = []
    for row in rows:
        bureau = row.lead_bureau
        if bureau is None:
            bureau = residual(row.provision, editions.edition(row.notice_id).notice).bureau
        conn.exec_driver_sql(
            "UPDATE application SET lead_bureau = %(bureau)s, version = version + 1"
            " WHERE id = %(id)s",
            {"bureau": bureau, "id": row.id},
        )
        told.append(NewEvent(EventType.APPLICATION_STUCK, Actor.SYSTEM, row.id, {"bureau": bureau}))
        leads.append((row.id, bureau))
    ids = events.write(conn, told)
    kind = EventType.APPLICATION_STUCK
    about = [(kind, event_id, *lead) for event_id, lead in zip(ids, leads, strict=True)]
    deliveries.write(conn, deliveries.to_bureaus(settings, about))
