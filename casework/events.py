"""The only writer of `event`. (Filing an application writes its event within its one statement:
`casework.intake.accept`.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from store.encoding import numbers, to_json
from vocabulary.cases import State
from vocabulary.events import EventType
from vocabulary.parties import Actor

if TYPE_CHECKING:
    from sqlalchemy import Connection

operator: ContextVar[str] = ContextVar("operator", default="")
"""Who works at the command line, where it is the command line: added to the actor's name."""


class NewEvent(NamedTuple):
    """An event to be written.

    `data`: ids, days, amounts and words of ours, under the keys of `vocabulary.event_data`. What a
    person wrote is kept apart: `casework.docket.reasons`. `shown`: the applications that somebody
    was shown, where they are several.
    """

    type: EventType
    actor: str
    application_id: int | None = None
    data: Mapping[str, object] = {}
    from_state: State | None = None
    to_state: State | None = None
    shown: Sequence[int] | None = None


def write(conn: Connection, events: Sequence[NewEvent], at: datetime | None = None) -> list[int]:
    """Write events in one statement. `at`: business time (None: now). Their ids, in order."""
    if not events:
        return []
    rows = conn.exec_driver_sql(
        "INSERT INTO event (application_id, type, actor, from_state, to_state, data, at, shown)"
        " SELECT application, type, actor, was, state, data::jsonb,"
        "  coalesce(%(at)s::timestamptz, (SELECT app_now())), shown::bigint[]"
        " FROM unnest(%(applications)s::bigint[], %(types)b::text[], %(actors)b::text[],"
        "  %(was)b::text[], %(states)b::text[], %(data)b::text[], %(shown)b::text[])"
        "  WITH ORDINALITY AS u (application, type, actor, was, state, data, shown, place)"
        " ORDER BY place RETURNING id",
        {
            "at": at,
            "applications": numbers([event.application_id for event in events]),
            "types": [event.type.value for event in events],
            "actors": [_actor(event) for event in events],
            "was": [event.from_state and event.from_state.value for event in events],
            "states": [event.to_state and event.to_state.value for event in events],
            "data": [to_json(event.data) for event in events],
            "shown": [event.shown and f"{{{','.join(map(str, event.shown))}}}" for event in events],
        },
    )
    # Counted up in the order of the statement; in which order rows are returned is not promised.
    return sorted(rows.scalars())


def _actor(event: NewEvent) -> str:
    name = operator.get() if event.actor == Actor.OPERATOR else ""
    return f"{event.actor}:{name}" if name else str(event.actor)
