"""Cells: what a clerk or a spreadsheet writes, as the form's JSON wants it.

Only the writing is translated, and only where it is certain (是 → true, 2020/3/1 → 2020-03-01,
1万元 → 10000, 餐饮 → catering). What the spreadsheet has destroyed is refused with its cause and
never guessed. What is left is passed on as it is, so that the form refuses it in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from marshmallow import fields

from casework.tables import writing
from casework.tables.values import LOST, Cell, Share, Spoilt, is_error
from schemas.kit.fields import Choice, DateField, Money, Month, Percent, Phone, Whole, YesNo
from vocabulary.formulas import is_run

ABSENT: Final = object()
"""A cell that says there is nothing to fill in: 无, /, —."""
_NOTHING: Final = frozenset(
    {"无", "没有", "暂无", "不适用", "/", "\\", "-", "--", "—", "——", "N/A"}
)
_PART: Final = re.compile("[、，,;；]")
# As programs show it: 1E5 may be the number of a room.
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?E\+\d{2,3}", re.IGNORECASE | re.ASCII)
_SHORT_DAY: Final = re.compile(r"\d{1,2}月\d{1,2}日|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{1,2}")
_AS_TEXT: Final = "请把这一列设为“文本”格式，按原件重新填写"


class CellRefused(Exception):
    """The cell cannot be taken; ``str`` says why, in Chinese."""


Translate = Callable[[Cell], Any]


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula: a quote before whatever begins like one."""
    return "'" + text if is_run(text.lstrip("'")) else text


def unsafe(text: str) -> str:
    """The text that :func:`safe` was given."""
    return text[1:] if text.startswith("'") and safe(text[1:]) == text else text


def translation(field: fields.Field[Any]) -> Translate:
    """How cells of a field are translated: a function that gives its JSON value or ABSENT, and
    raises CellRefused."""
    if isinstance(field, fields.List):
        return _list(field)
    from_text, from_number, from_moment = _by_kind(field)
    has_nothing = not isinstance(field, YesNo)
    may_be_absent = not field.required and not field.metadata.get("x-needed-to-decide")

    def translate(cell: Cell) -> Any:
        if type(cell) is str:
            text = cell.strip()
            if text.startswith(_SUSPECT):
                text = _believed(text)
            if text in _NOTHING and has_nothing:
                if may_be_absent:
                    return ABSENT
                raise CellRefused(f"这一项需要填写，不能填“{text}”。")
            return from_text(text)
        if isinstance(cell, Decimal):
            return from_number(cell)
        if isinstance(cell, datetime):
            return from_moment(cell)
        return _other(field, cell)

    return translate


_SUSPECT: Final = ("#", "'", "‘", "’")


def _believed(text: str) -> str:
    if text.startswith(LOST):
        raise CellRefused(
            f"这一格原来的内容已丢失或有疑问（{text[len(LOST) :]}），请按原件重新填写。"
        )
    if is_error(text):
        raise CellRefused(f"是 Excel 的错误值 {text}，请改为正确的内容。")
    if text[0] != "#" and text[1:2].isdigit():
        return text[1:]  # what is typed before digits so that they stay as they are
    return unsafe(text)


def _other(field: fields.Field[Any], cell: Cell) -> Any:
    match cell:
        case Spoilt():
            held = f"（{cell.held}）" if cell.held else ""
            raise CellRefused(f"单元格{cell.cause}{held}。请按原件重新填写。")
        case Share() if isinstance(field, Percent):
            return f"{cell.percent:f}"
        case Share():
            raise CellRefused(f"单元格是百分数（{cell.percent:f}%），请改为数字。")
        case bool() if isinstance(field, YesNo):
            return cell
        case _:
            raise CellRefused(f"Excel 已把内容变成了逻辑值 {str(cell).upper()}。{_AS_TEXT}。")


_Kinds = tuple[Callable[[str], Any], Callable[[Decimal], Any], Callable[[datetime], Any]]


def _by_kind(field: fields.Field[Any]) -> _Kinds:
    """Three functions: of a text, of a number, of a day."""
    title = str(field.metadata.get("title", ""))
    match field:
        case YesNo():
            return writing.yes_no, lambda value: writing.yes_no(writing.plain(value)), _no_day
        case Whole():
            return writing.whole_of(title), _whole, _no_day
        case Money():
            return writing.money_of(title), writing.plain, _no_day
        case Percent():
            return writing.percent, writing.plain, _no_day
        case DateField():
            return _date, _date_number, lambda moment: f"{moment:%Y-%m-%d}"
        case Month():
            return _month, _month_number, _month_of_day
        case Choice():
            return writing.choice_of(field.labels), _digits, _day_in_text
        case Phone():
            return _text, _digits, _day_in_text
        case _:
            return _text, _digits, _day_in_text


def _list(field: fields.List[Any]) -> Translate:
    one = translation(field.inner)

    def translate(cell: Cell) -> Any:
        if isinstance(cell, str):
            if cell.strip() in _NOTHING:
                return ABSENT
            return [one(part) for part in _PART.split(cell) if part.strip()]
        return [one(cell)]

    return translate


def _text(text: str) -> str:
    if ("E" in text or "e" in text) and _SCIENTIFIC.fullmatch(text):
        raise CellRefused(f"Excel 已把号码变成了科学记数法（{text}），后面的数字丢失。{_AS_TEXT}。")
    if ("月" in text or "-" in text) and _SHORT_DAY.fullmatch(text):
        raise CellRefused(f"Excel 已把内容变成了日期（{text}）。{_AS_TEXT}。")
    return text


def _digits(value: Decimal) -> str:
    text = writing.plain(value)
    if "." in text:
        raise CellRefused(
            f"单元格是带小数的数字（{text}），Excel 会去掉末尾的 0，看不出原来的写法。{_AS_TEXT}。"
        )
    return text


def _day_in_text(moment: datetime) -> str:
    raise CellRefused(f"Excel 已把内容变成了日期（{moment:%Y-%m-%d}）。{_AS_TEXT}。")


def _no_day(moment: datetime) -> str:
    raise CellRefused(f"单元格是日期（{moment:%Y-%m-%d}），这里应填别的内容，请按原件重新填写。")


def _whole(value: Decimal) -> int | str:
    text = writing.plain(value)
    return int(text) if "." not in text else text


def _date(text: str) -> str:
    day = writing.day(text)
    if day == text and writing.is_serial(text):
        raise CellRefused(
            f"“{text}”是 Excel 存日期用的序号，不是日期。请改写成 2020-03-01 的样式。"
        )
    return day


def _date_number(value: Decimal) -> str:
    return _date(writing.plain(value))


def _month(text: str) -> str:
    if writing.is_cut_month(text):
        raise CellRefused(
            f"“{text}”可能是1月，也可能是10月（末尾的 0 被去掉）。请写成 2020-01 的样式。"
        )
    return writing.month(text)


def _month_number(value: Decimal) -> str:
    text = writing.plain(value)
    if "." in text:
        raise CellRefused(
            f"单元格是数字 {text}，Excel 会把 2020.10 变成 2020.1，看不出是几月。"
            "请把这一列设为“文本”格式，写成 2020-03 的样式。"
        )
    return writing.month(text)


def _month_of_day(moment: datetime) -> str:
    if moment.day != 1:
        raise CellRefused(f"单元格是日期 {moment:%Y-%m-%d}，不是月份。请写成 2020-03 的样式。")
    return f"{moment:%Y-%m}"
