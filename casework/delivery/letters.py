"""Which letter tells whom of which event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.delivery import messages
from casework.delivery.messages import Letter
from casework.views import dossier
from casework.views.dossier import Dossier
from config.settings import Settings
from vocabulary.deliveries import RecipientKind
from vocabulary.events import EventType

Writer = Callable[[Mapping[str, Any], str], Letter]

# Events with a letter of their own; every other event of the timeline is told by its sentence.
LETTERS: Mapping[tuple[EventType, RecipientKind], Writer] = {
    (EventType.APPLICATION_ASSESSED, RecipientKind.BUREAU): messages.to_bureau,
    (EventType.VISIT_REMINDED, RecipientKind.BUREAU): messages.visit_to_bureau,
    (EventType.VISIT_REMINDED, RecipientKind.APPLICANT): messages.visit_to_enterprise,
}


def letter_for(
    settings: Settings, found: Dossier, event: Mapping[str, Any], kind: RecipientKind
) -> Letter:
    """The letter about an event, for a bureau or for the enterprise.

    In: the application as it stands now, the event (type, data, from_state, to_state, actor).
    """
    to_bureau = kind is RecipientKind.BUREAU
    summary = dossier.summary(found, officer=to_bureau)
    room = "cases" if to_bureau else "applications"
    link = f"{settings.public_url}/api/v1/{room}/{summary['receipt']}"
    writer = LETTERS.get((EventType(event["type"]), kind))
    if writer is not None:
        return writer(summary, link)
    sentence = EventType(event["type"]).sentence(event["data"], found.bureau_name)
    news = messages.news_to_bureau if to_bureau else messages.news_to_enterprise
    return news(summary, link, sentence)
