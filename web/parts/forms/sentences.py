"""Plainer sentences for what people type and no schema can know: how else it could be read, which
part of a day is missing. The schemas' own speak to programs too, and show how JSON writes a value:
on pages it is written as people type it. All other sentences are the schema's."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from schemas.kit.problem import FieldError
from vocabulary.days import dated
from vocabulary.writing import NO_END, half_width, tidy
from web.parts.forms.shapes import Control, Field, Step, Typed

_WAN: Final = re.compile(r"(\d+)(?:\.(\d+))?\s*万\s*(\d*)\s*元?", re.ASCII)
_POINTED: Final = re.compile(r"(\d{1,3})\.(\d{3})\s*元?", re.ASCII)
_MONTH_ONLY: Final = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?", re.ASCII)
_YEAR_ONLY: Final = re.compile(r"\d{4}\s*年?", re.ASCII)
_DAY: Final = re.compile(
    r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?|(\d{2})(\d{2}))", re.ASCII
)
_SHORT_YEAR: Final = re.compile(
    r"\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?|\d{2}\s*年\s*\d{1,2}\s*月?", re.ASCII
)
_NO_YEAR: Final = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?", re.ASCII)
_NUMBER: Final = re.compile(r"(?<!\d)-?\d+(?:,\d{3})*(?:\.\d+)?", re.ASCII)
_ABOUT: Final = re.compile("大约|大概|将近|不到|左右|上下|以上|[约近多余]")
_POWER: Final = re.compile("[十百千万亿]")
_TENS: Final = re.compile("([一二三四五六七八九])?十([一二三四五六七八九])?[人名个家位户月]{0,2}")
_DIGITS: Final = "零一二三四五六七八九"
_NONE: Final = re.compile(
    "[无没有]+|[一个都没有未]{1,4}裁[过员人]{0,2}|未知|不详|不清楚|不知道|[全已]?免租?|[-/]+"
)
_STILL: Final = re.compile("到今|现在|目前")
_AS_ABOVE: Final = re.compile("[同如见]上|同[前左]")
_LONGEST_SHOWN: Final = 30
_WAN_DIGITS: Final = 4
_MONTHS: Final = 12
_TO_PEOPLE: Final[Mapping[str, str]] = {
    "invalid_money": "金额只写数字，以元为单位，例如30000.00。",
    "invalid_percent": "只写百分数的数字，例如1.99%写成1.99。",
    "invalid_integer": "只写整数，例如12。",
    "invalid_boolean": "请选是或否。",
    "invalid_choice": "请从列出的选项中选。",
    "invalid_date": "不是有效的日期，应写成2020年3月1日的样式。",
    "invalid_clock": "不是有效的时刻，应写成14:30的样式。",
    "invalid_month": "不是有效的月份，应写成2020年3月的样式。",
    "invalid_object": "这一项没有读懂，请重新填写。",
    "invalid_list": "这一项没有读懂，请重新填写。",
}
"""Codes of sentences that show how JSON writes a value -> the same, said to people."""


def plainer(step: Step, typed: Typed, errors: Iterable[FieldError]) -> list[FieldError]:
    """The errors of a step, each with the plainest sentence for what was typed."""
    found = []
    for error in errors:
        part = step.part_at(error.pointer)
        said = ""
        if isinstance(part, Field) and error.code != "no_end_date":  # which says it already
            said = _said(part, typed.get(error.pointer, ""))
        found.append(replace(error, message=said or to_people(error)))
    return found


def to_people(error: FieldError) -> str:
    """What a page says of an error where nothing is known of what was typed."""
    return _TO_PEOPLE.get(error.code, dated(error.message))


def _said(field: Field, text: str) -> str:
    line = half_width(tidy(text)).translate({0x3002: "."})
    if _AS_ABOVE.fullmatch(line):
        return "请写全：每一项单独算，看不到上面写的是什么。"
    match field.control:
        case Control.MONEY | Control.WHOLE | Control.PERCENT if _NONE.fullmatch(line):
            return "没有发生的写0" + ("。" if field.is_required else "；不知道的，先空着。")
        case Control.DATE if _NONE.fullmatch(line) and not field.is_required:
            return "没有的或者不知道的，先空着。"
        case Control.DATE if _STILL.fullmatch(line) or NO_END.fullmatch(line):
            return "请写一个日期：到今天还没有结束的，写约定的最后一天；不知道的，先空着。"
        case Control.MONEY:
            return _of_wan(line, "元") or _of_pointed(line) or _of_words(line)
        case Control.WHOLE:
            return _of_wan(line, "") or _of_words(line) or _of_no_whole(line)
        case Control.PERCENT:
            return _of_words(line)
        case Control.DATE:
            return _of_day(line)
    return ""


def _of_wan(line: str, unit: str) -> str:
    line = _ABOUT.sub("", line)
    if not (found := _WAN.fullmatch(line)):
        return ""
    whole, part, rest = found[1], found[2] or "", found[3]
    if not rest and len(part) <= _WAN_DIGITS:
        by = f"，以{unit}为单位" if unit else ""
        return f"只写数字{by}：{line}请写成{int(whole + part.ljust(_WAN_DIGITS, '0'))}。"
    if not part and 0 < len(rest) < _WAN_DIGITS:
        low, high = int(whole) * 10_000 + int(rest), int(whole + rest.ljust(_WAN_DIGITS, "0"))
        return f"{line}可以读成{low}{unit}，也可以读成{high}{unit}，请把数字写全。"
    return ""


def _of_pointed(line: str) -> str:
    if found := _POINTED.fullmatch(line):
        return f"{line}可以读成{found[1]}元，也可以读成{found[1]}{found[2]}元，请把数字写全。"
    return ""


def _of_words(line: str) -> str:
    """Of numbers with words around them, as 约30: what was read."""
    read = [each.replace(",", "") for each in _NUMBER.findall(line)]
    if not read or len(line) > _LONGEST_SHOWN or _NUMBER.fullmatch(line) or _POWER.search(line):
        return ""
    if len(read) > 1:
        return f"{line}里读到几个数（{'、'.join(read)}），请只写一个。"
    return f"{line}里读到的数是{read[0]}：正好是{read[0]}的，请只写{read[0]}；不准的，请写准数。"


def _of_no_whole(line: str) -> str:
    """Of a number that is none to count with, or is written out in words."""
    if len(line) <= _LONGEST_SHOWN and _NUMBER.fullmatch(line):
        if line.startswith("-"):
            return f"不能是负数，读到的是{line}。"
        return f"只写整数，读到的是{line}。" if "." in line else ""
    if found := _TENS.fullmatch(line):
        tens, ones = _DIGITS.index(found[1] or "一"), _DIGITS.index(found[2] or "零")
        return f"只写数字：{line}请写成{tens * 10 + ones}。"
    return ""


def _of_day(line: str) -> str:
    if _MONTH_ONLY.fullmatch(line):
        return "缺日：请写全年、月、日，例如2019年1月1日。"
    if _YEAR_ONLY.fullmatch(line):
        return "缺月和日：请写全年、月、日，例如2019年1月1日。"
    if _NO_YEAR.fullmatch(line):
        return "缺年：请写全年、月、日，例如2019年1月1日。"
    if _SHORT_YEAR.fullmatch(line):
        return "年份请写全四位，例如2019年1月1日。"
    return _of_no_such_day(line)


def _of_no_such_day(line: str) -> str:
    """Of a day that is written well, and that no calendar has."""
    if not (found := _DAY.fullmatch(line)):
        return ""
    year, month, day = (int(each) for each in found.groups() if each)
    if not 1 <= month <= _MONTHS:
        return f"没有{month}月，请核对。"
    if year < 1 or 1 <= day <= monthrange(year, month)[1]:
        return ""
    return f"{year}年{month}月没有{day}日，请核对。"
