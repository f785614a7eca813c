"""How values are written on pages: dates, sums, telephones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from schemas.kit.telephone import read_telephone
from vocabulary.zone import CHINA

_MEGA: Final = 1024 * 1024
_WEEKDAYS: Final = "一二三四五六日"
_ISO_DAY: Final = re.compile(r"(?<![0-9A-Za-z-])[12]\d{3}-\d\d-\d\d(?![0-9-])")
"""Not part of a longer number, such as a lease's."""


def day(value: date) -> str:
    """2026年12月14日（星期一）; of a moment, its day in China."""
    on = value.astimezone(CHINA).date() if isinstance(value, datetime) else value
    return f"{on.year}年{on.month}月{on.day}日（星期{_WEEKDAYS[on.weekday()]}）"


def plain_day(value: date) -> str:
    """2026年12月14日."""
    return day(value).partition("（")[0]


def dated(sentence: str) -> str:
    """A sentence that systems read too, with its days as people write them."""

    def written(found: re.Match[str]) -> str:
        try:
            return plain_day(date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    return _ISO_DAY.sub(written, sentence)


def month_day(value: date) -> str:
    """12月14日, in tables of one year; of another year with it."""
    written = plain_day(value)
    this_year = f"{datetime.now(CHINA).year}年"
    return written.removeprefix(this_year)


def moment(value: datetime) -> str:
    """2026年11月24日 09:12, in China."""
    at = value.astimezone(CHINA)
    return f"{plain_day(at)} {at:%H:%M}"


def yuan(value: Decimal) -> str:
    """80,000.00元."""
    return f"{value:,.2f}元"


def size(count: int) -> str:
    """Bytes as people say them: 340 KB, 3.4 MB. Upwards: what is over a limit does not look like
    the limit."""
    if count < _MEGA:
        return f"{-(-count // 1024)} KB"
    return f"{-(-count * 10 // _MEGA) / 10:.1f} MB"


def tel(written: str) -> str:
    """The address that dials a number as printed; with a pause before its extension."""
    found = read_telephone(written)
    return "tel:" + quote(found.canonical if found else written, safe="+;=")


FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "day": day,
    "plain_day": plain_day,
    "dated": dated,
    "month_day": month_day,
    "moment": moment,
    "yuan": yuan,
    "size": size,
    "tel": tel,
}
