"""What personal data is kept, what for, for how long, and what rights there are."""

from __future__ import annotations

from flask import Response

from api.auth import public
from api.services import services
from casework.views import own_data
from web.parts.page import page
from web.portal.pages import portal_pages

pages = portal_pages("privacy")


@pages.route("/privacy", methods=["GET"])
@public
def privacy() -> Response:
    return page("portal/privacy.html", notice=own_data.notice(services().settings))
