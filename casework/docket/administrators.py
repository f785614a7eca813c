"""Telling administrators what waits for the word of another than who asked for it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from casework.outbox import deliveries
from casework.people import access
from config.settings import Settings
from vocabulary.deliveries import Recipient

_BUREAUS_OF_OTHERS: Final = (
    "SELECT DISTINCT a.bureau FROM account AS a WHERE a.roles @> ARRAY['admin']"  # noqa: S608 -- constants
    f" AND {access.IN_USE} AND {access.CAN_LOG_IN} AND a.actor <> %(by)s ORDER BY a.bureau"
)


def tell_others(conn: Connection, settings: Settings, event_id: int, by: str) -> None:
    """Tell the bureaus of the administrators but `by` of an event, over the first channel they can
    be reached by."""
    bureaus = conn.exec_driver_sql(_BUREAUS_OF_OTHERS, {"by": by}).scalars()
    told = [deliveries.outside(settings, event_id, Recipient(bureau)) for bureau in bureaus]
    deliveries.write(conn, [message for each in told for message in each], fresh=True)
