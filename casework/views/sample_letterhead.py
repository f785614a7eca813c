"""A sample application as letters would have it, to look at them before any is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.followup import visit_booking
from casework.notices import contacts, editions
from casework.views.letterhead import Letterhead, VisitDay, concluded
from config.settings import Settings
from rules.engine import assess
from rules.model import Case
from rules.routing import route
from rules.workdays import add_working_days
from schemas.application import load_application
from vocabulary.event_data import WORDS
from vocabulary.promises import Kind
from vocabulary.zone import CHINA

RECEIPT = "WQ200511-0000001-8"
AT = datetime(2020, 5, 11, 9, 0, tzinfo=CHINA)


class SampleData(dict[str, Any]):
    """An event's data that has something to show under every key."""

    def __missing__(self, key: str) -> object:
        if key in WORDS:
            return next(iter(WORDS[key])).value
        return self["planned_on"] if key.endswith(("_on", "_until")) else f"〔{key}〕"


def made(settings: Settings, application: Mapping[str, Any]) -> tuple[Letterhead, SampleData]:
    """A letterhead as it would stand after the assessment, and an event's data."""
    submission = load_application(application, editions.forms_of(settings))
    edition = editions.edition(submission.notice or settings.notice_id)
    notice = edition.notice
    case = Case(enterprise=submission.enterprise, facts=submission.facts, received_on=AT.date())
    assessment = assess(edition.provisions[submission.provision], case, notice)
    to = route(submission.provision, case, notice)
    contact = contacts.routed(notice, to.document()["lead"])
    planned_on, provisional = add_working_days(AT.date(), settings.visit_working_days)
    basis = visit_booking.visit_basis(settings, AT.date())
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
        document=1,
        line=1,
        other=RECEIPT,
    )
