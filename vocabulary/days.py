"""How days and moments are written for people, on pages and in letters alike."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from vocabulary.zone import CHINA

_WEEKDAYS: Final = "一二三四五六日"
_DAY_OR_MONTH: Final = re.compile(r"\d{4}-\d\d(?:-\d\d)?", re.ASCII)
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


def in_words(days: str) -> str:
    """``2020-05-11`` -> ``2020年5月11日``, ``2020-05`` -> ``2020年5月``, wherever they stand."""
    return _DAY_OR_MONTH.sub(_in_words, days)


def _in_words(found: re.Match[str]) -> str:
    year, month, *rest = found[0].split("-")
    return f"{year}年{int(month)}月" + "".join(f"{int(each)}日" for each in rest)


def moment(value: datetime) -> str:
    """2026年11月24日 09:12, in China."""
    at = value.astimezone(CHINA)
    return f"{plain_day(at)} {at:%H:%M}"
