"""Every contact of the notice, as printed; searched by what a person would type."""

from __future__ import annotations

from collections.abc import Mapping
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
    wanted = [name_form(word) for word in asked.split()] or [""]
    about = {each.number: _subjects(each) for each in guide.measures(services().settings)}
    found = [each for each in every if all(word in _words(each, about) for word in wanted)]
    return page(
        "portal/contacts.html",
        asked=asked,
        found=found,
        count=len(every),
        printed=len({(each.measures, each.contact.printed) for each in every}),
    )


def _words(each: guide.Listed, about: Mapping[str, str]) -> str:
    """What a contact is found by: who it is, and what it is there for."""
    contact = each.contact
    who = f"{contact.bureau_name} {contact.section} {contact.name} {contact.phone}"
    return name_form(" ".join([who, *(about.get(number, "") for number in each.measures)]))


def _subjects(measure: guide.MeasureGuide) -> str:
    """What people call what a measure gives."""
    return " ".join([measure.name, *(each.title for each in measure.provisions)])
