"""What the pages say of themselves: how they can be used, and by whom."""

from __future__ import annotations

from flask import Response

from api.auth import public
from web.parts.page import page
from web.portal.pages import portal_pages

pages = portal_pages("about")


@pages.route("/accessibility", methods=["GET"])
@public
def accessibility() -> Response:
    return page("portal/accessibility.html")
