"""Plainer sentences for what people type and no schema can know: how else it could be read, which
part of a day is missing. All other sentences are the schema's."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from schemas.kit.problem import FieldError
from vocabulary.writing import half_width, tidy
from web.parts.forms.shapes import Control, Field, Step, Typed

_WAN: Final = re.compile(r"(\d+)(?:\.(\d+))?\s*万\s*(\d*)\s*元?", re.ASCII)
_POINTED: Final = re.compile(r"(\d{1,3})\.(\d{3})\s*元?", re.ASCII)
_MONTH_ONLY: Final = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*月?", re.ASCII)
_YEAR_ONLY: Final = re.compile(r"\d{4}\s*年?", re.ASCII)
_DAY: Final = re.compile(
    r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?|(\d{2})(\d{2}))", re.ASCII
)
_SHORT_YEAR: Final = re.compile(
    r"\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?", re.ASCII
)
_NO_YEAR: Final = re.compile(r"\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?", re.ASCII)
_WAN_DIGITS: Final = 4
_MONTHS: Final = 12


def plainer(step: Step, typed: Typed, errors: Iterable[FieldError]) -> list[FieldError]:
    """The errors of a step, each with the plainest sentence for what was typed."""
    found = []
    for error in errors:
        part = step.part_at(error.pointer)
        said = _said(part, typed.get(error.pointer, "")) if isinstance(part, Field) else ""
        found.append(replace(error, message=said) if said else error)
    return found


def _said(field: Field, text: str) -> str:
    line = half_width(tidy(text)).translate({0x3002: "."})
    if field.control is Control.MONEY:
        return _of_sum(line)
    return _of_day(line) if field.control is Control.DATE else ""


def _of_sum(line: str) -> str:
    if found := _WAN.fullmatch(line):
        whole, part, rest = found[1], found[2] or "", found[3]
        if not rest and len(part) <= _WAN_DIGITS:
            return (
                f"只写数字，以元为单位：{line}请写成{int(whole + part.ljust(_WAN_DIGITS, '0'))}。"
            )
        if not part and 0 < len(rest) < _WAN_DIGITS:
            low, high = int(whole) * 10_000 + int(rest), int(whole + rest.ljust(_WAN_DIGITS, "0"))
            return f"{line}可以读成{low}元，也可以读成{high}元，请把数字写全。"
    if found := _POINTED.fullmatch(line):
        return f"{line}可以读成{found[1]}元，也可以读成{found[1]}{found[2]}元，请把数字写全。"
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
