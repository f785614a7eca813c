"""A message as it would be sent, made from a sample or from a real application. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework import editions
from casework.delivery.channels.base import Parcel
from casework.delivery.channels.registry import opened
from casework.delivery.channels.webhook import WebhookChannel
from casework.delivery.letters import letter_for
from casework.delivery.messages import Event
from casework.docket import reasons
from casework.errors import ApplicationNotFound
from casework.followup import visit_booking
from casework.receipt import parse
from casework.views import contacts, letterhead
from casework.views.letterhead import Letterhead, VisitDay, concluded
from casework.workdays import add_working_days
from config.settings import Settings
from rules.engine import assess
from rules.model import Case
from rules.routing import route
from schemas.application import load_application
from store.db import Database
from vocabulary.cases import State
from vocabulary.deliveries import Channel, RecipientKind
from vocabulary.event_data import WORDS
from vocabulary.parties import Actor
from vocabulary.promises import Kind
from vocabulary.zone import CHINA

RECEIPT = "WQ200511-0000001-8"
AT = datetime(2020, 5, 11, 9, 0, tzinfo=CHINA)


class SampleData(dict[str, Any]):
    """An event's data that has something to show under every key."""

    def __missing__(self, key: str) -> object:
        if key in WORDS:
            return next(iter(WORDS[key])).value
        return self["planned_on"] if key.endswith("_on") else f"〔{key}〕"


def of_sample(
    settings: Settings,
    event_type: str,
    channel: Channel,
    application: Mapping[str, Any],
    kind: RecipientKind = RecipientKind.BUREAU,
) -> str:
    """The message about an event of this type on a sample application (a request's body)."""
    head, data = _sample(settings, application)
    event = Event(
        id=1,
        type=event_type,
        actor=Actor.SYSTEM,
        at=AT,
        from_state=State.RECEIVED.value,
        to_state=State.AWAITING_DETERMINATION.value,
        data=data,
    )
    return _render(settings, head, event, channel, kind)


def of_application(
    db: Database,
    settings: Settings,
    event_type: str,
    channel: Channel,
    receipt: str,
    kind: RecipientKind = RecipientKind.BUREAU,
) -> str:
    """The message about an application's latest event of this type.

    Raises ApplicationNotFound if there is no such application or event.
    """
    with db.statement() as conn:
        application_id = conn.exec_driver_sql(
            "SELECT id FROM application WHERE receipt = %(receipt)s",
            {"receipt": parse(receipt)},
        ).scalar()
        head = letterhead.read(conn, application_id) if application_id is not None else None
        if head is None:
            raise ApplicationNotFound
        event = (
            conn.exec_driver_sql(
                "SELECT id, type, actor, at, from_state, to_state, data FROM event"
                " WHERE application_id = %(id)s AND type = %(type)s ORDER BY id DESC LIMIT 1",
                {"id": application_id, "type": event_type},
            )
            .mappings()
            .one_or_none()
        )
        if event is None:
            raise ApplicationNotFound(f"这份申请没有 {event_type} 这一动态。")
        [data] = reasons.with_reasons(conn, [event["data"]])
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
    return opened(channel, settings).render(parcel)


def _sample(settings: Settings, application: Mapping[str, Any]) -> tuple[Letterhead, SampleData]:
    """A letterhead as it would stand after the assessment, and an event's data."""
    submission = load_application(application, editions.forms_of(settings))
    edition = editions.edition(submission.notice or settings.notice_id)
    notice = edition.notice
    case = Case(enterprise=submission.enterprise, facts=submission.facts, received_on=AT.date())
    assessment = assess(edition.provisions[submission.provision], case, notice)
    to = route(submission.provision, case, notice)
    contact = contacts.routed(notice, to.document()["lead"])
    planned_on, provisional = add_working_days(AT.date(), settings.visit_working_days)
    basis = visit_booking.visit_basis(settings.visit_working_days, AT.date())
    head = Letterhead(
        receipt=RECEIPT,
        name=submission.enterprise["name"],
        uscc=submission.enterprise.get("uscc"),
        provision=submission.provision,
        received_at=AT,
        notice=notice,
        contact=contact,
        conclusion=concluded(edition, to.added_to(assessment.document()), assessment.amount),
        visit=VisitDay(planned_on, provisional, basis),
    )
    amount = None if assessment.amount is None else str(assessment.amount)
    return head, SampleData(
        serial=1,
        outcome=assessment.outcome.value,
        amount=amount,
        bureau=contact.bureau,
        count=1,
        visit=1,
        planned_on=planned_on.isoformat(),
        promise=Kind.DETERMINE.value,
        provisional=provisional,
        granted=True,
        upheld=True,
        fields=["/facts/difficulty"],
        moved_from=AT.date().isoformat(),
        corrected_from=AT.date().isoformat(),
        request=1,
        to=contact.bureau,
        reason="示例理由",
        room=amount or "0.00",
        code_serial=2,
    )
