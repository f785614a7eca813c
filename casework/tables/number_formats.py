"""What a number format makes of a number: the digits in the file are not always what is shown.

A cell that shows 1.99%, 3万元, 2019-01-12 or 00138 holds 0.0199, 3, 43477 or 138. What is meant is
what is shown, because that is what the clerk saw.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, NamedTuple


class Look(Enum):
    """How a number is shown."""

    PLAIN = "plain"
    PERCENT = "percent"
    DAY = "day"
    CLOCK = "clock"
    PADDED = "padded"
    UNIT = "unit"


class Shown(NamedTuple):
    """A look; of a padded number its zeros and hyphens, of one with a unit what stands by it."""

    look: Look
    beside: str = ""


PLAIN: Final = Shown(Look.PLAIN)

# ECMA-376 18.8.30: formats that files only number. 27 to 36 and 50 to 58 are dates where the
# program's language is Chinese, Japanese or Korean; 32 to 35 and 55, 56 of them times.
_DAYS: Final = frozenset({14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
_CLOCKS: Final = frozenset({18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56})
_PERCENTS: Final = frozenset({9, 10})

_TOKEN: Final = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<percent>[%％])"
    r"|(?P<noon>AM/PM|A/P|上午/下午)|(?P<general>General|G/通用格式|G/標準)|(?P<sign>.)",
    re.IGNORECASE | re.DOTALL,
)
_PADDED: Final = re.compile(r"0{2,15}|0{1,15}(?:-0{1,15}){1,5}")
_SCALED: Final = re.compile(r"[0#?],+(?![0#?,])")
# Beside a number these say nothing that the column does not say as well.
_HARMLESS: Final = frozenset(
    {
        "",
        "元",
        "圆",
        "元整",
        "￥",
        "¥",
        "RMB",
        "CNY",
        "人民币",
        "人",
        "名",
        "个",
        "家",
        "户",
        "课时",
    }
    | {"平方米", "平米", "㎡", "m2", "m²"}
)
_PUNCTUATION: Final = " +-()（）:：/、"


_CONDITION: Final = re.compile(r"\[[<>=]")


def shown_by(number: int, code: str | None) -> Shown:
    """How a format shows numbers. Takes its number in the file and, if it has one, its code."""
    if code is None:
        if number in _DAYS:
            return Shown(Look.DAY)
        if number in _CLOCKS:
            return Shown(Look.CLOCK)
        return Shown(Look.PERCENT) if number in _PERCENTS else PLAIN
    sections = _sections(code)
    looks = [_section(section) for section in sections if section]
    # The first is for positive numbers, or for those that meet its condition.
    chosen = looks if any(map(_CONDITION.search, sections)) else looks[:1]
    return next((one for one in chosen if one.look is not Look.PLAIN), PLAIN)


def _sections(code: str) -> list[str]:
    parts, here, quoted, escaped = [], "", False, False
    for sign in code:
        if sign == ";" and not quoted and not escaped:
            parts.append(here)
            here = ""
            continue
        quoted ^= sign == '"' and not escaped
        escaped = sign == "\\" and not escaped
        here += sign
    return [*parts, here]


def _section(code: str) -> Shown:
    literal, plain, brackets = "", "", []
    percent = noon = False
    for found in _TOKEN.finditer(code):
        kind = found.lastgroup
        if kind in ("quoted", "escaped"):
            literal += found[kind]
        elif kind == "bracket":
            brackets.append(found[kind])
            plain += "\0" if _elapsed(found[kind]) else ""
        elif kind == "percent":
            percent = True
        elif kind == "noon":
            noon = True
        elif kind == "sign":
            plain += found["sign"]
    currency = "".join(_currency(one) for one in brackets)
    return _look(plain, literal + currency, percent=percent, noon=noon)


def _look(plain: str, literal: str, *, percent: bool, noon: bool) -> Shown:
    signs = plain.lower()
    day = any(sign in signs for sign in "yde") and not any(sign in signs for sign in "0#?")
    if noon or "\0" in signs or "h" in signs or ("s" in signs and not day):
        # A day with its hour is a day; an hour alone is none.
        return Shown(Look.DAY) if day else Shown(Look.CLOCK)
    if day or ("m" in signs and not any(sign in signs for sign in "0#?@")):
        return Shown(Look.DAY)
    if percent:
        return Shown(Look.PERCENT)
    beside = literal + "".join(one for one in plain if one not in "0#?.,@E+-eE ")
    unit = "".join(one for one in beside if one not in _PUNCTUATION).strip()
    hyphens = any(one in "-/:" for one in literal) or re.search(r"0-|#-", plain)
    if _SCALED.search(plain):
        return Shown(Look.UNIT, unit or "千")
    if unit not in _HARMLESS:
        return Shown(Look.UNIT, unit)
    if not literal and _PADDED.fullmatch(plain.strip()):
        return Shown(Look.PADDED, plain.strip())
    if hyphens and ("0" in plain):
        return Shown(Look.UNIT, literal or "-")
    return PLAIN


def padded(value: int, pattern: str) -> str:
    """A whole number under a format of zeros and hyphens: 13800000000 under 000-0000-0000."""
    digits = list(f"{value:0{pattern.count('0')}d}")
    made = [digits.pop() if sign == "0" else sign for sign in reversed(pattern)]
    return "".join(digits) + "".join(reversed(made))


def _elapsed(bracket: str) -> bool:
    return bool(re.fullmatch(r"h+|m+|s+", bracket, re.IGNORECASE))


def _currency(bracket: str) -> str:
    """The sign of a currency as brackets hold it: [$￥-804] is yuan, [$$-409] dollars."""
    return bracket[1:].split("-", maxsplit=1)[0] if bracket.startswith("$") else ""
