"""The first page."""

from __future__ import annotations

from flask import Response

from api.auth import public
from api.services import services
from casework.notices import guide
from web.parts.page import page
from web.portal.pages import portal_pages

pages = portal_pages("home")

_CACHE = "public, max-age=300"


@pages.route("/", methods=["GET"])
@public
def home() -> Response:
    settings = services().settings
    response = page(
        "portal/home.html", gives=guide.gives(settings), measures=guide.measures(settings)
    )
    response.headers["Cache-Control"] = _CACHE
    return response
