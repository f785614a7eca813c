"""A role that is lent for somebody who is away (代办) waits for another's word: the bureau is
told."""

from __future__ import annotations

from datetime import date

from casework import events
from casework.events import NewEvent
from casework.outbox import deliveries
from casework.people import delegations
from casework.people.access import Principal
from config.settings import Settings
from schemas.delegations import Delegation
from store.db import Database
from vocabulary.deliveries import Recipient
from vocabulary.events import EventType


def lend(
    db: Database,
    settings: Settings,
    principal: Principal,
    *,
    to: str,
    ends_on: date,
    reason: str,
    starts_on: date | None = None,
    absent: str | None = None,
) -> Delegation:
    """As `delegations.lend`; of one that waits, the bureau is told over the first channel it can be
    reached by. Raises NotPermitted, InvalidDelegation."""
    made = delegations.lend(
        db,
        settings,
        principal,
        to=to,
        ends_on=ends_on,
        reason=reason,
        starts_on=starts_on,
        absent=absent,
    )
    if made.confirmed_at is None:
        data = {"delegation": made.id, "bureau": principal.bureau}
        waits = NewEvent(EventType.DELEGATION_WAITS, principal.actor, data=data)
        with db.transaction() as conn:
            [event_id] = events.write(conn, [waits])
            told = deliveries.outside(settings, event_id, Recipient(principal.bureau))
            deliveries.write(conn, told, fresh=True)
    return made
