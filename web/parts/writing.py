"""How values are written on pages: dates, sums, telephones, names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from urllib.parse import quote

from config.notices.spoken_to import to_oneself
from schemas.kit.telephone import read_telephone
from vocabulary.days import dated, day, in_words, moment, plain_day
from vocabulary.parties import named
from vocabulary.zone import CHINA

_MEGA: Final = 1024 * 1024
_DAYS: Final = frozenset(("month", "since", "training_from", "training_to"))
"""Answers that are days or months, besides those whose names end with _on."""


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


def answered(value: str, pointer: str) -> str:
    """An answer as its form has it: a day as people write it, what was typed as it was typed."""
    name = pointer.rpartition("/")[2]
    return in_words(value) if name.endswith("_on") or name in _DAYS else value


FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "day": day,
    "plain_day": plain_day,
    "dated": dated,
    "month_day": month_day,
    "moment": moment,
    "to_oneself": to_oneself,
    "answered": answered,
    "named": named,
    "yuan": yuan,
    "size": size,
    "tel": tel,
}
