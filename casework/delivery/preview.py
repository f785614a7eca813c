"""A message as it would be sent, made from a sample or from a real application. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection

from casework import events
from casework.delivery.channels.base import Parcel
from casework.delivery.channels.registry import opened
from casework.delivery.channels.webhook import WebhookChannel
from casework.delivery.letters import letter_for
from casework.delivery.messages import Event, Letter
from casework.docket import reasons
from casework.errors import ApplicationNotFound
from casework.events import NewEvent
from casework.views import letterhead, sample_letterhead
from casework.views.letterhead import Letterhead
from config.settings import Settings
from store.db import Database
from vocabulary.cases import State
from vocabulary.deliveries import Channel, RecipientKind
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.receipts import parse

_LATEST: Final = (
    "SELECT id, type, actor, at, from_state, to_state, data FROM event"
    " WHERE application_id = %(id)s AND type = %(type)s ORDER BY id DESC LIMIT 1"
)


def of_sample(
    settings: Settings,
    event_type: str,
    channel: Channel,
    application: Mapping[str, Any],
    kind: RecipientKind = RecipientKind.BUREAU,
) -> str:
    """The message about an event of this type on a sample application (a request's body)."""
    head, data = sample_letterhead.made(settings, application)
    event = Event(
        id=1,
        type=event_type,
        actor=Actor.SYSTEM,
        at=sample_letterhead.AT,
        from_state=State.RECEIVED.value,
        to_state=State.AWAITING_DETERMINATION.value,
        data=data,
    )
    return _render(settings, head, event, channel, kind)


def of_determination(settings: Settings, conn: Connection, application_id: int) -> Letter:
    """The letter to the applicant about the determination that stands in this transaction."""
    head = letterhead.read(conn, application_id, officer=False)
    event = (
        conn.exec_driver_sql(
            _LATEST,
            {"id": application_id, "type": EventType.DETERMINATION_MADE},
        )
        .mappings()
        .one()
    )
    if head is None:
        raise ApplicationNotFound
    return letter_for(settings, head, Event(**event), RecipientKind.APPLICANT)


def of_application(
    db: Database,
    settings: Settings,
    event_type: str,
    channel: Channel,
    receipt: str,
    kind: RecipientKind = RecipientKind.BUREAU,
) -> str:
    """The message about an application's latest event of this type; that it was looked at is an
    event. Raises ApplicationNotFound if there is no such application or event.
    """
    with db.transaction() as conn:
        application_id = conn.exec_driver_sql(
            "SELECT id FROM application WHERE receipt = %(receipt)s",
            {"receipt": parse(receipt)},
        ).scalar()
        head = (
            letterhead.read(conn, application_id, officer=kind is RecipientKind.BUREAU)
            if application_id is not None
            else None
        )
        if head is None or application_id is None:
            raise ApplicationNotFound(english=f"There is no application {receipt}.")
        event = (
            conn.exec_driver_sql(
                _LATEST,
                {"id": application_id, "type": event_type},
            )
            .mappings()
            .one_or_none()
        )
        if event is None:
            raise ApplicationNotFound(
                f"这份申请没有 {event_type} 这一动态。",
                english=f"{receipt} has no event {event_type}.",
            )
        look = NewEvent(EventType.ACCESS_MESSAGE_READ, Actor.OPERATOR, application_id)
        events.write(conn, [look])
        data = reasons.spelled_out(conn, application_id, event["data"])
    return _render(settings, head, Event(**{**event, "data": data}), channel, kind)


def _render(
    settings: Settings,
    head: Letterhead,
    event: Event,
    channel: Channel,
    kind: RecipientKind,
) -> str:
    parcel = Parcel(
        delivery_id=1,
        receipt=head.receipt,
        provision=head.provision,
        event=event,
        now=event.at,
        letter=letter_for(settings, head, event, kind),
    )
    if channel is Channel.WEBHOOK:
        return WebhookChannel(settings).render(parcel)
    if channel in (Channel.INBOX, Channel.PORTAL, Channel.CALL):
        # The row itself is the message; whoever reads it sees the same words in one sentence.
        return parcel.letter.brief if parcel.letter else ""
    # As it would be sent, also where a demonstration keeps codes in a file and sends nothing.
    return opened(channel, replace(settings, codes_file=None)).render(parcel)
