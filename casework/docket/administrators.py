"""Telling administrators what waits for the word of another than who asked for it; where nobody at
the desk can give it, the operator."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from casework.outbox import deliveries
from casework.people import access, release
from config.settings import Settings
from vocabulary.deliveries import OPERATOR, Recipient

_ADMINISTRATORS: Final = (
    "SELECT a.actor, a.bureau FROM account AS a WHERE a.roles @> ARRAY['admin']"  # noqa: S608 -- constants
    f" AND {access.IN_USE} AND {access.CAN_LOG_IN} ORDER BY a.bureau"
)


def tell_others(conn: Connection, settings: Settings, event_id: int, *apart_from: str) -> None:
    """Tell the bureaus of the administrators whose word counts beside that of `apart_from` of an
    event, over the first channel they can be reached by; where there is none, the operator."""
    rows = conn.exec_driver_sql(_ADMINISTRATORS).all()
    others = {
        each.bureau: None
        for each in rows
        if not any(release.are_one(conn, each.actor, one) for one in apart_from)
    }
    to = [Recipient(bureau) for bureau in others] or [OPERATOR]
    told = [deliveries.outside(settings, event_id, each) for each in to]
    deliveries.write(conn, [message for each in told for message in each], fresh=True)
