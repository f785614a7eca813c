"""A grant whose base another grant has taken away since: set aside, to be determined anew.

(四) pays a share of rent that is really borne. Rent that (一) waives afterwards is borne no more,
and the words leave no other amount of (四); so its determination ends with the other's beginning,
and nothing is granted twice for a moment. What it comes to now is a person's to determine again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from casework import events
from casework.decision.headroom import confirmed_contacts
from casework.decision.recording import Assessed
from casework.events import NewEvent
from casework.outbox import deliveries
from config.settings import Settings
from vocabulary.events import EventType
from vocabulary.parties import Actor

_END = """
WITH aside AS (
    UPDATE determination SET state = 'superseded'
    WHERE application_id = ANY(%(ids)s) AND state = 'in_force'
), reviews AS (
    UPDATE review SET state = 'dropped', decided_at = app_now()
    WHERE application_id = ANY(%(ids)s) AND state = 'open'
)
UPDATE application SET determined_amount = NULL WHERE id = ANY(%(ids)s)
"""


def write(
    conn: Connection, settings: Settings, assessed: Sequence[Assessed], now: datetime
) -> None:
    """End the determinations that these assessments set aside, and tell everyone of it."""
    aside = [each for each in assessed if each.set_aside is not None]
    if not aside:
        return
    conn.exec_driver_sql(_END, {"ids": [each.application_id for each in aside]})
    ids = events.write(conn, [_event(each) for each in aside], now)
    contacts = confirmed_contacts(conn, [each.application_id for each in aside])
    told = []
    for event_id, each in zip(ids, aside, strict=True):
        about = (event_id, each.application_id, None)
        for bureau in (each.lead, *each.copied):
            told += deliveries.to_bureau(
                settings, EventType.DETERMINATION_SET_ASIDE, *about, bureau
            )
        told += deliveries.to_enterprise(settings, *about, contacts[each.application_id])
    deliveries.write(conn, told, fresh=True)


def _event(each: Assessed) -> NewEvent:
    data = {
        "bureau": each.lead,
        "amount": str(each.set_aside),
        "room": str(each.assessment.amount),
    }
    kind, actor = EventType.DETERMINATION_SET_ASIDE, Actor.SYSTEM
    return NewEvent(kind, actor, each.application_id, data)
