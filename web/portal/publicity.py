"""The publicity list (公示) for everyone, as a page."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, request

from api.auth import public
from api.services import services
from casework.notices.editions import every
from casework.reporting import publicity
from schemas.publicity import PublicityQuerySchema
from web.parts.page import page
from web.parts.query import read_query
from web.portal.pages import portal_pages

pages = portal_pages("publicity")

_QUERY: Final = PublicityQuerySchema()


@pages.route("/publicity", methods=["GET"])
@public
def listing() -> Response:
    asked: dict[str, Any] = read_query(_QUERY, request.args)
    found = publicity.list_grants(services().db, **asked)
    # Two notices may have one code.
    titles = {code: text for each in every() for code, text in each.notice.provisions.items()}
    onward = {**asked, "before": found.next}
    response = page(
        "portal/publicity.html",
        found=found,
        titles=titles,
        chosen=asked.get("provision"),
        notices=[each.notice.content["notice"] for each in every()],
        onward={name: value for name, value in onward.items() if value},
    )
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
