"""What the notices' data says, to be read: parameters with their days and sources, contacts,
routes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from web.desk.admin.parts import NOTICES, admin_page
from web.desk.guard import desk
from web.desk.pages import desk_pages

pages = desk_pages("admin-notices")

SOURCES: Final[Mapping[str, str]] = {
    "notice": "通知原文",
    "city": "市级文件",
    "standard": "国家标准",
    "reading": "我们的理解",
    "local_practice": "本地做法",
}
_UNITS: Final[Mapping[str, str]] = {
    "yuan": "元",
    "persons": "人",
    "days": "天",
    "hours": "小时",
}


@pages.route(NOTICES, methods=["GET"])
@desk(Right.ADMINISTER)
def notices(principal: Principal) -> Response:
    del principal
    known = [(each.notice, each.hash.hex()) for each in editions.every()]
    return admin_page("admin_notices.html", notices=known, sources=SOURCES, value=parameter_text)


def parameter_text(parameter: Mapping[str, Any]) -> str:
    """The value of a parameter, with its unit."""
    value = parameter["value"]
    if isinstance(value, list):
        return "、".join(map(str, value))
    return f"{value}{_UNITS.get(parameter['unit'], '')}"
