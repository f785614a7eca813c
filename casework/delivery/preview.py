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
from casework.errors import ApplicationNotFound
from casework.followup import visit_booking
from casework.formats import yuan
from casework.receipt import normalise
from casework.views import dossier, progress
from casework.views.dossier import Dossier
from casework.workdays import add_working_days
from config.settings import Settings
from rules import PROVISIONS
from rules.engine import assess
from rules.model import Case
from rules.routing import route
from schemas.application import load_application
from store.db import CHINA, Database
from vocabulary.cases import State
from vocabulary.deliveries import Channel, RecipientKind
from vocabulary.parties import Actor
from vocabulary.visits import VisitResult, VisitState

RECEIPT = "WQ200511-0000001-8"
AT = datetime(2020, 5, 11, 9, 0, tzinfo=CHINA)


class SampleData(dict[str, Any]):
    """An event's data that has something to show under every key."""

    def __missing__(self, key: str) -> str:
        return f"〔{key}〕"


def of_sample(
    settings: Settings,
    event_type: str,
    channel: Channel,
    application: Mapping[str, Any],
    kind: RecipientKind = RecipientKind.BUREAU,
) -> str:
    """The message about an event of this type on a sample application (a request's body)."""
    found = _sample(settings, application)
    row = found.row
    visit = row["visit"]
    data = SampleData(
        serial=1,
        outcome=row["outcome"],
        amount=yuan(row["amount"]),
        bureau=row["lead_bureau"],
        count=1,
        visit=visit["id"],
        planned_on=visit["planned_on"],
        promise="determine",
        result=VisitResult.MET.value,
        provisional=visit["provisional"],
        granted=True,
        upheld=True,
        grade=5,
        fields=["/facts/difficulty"],
        due_on=visit["planned_on"],
        visited_on=visit["planned_on"],
        moved_from=AT.date().isoformat(),
        request=1,
        to=row["lead_bureau"],
        reason="示例理由",
        room=yuan(row["amount"]) or "0.00",
    )
    event = {
        "id": 1,
        "type": event_type,
        "actor": Actor.SYSTEM,
        "at": AT,
        "from_state": State.RECEIVED.value,
        "to_state": row["state"],
        "data": data,
    }
    return _render(settings, found, event, channel, kind)


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
        found = dossier.read(conn, settings, normalise(receipt))
        if found is None:
            raise ApplicationNotFound
        event = (
            conn.exec_driver_sql(
                "SELECT id, type, actor, at, from_state, to_state, data FROM event"
                " WHERE application_id = %(id)s AND type = %(type)s ORDER BY id DESC LIMIT 1",
                {"id": found.row["id"], "type": event_type},
            )
            .mappings()
            .one_or_none()
        )
    if event is None:
        raise ApplicationNotFound(f"这份申请没有“{event_type}”这一动态。")
    return _render(settings, found, dict(event), channel, kind)


def _render(
    settings: Settings,
    found: Dossier,
    event: Mapping[str, Any],
    channel: Channel,
    kind: RecipientKind,
) -> str:
    parcel = Parcel(
        delivery_id=1,
        receipt=found.row["receipt"],
        provision=found.row["provision"],
        event=event,
        now=event["at"],
        letter=letter_for(settings, found, event, kind),
    )
    if channel is Channel.WEBHOOK:
        return WebhookChannel(settings).render(parcel)
    if channel in (Channel.INBOX, Channel.PORTAL):
        # The row itself is the message; whoever reads it sees the same words in one sentence.
        return parcel.letter.brief if parcel.letter else ""
    return opened(channel, settings).render(parcel)


def _sample(settings: Settings, application: Mapping[str, Any]) -> Dossier:
    """A dossier as it would stand after the assessment; in memory only."""
    edition = editions.edition(settings.notice_id)
    submission = load_application(application)
    case = Case(enterprise=submission.enterprise, facts=submission.facts, received_on=AT.date())
    assessment = assess(PROVISIONS[submission.provision], case, edition.notice)
    to = route(submission.provision, case, edition.notice)
    planned_on, provisional = add_working_days(AT.date(), settings.visit_working_days)
    row = {
        "id": 1,
        "receipt": RECEIPT,
        "notice_id": edition.notice.id,
        "provision": submission.provision,
        "uscc": submission.enterprise.get("uscc"),
        "name": submission.enterprise["name"],
        "enterprise": submission.enterprise,
        "facts": submission.facts,
        "state": State.AWAITING_DETERMINATION.value,
        "outcome": assessment.outcome.value,
        "amount": assessment.amount,
        "lead_bureau": to.lead.bureau,
        "copied_bureaus": [],
        "received_at": AT,
        "version": 1,
        "serial": 1,
        "rules_version": "preview",
        "parameters_hash": edition.hash,
        "assessed_at": AT,
        "document": {**assessment.document(), "route": to.document()},
        "events": None,
        "deliveries": None,
        "promised": None,
        "requests": [],
        "now": AT,
        "visit": {
            "id": 1,
            "bureau": to.lead.bureau,
            "planned_on": planned_on.isoformat(),
            "provisional": provisional,
            "basis": visit_booking.visit_basis(settings.visit_working_days, AT.date()),
            "state": VisitState.PLANNED.value,
            **dict.fromkeys(("starts_at", "visited_on", "result")),
        },
        **progress.UNTOUCHED,
        "stuck": False,
    }
    return Dossier(row, edition.notice, settings.practice)
