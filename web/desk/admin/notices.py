"""What the notices' data says, to be read: parameters with their days and sources, contacts,
routes; and what is local practice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time
from decimal import Decimal
from typing import Any, Final, NamedTuple

from flask import Response

from api.services import services
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from config.declared import Declared, NamedYuan, Whole, declared
from config.settings import Settings
from web.desk.admin.parts import NOTICES, PRACTICE, admin_page
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
_NONE: Final = "不设"


class Setting(NamedTuple):
    """A setting that is local practice, in words."""

    name: str
    meaning: str
    bounds: str
    value: str
    default: str

    @property
    def is_changed(self) -> bool:
        return self.value != self.default


@pages.route(NOTICES, methods=["GET"])
@desk(Right.ADMINISTER)
def notices(principal: Principal) -> Response:
    del principal
    known = [(each.notice, each.hash.hex()) for each in editions.every()]
    return admin_page("admin_notices.html", notices=known, sources=SOURCES, value=parameter_text)


@pages.route(PRACTICE, methods=["GET"])
@desk(Right.ADMINISTER)
def practice(principal: Principal) -> Response:
    del principal
    return admin_page("admin_practice.html", settings=local_practice(services().settings))


def local_practice(settings: Settings) -> list[Setting]:
    """Every setting that is local practice, as the READMEs order them."""
    held = (settings, settings.practice)
    return [each for one in held for each in _practice(one)]


def parameter_text(parameter: Mapping[str, Any]) -> str:
    """The value of a parameter, with its unit."""
    value = parameter["value"]
    if isinstance(value, list):
        return "、".join(map(str, value))
    return f"{value}{_UNITS.get(parameter['unit'], '')}"


def _practice(holder: Any) -> Iterator[Setting]:
    for each in declared(type(holder)):
        if each.variable.practice:
            present = getattr(holder, each.field)
            yield Setting(
                each.variable.name,
                each.variable.help.chinese,
                _bounds(each),
                _text(each, present),
                _text(each, each.default),
            )


def _bounds(setting: Declared) -> str:
    parse = setting.variable.parse
    return f"{parse.low}到{parse.high}{parse.unit.chinese}" if isinstance(parse, Whole) else ""


def _text(setting: Declared, value: Any) -> str:
    """A setting's value as people read it."""
    parse = setting.variable.parse
    if isinstance(parse, Whole):
        return f"{value}{parse.unit.chinese}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Decimal):
        return f"{value}元"
    if isinstance(value, tuple) and value:
        return "、".join(
            f"{each.name}：{each.amount}元" if isinstance(each, NamedYuan) else f"{each:%H:%M}"
            for each in value
        )
    return str(value) if value else _NONE
