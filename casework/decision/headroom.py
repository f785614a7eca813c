"""Headroom that becomes free under a cap for an amount that a person determined.

A determination is not changed by itself. Where the cap alone had cut it, its bureau and the
applicant are told how much could be determined now; the way to more is a review (复核).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from casework import events
from casework.decision.recording import Assessed
from casework.events import NewEvent
from casework.outbox import deliveries
from casework.personal import parts
from config.settings import Settings
from vocabulary.cases import State
from vocabulary.events import EventType
from vocabulary.parties import Actor


class Found(NamedTuple):
    """A determination that could be higher now: the bureau that led it, yuan determined, and yuan
    possible."""

    of: Assessed
    bureau: str
    determined: Decimal
    possible: Decimal


def tell(conn: Connection, settings: Settings, assessed: Sequence[Assessed], now: datetime) -> None:
    """Tell of headroom that these new assessments found and those before them did not."""
    found = [headroom for each in assessed if (headroom := _found(each)) is not None]
    if not found:
        return
    ids = events.write(conn, [_event(each) for each in found], now)
    contacts = confirmed_contacts(conn, [each.of.application_id for each in found])
    told = []
    for event_id, each in zip(ids, found, strict=True):
        about = (event_id, each.of.application_id, None)
        told += deliveries.to_bureau(settings, EventType.DETERMINATION_ROOM, *about, each.bureau)
        confirmed = contacts[each.of.application_id]
        told += deliveries.to_enterprise(settings, *about, confirmed)
    deliveries.write(conn, told)


def confirmed_contacts(conn: Connection, ids: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """The confirmed contact of each application."""
    rows = conn.exec_driver_sql(
        f"SELECT a.id, {parts.GIVEN}"  # noqa: S608 -- a constant
        " FROM application AS a WHERE a.id = ANY(%(ids)s)",
        {"ids": list(ids)},
    )
    return {row[0]: parts.confirmed(row[1]) for row in rows}


def _event(found: Found) -> NewEvent:
    data = {
        "bureau": found.bureau,
        "amount": str(found.determined),
        "room": str(found.possible),
    }
    kind, actor = EventType.DETERMINATION_ROOM, Actor.SYSTEM
    return NewEvent(kind, actor, found.of.application_id, data)


def _found(assessed: Assessed) -> Found | None:
    """Whether more is possible now, where the cap alone had cut what was determined."""
    was, ruling, cap = assessed.was, assessed.candidate.ruling, assessed.assessment.cap
    if was.state is not State.DETERMINED or ruling is None or cap is None or not ruling.granted:
        return None
    if ruling.amount is None or ruling.computed is None or was.amount is None or not was.bureaus:
        return None
    gave_everything = ruling.amount >= ruling.computed
    if not gave_everything or cap.granted <= max(ruling.amount, was.amount):
        return None
    return Found(assessed, was.bureaus[0], ruling.amount, cap.granted)
