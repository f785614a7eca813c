"""A page for each measure: who, what, how much, what to bring, who decides, whom to ring."""

from __future__ import annotations

from flask import Response

from api.auth import public
from api.errors import AddressNotFound
from api.services import services
from casework.notices import guide
from web.parts.page import page
from web.portal.pages import portal_pages

pages = portal_pages("measures")


@pages.route("/measures/<code>", methods=["GET"])
@public
def measure(code: str) -> Response:
    settings = services().settings
    found = guide.measure(settings, code)
    if found is None:
        raise AddressNotFound("没有这一条措施。全部措施在首页。")
    return page(
        "portal/measure.html",
        measure=found,
        days=settings.practice.determine,
        acknowledged=settings.practice.acknowledge,
    )
