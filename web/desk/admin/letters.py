"""A letter as it would be sent, by event, channel and recipient, made from an example; sends
nothing."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from api.services import services
from casework.delivery import preview
from casework.errors import PermanentError
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.openapi import example
from vocabulary.deliveries import Channel, RecipientKind
from vocabulary.events import EventType
from web.desk.admin.parts import LETTERS, Errors, admin_page
from web.desk.admin.spoken import named
from web.desk.guard import desk
from web.desk.pages import desk_pages

pages = desk_pages("admin-letters")

_EVENTS: Final = tuple(kind for kind in EventType if kind.is_on_timeline)
_CHANNELS: Final = tuple(each for each in Channel if each is not Channel.CALL)
_KINDS: Final = (RecipientKind.APPLICANT, RecipientKind.BUREAU)


@pages.route(LETTERS, methods=["GET"])
@desk(Right.ADMINISTER)
def letters(principal: Principal) -> Response:
    del principal
    settings = services().settings
    offer = editions.offers(settings)[0]
    provisions = [code for code, _ in offer.forms]
    asked = request.args
    event = next((each for each in _EVENTS if each == asked.get("event")), None)
    channel = next((each for each in _CHANNELS if each == asked.get("channel")), Channel.EMAIL)
    kind = next((each for each in _KINDS if each == asked.get("to")), RecipientKind.APPLICANT)
    provision = next((each for each in provisions if each == asked.get("provision")), provisions[0])
    text, errors = None, Errors()
    if event is not None and channel is not Channel.WEBHOOK and not event.audience.is_told(kind):
        errors = [("to", f"这件事不通知{kind.label}。")]
    elif event is not None:
        try:
            text = preview.of_sample(settings, event, channel, example(offer, provision), kind)
        except PermanentError:
            errors = [("event", "例子里没有这件事要写的内容。")]
    titles = editions.edition(offer.notice).notice.provisions
    return admin_page(
        "admin_letters.html",
        errors,
        events=[(each.value, f"{named(each)}（{each.value}）") for each in _EVENTS],
        channels=[(each.value, each.label) for each in _CHANNELS],
        kinds=[(each.value, each.label) for each in _KINDS],
        provisions=[
            (code, f"({titles[code]['measure']}){titles[code]['title']}") for code in provisions
        ],
        chosen=(event, channel, kind, provision),
        text=text,
    )
