"""Which letter tells whom of which event."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casework.delivery import messages
from casework.delivery.messages import Event, Letter
from casework.views.letterhead import Letterhead
from config.settings import Settings
from vocabulary.deliveries import RecipientKind
from vocabulary.events import EventType

Writer = Callable[[Letterhead, str], Letter]

# Events with a letter of their own; every other event of the timeline is told by its sentence.
LETTERS: Mapping[tuple[EventType, RecipientKind], Writer] = {
    (EventType.APPLICATION_ASSESSED, RecipientKind.BUREAU): messages.to_bureau,
    (EventType.APPLICATION_ASSESSED, RecipientKind.APPLICANT): messages.result_to_enterprise,
    (EventType.CONTACT_VERIFIED, RecipientKind.APPLICANT): messages.contact_to_enterprise,
    (EventType.SUPPLEMENT_REQUESTED, RecipientKind.APPLICANT): messages.supplement_to_enterprise,
    (EventType.VISIT_REMINDED, RecipientKind.BUREAU): messages.visit_to_bureau,
    (EventType.VISIT_REMINDED, RecipientKind.APPLICANT): messages.visit_to_enterprise,
}


def letter_for(settings: Settings, head: Letterhead, event: Event, kind: RecipientKind) -> Letter:
    """The letter about an event, for a bureau or for the enterprise."""
    to_bureau = kind is RecipientKind.BUREAU
    link = f"{settings.public_url}/status?receipt={head.receipt}"
    if to_bureau:
        link = f"{settings.public_url}/api/v1/cases/{head.receipt}"
    happened = EventType(event.type)
    writer = LETTERS.get((happened, kind))
    if writer is not None:
        return writer(head, link)
    sentence = happened.sentence(event.data, head.bureau_name)
    if to_bureau:
        return messages.news_to_bureau(head, link, sentence)
    if happened is EventType.DETERMINATION_MADE:
        return messages.ruling_to_enterprise(head, link, sentence)
    return messages.news_to_enterprise(head, link, sentence)
