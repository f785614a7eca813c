"""An applicant whom no message reaches is called: the bureau that leads is told at once (电话告知).

The delivery over `Channel.CALL` is the task: it stays pending until somebody of the bureau ticks it
off (`casework.followup.phone_call`). Nothing is sent over it.
"""

from __future__ import annotations

from sqlalchemy import Connection

from casework import events
from casework.events import NewEvent
from casework.outbox import deliveries
from config.settings import Settings
from store.db import app_now
from vocabulary.cases import State
from vocabulary.deliveries import DeliveryState
from vocabulary.events import EventType
from vocabulary.parties import Actor

WAIT_SECONDS = 60
"""How long until it is looked again whether a bureau leads the case."""


def ask(conn: Connection, settings: Settings, delivery_id: int) -> bool:
    """Tell the bureau that leads to call; once, however many calls it has to make in the case.

    Returns whether that is settled; not while nobody leads the case.
    """
    row = conn.exec_driver_sql(
        "SELECT a.id, a.lead_bureau, a.state, EXISTS (SELECT FROM delivery AS o"
        "  WHERE o.application_id = a.id AND o.channel = 'call' AND o.state = 'pending'"
        "  AND o.id < d.id) AS asked"
        " FROM delivery AS d JOIN application AS a ON a.id = d.application_id"
        " WHERE d.id = %(id)s",
        {"id": delivery_id},
    ).one()
    if row.state == State.WITHDRAWN:
        conn.exec_driver_sql(
            "UPDATE delivery SET state = %(failed)s, last_error = 'call: withdrawn'"
            " WHERE id = %(id)s",
            {"id": delivery_id, "failed": DeliveryState.FAILED.value},
        )
        return True
    if row.lead_bureau is None:
        return False
    if not row.asked:
        data = {"bureau": row.lead_bureau}
        kind = EventType.APPLICANT_UNREACHED
        [event] = events.write(conn, [NewEvent(kind, Actor.SYSTEM, row.id, data)], app_now(conn))
        told = deliveries.to_bureau(settings, kind, event, row.id, None, row.lead_bureau)
        deliveries.write(conn, told)
    return True
