"""Every contact of the notice, as printed; searched by what a person would type."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from api.auth import public
from api.services import services
from casework.notices import guide
from vocabulary.writing import name_form
from web.parts.page import page
from web.portal.pages import portal_pages

pages = portal_pages("contacts")

_LONGEST: Final = 60


@pages.route("/contacts", methods=["GET"])
@public
def contacts() -> Response:
    asked = request.args.get("q", "").strip()[:_LONGEST]
    every = guide.directory(services().settings)
    wanted = name_form(asked)
    found = [each for each in every if wanted in name_form(_words(each))]
    return page(
        "portal/contacts.html",
        asked=asked,
        found=found,
        count=len(every),
        printed=len({(each.measures, each.contact.printed) for each in every}),
    )


def _words(each: guide.Listed) -> str:
    """What a contact is found by."""
    contact = each.contact
    return f"{contact.bureau_name} {contact.section} {contact.name} {contact.phone}"
