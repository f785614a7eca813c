"""How people write days, months, sums, counts and choices: the usual ways, as the form has them.

Each function gives back what it cannot make out, for the form to refuse.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

_YES_NO: Final = {
    **dict.fromkeys(("是", "有", "对", "√", "✓", "✔", "y", "yes", "true", "1"), True),
    **dict.fromkeys(("否", "无", "没有", "不是", "×", "✗", "✘", "n", "no", "false", "0"), False),
}
_CLOCK: Final = r"(?:[ T]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DAY: Final = re.compile(r"(\d{4})([-/.年])(\d{1,2})(?:\2|月)(\d{1,2})[日号]?" + _CLOCK, re.ASCII)
_DAY_DIGITS: Final = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})", re.ASCII)
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SERIAL: Final = re.compile(r"[1-9]\d{4}(?:\.\d+)?", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})月?(?:份)?", re.ASCII)
_MONTH_DIGITS: Final = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])", re.ASCII)
_MONTH_START: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月]0?1日?" + _CLOCK, re.ASCII)
_ENGLISH: Final = re.compile(r"([A-Z][a-z]{2})-(\d{2})")
_MONTHS: Final = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]
_CUT_MONTH: Final = re.compile(r"\d{4}\.1", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d{1,30}", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?", re.ASCII)
_THOUSANDS: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_SUM: Final = re.compile(
    r"(?:人民币|RMB|CNY)?[¥￥]?"
    r"(?P<number>-?(?:\d{1,3}(?:,\d{3})+|\d{1,30})(?:\.\d{1,30})?)"
    r"(?P<times>万|亿)?(?P<unit>元整|元|圆整|圆|平方米|平米|m2|㎡)?",
    re.ASCII | re.IGNORECASE,
)
_TIMES: Final = {None: 1, "万": 10**4, "亿": 10**8}
_YUAN: Final = frozenset({"元整", "元", "圆整", "圆"})
_AREA: Final = frozenset({"平方米", "平米", "m2", "㎡"})
_COUNT: Final = re.compile(r"(-?\d{1,30})([\u4e00-\u9fff]{1,3})", re.ASCII)
_PEOPLE: Final = frozenset({"人", "名", "位", "个"})
_CITY: Final = ("北京市", "北京")
_ENDINGS: Final = ("区", "业", "企业", "县")
_DASHES: Final = dict.fromkeys(map(ord, "—–‐‑−"), "-")
_BRACKETS: Final = re.compile(r"\([^()]*\)")


def folded(text: str) -> str:
    """A text without differences that mean nothing: width, blanks, letters' case, marks unseen."""
    if text.isascii() and text.isalnum():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        one for one in plain if not one.isspace() and unicodedata.category(one) != "Cf"
    ).lower()


def plain(value: Decimal) -> str:
    """The digits of a number, without an exponent and without zeros at the end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def yes_no(text: str) -> bool | str:
    """True or false."""
    return _YES_NO.get(folded(text), text)


def whole_of(title: str) -> Callable[[str], int | str]:
    """A count; with its unit if the field's title names it: 12人, 20课时."""

    def whole(text: str) -> int | str:
        bare = _tidy(text)
        if _THOUSANDS.fullmatch(bare):
            bare = bare.replace(",", "")
        if _WHOLE.fullmatch(bare):
            return int(bare)
        if (found := _COUNT.fullmatch(bare)) and (
            found[2] in title or (found[2] in _PEOPLE and ("人" in title or "职工" in title))
        ):
            return int(found[1])
        if _NUMBER.fullmatch(bare) and not bare.partition(".")[2].strip("0"):
            return int(bare.partition(".")[0])
        return text

    return whole


def money_of(title: str) -> Callable[[str], str]:
    """A sum of yuan, or an area, as its title says: 30,000.00, ￥10000元, 1.5万元, 120㎡."""
    units = _YUAN if "元" in title else _AREA if "平方米" in title else frozenset()

    def money(text: str) -> str:
        if _NUMBER.fullmatch(text):
            return text
        bare = _tidy(text)
        found = _SUM.fullmatch(bare)
        unit = found["unit"].lower() if found and found["unit"] else None
        if found is None or (unit is not None and unit not in units):
            return text
        value = Decimal(found["number"].replace(",", "")) * _TIMES[found["times"]]
        # Digits as they were typed, unless they stand for ten thousands.
        return found["number"].replace(",", "") if found["times"] is None else plain(value)

    return money


def percent(text: str) -> str:
    """A rate in per cent, with or without its sign."""
    return _tidy(text).removesuffix("%") if not _NUMBER.fullmatch(text) else text


def day(text: str) -> str:
    """A day as YYYY-MM-DD: 2020/3/1, 2020年3月1号, 2020-03-01 00:00:00, 20200301."""
    if _ISO_DAY.fullmatch(text):
        return text
    bare = _tidy(text, keep_blank_before_clock=True)
    if found := _DAY.fullmatch(bare):
        return f"{found[1]}-{int(found[3]):02}-{int(found[4]):02}"
    if found := _DAY_DIGITS.fullmatch(bare):
        return f"{found[1]}-{found[2]}-{found[3]}"
    return text


def is_serial(text: str) -> bool:
    """Whether a text is the number under which a spreadsheet keeps a day of our time."""
    return _SERIAL.fullmatch(_tidy(text)) is not None


def month(text: str) -> str:
    """A month as YYYY-MM: 2020年3月, 2020/3, 202003, Mar-20; or the first day of one."""
    bare = _tidy(text, keep_blank_before_clock=True)
    if found := _MONTH.fullmatch(bare) or _MONTH_START.fullmatch(bare):
        return f"{found[1]}-{int(found[2]):02}"
    if found := _MONTH_DIGITS.fullmatch(bare):
        return f"{found[1]}-{found[2]}"
    if (found := _ENGLISH.fullmatch(bare)) and found[1] in _MONTHS:
        return f"20{found[2]}-{_MONTHS.index(found[1]) + 1:02}"
    return text


def is_cut_month(text: str) -> bool:
    """Whether a text may be October with its last digit lost: 2020.1."""
    return _CUT_MONTH.fullmatch(_tidy(text)) is not None


def choice_of(labels: Mapping[str, str]) -> Callable[[str], str]:
    """One of several words, by its code or its label, the label also without what is usually left
    out: 餐饮, 餐饮业. Takes labels by code. What fits two labels is not made out."""
    known: dict[str, str | None] = {}
    for code, label in labels.items():
        whole = folded(label)
        short = _BRACKETS.sub("", whole)
        ways = {whole, short, *(city + short for city in _CITY if short.endswith("区"))}
        for ending in _ENDINGS:
            stem = short.removesuffix(ending)
            if stem != short and len(stem) > 1:
                ways |= {stem, *(city + stem for city in _CITY if ending == "区")}
        for way in ways:
            known[way] = None if way in known and known[way] != code else code
    for code, label in labels.items():
        known[folded(label)] = known[code.lower()] = code

    def choice(text: str) -> str:
        return text if text in labels else known.get(folded(text)) or text

    return choice


def _tidy(text: str, *, keep_blank_before_clock: bool = False) -> str:
    """Half width and without blanks, except the one before an hour."""
    bare = unicodedata.normalize("NFKC", text).strip()
    if keep_blank_before_clock:
        bare = bare.translate(_DASHES)
    if keep_blank_before_clock and ":" in bare and " " in bare:
        bare, _, clock = bare.rpartition(" ")
        return "".join(bare.split()) + " " + clock
    return "".join(bare.split())
