"""The only writer of `event`, and of what people wrote about one.

(Filing an application writes its event within its one statement: `casework.intake.accept`.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casework import event_texts
from store.encoding import numbers, to_json
from vocabulary.cases import State
from vocabulary.event_data import KEPT, TEXT_ID
from vocabulary.events import EventType


class NewEvent(NamedTuple):
    """An event to be written. `data`: ids, days, amounts and words of ours, under the keys of
    `vocabulary.event_data`. `reason`: what a person wrote; it is kept apart."""

    type: EventType
    actor: str
    application_id: int | None = None
    data: Mapping[str, object] = {}
    from_state: State | None = None
    to_state: State | None = None
    reason: str | None = None


def write(conn: Connection, events: Sequence[NewEvent], at: datetime | None = None) -> list[int]:
    """Write events in one statement. `at`: business time (None: now). Their ids, in order.

    Raises ValueError for data under a key that no event holds.
    """
    if not events:
        return []
    for event in events:
        if not event.data.keys() <= KEPT:
            raise ValueError(f"{event.type}: not for an event: {sorted(event.data.keys() - KEPT)}")
    data = _with_texts(conn, events, at)
    rows = conn.exec_driver_sql(
        "INSERT INTO event (application_id, type, actor, from_state, to_state, data, at)"
        " SELECT application, type, actor, was, state, data::jsonb,"
        "  coalesce(%(at)s::timestamptz, (SELECT app_now()))"
        " FROM unnest(%(applications)s::bigint[], %(types)b::text[], %(actors)b::text[],"
        "  %(was)b::text[], %(states)b::text[], %(data)b::text[])"
        "  WITH ORDINALITY AS u (application, type, actor, was, state, data, place)"
        " ORDER BY place RETURNING id",
        {
            "at": at,
            "applications": numbers([event.application_id for event in events]),
            "types": [event.type.value for event in events],
            "actors": [str(event.actor) for event in events],
            "was": [event.from_state and event.from_state.value for event in events],
            "states": [event.to_state and event.to_state.value for event in events],
            "data": [to_json(each) for each in data],
        },
    )
    # Counted up in the order of the statement; in which order rows are returned is not promised.
    return sorted(rows.scalars())


def _with_texts(
    conn: Connection, events: Sequence[NewEvent], at: datetime | None
) -> list[Mapping[str, Any]]:
    """The data of each event, with a reference to what a person wrote, which is kept here."""
    texts = [
        (event.application_id, event.reason)
        for event in events
        if event.reason is not None and event.application_id is not None
    ]
    if not texts:
        return [event.data for event in events]
    ids = iter(event_texts.keep(conn, texts, at))
    return [
        event.data if event.reason is None else {**event.data, TEXT_ID: next(ids)}
        for event in events
    ]
