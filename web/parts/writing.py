"""How values are written on pages: dates, sums, telephones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from schemas.kit.telephone import read_telephone
from vocabulary.days import dated, day, moment, plain_day
from vocabulary.zone import CHINA

_MEGA: Final = 1024 * 1024


def month_day(value: date) -> str:
    """12月14日, in tables of one year; of another year with it."""
    written = plain_day(value)
    this_year = f"{datetime.now(CHINA).year}年"
    return written.removeprefix(this_year)


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


def to_oneself(sentence: str) -> str:
    """What a notice's data say of an applicant, said to the applicant: on pages of its own alone.
    Officers, systems and the stored data keep 申请人."""
    return sentence.replace("申请人为", "您是").replace("申请人", "您")


FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "day": day,
    "plain_day": plain_day,
    "dated": dated,
    "month_day": month_day,
    "moment": moment,
    "to_oneself": to_oneself,
    "yuan": yuan,
    "size": size,
    "tel": tel,
}
