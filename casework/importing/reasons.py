"""Why a row was refused, in the words of the form: 租期开始日（P3）：不是有效的日期。"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from marshmallow import Schema

from casework.importing.columns import UnknownColumn, field_of, label_of
from casework.importing.plans import Plan, column_at
from casework.tables.values import Cell
from schemas.kit.fields import Choice, Phone, Uscc, YesNo
from schemas.kit.format_errors import FormatErrors
from schemas.kit.problem import FieldError

_ZEROS: Final = "单元格是数字，开头的 0 可能已被去掉：请把这一列设为“文本”格式，按原件重新填写。"
MOST: Final = 50
"""Reasons of one row."""


_NO_FORM: Final = Schema()


def about(name: str, form: Schema | None, sentence: str, cell: str = "") -> str:
    """A sentence about a column; `cell` is its cell's name in a workbook."""
    return f"{label_of(form or _NO_FORM, name)}{_bracketed(cell)}：{sentence}"


def of_row(
    plan: Plan,
    cells: list[Cell],
    refused: FormatErrors | None,
    cell_name: Callable[[int | None], str],
) -> tuple[str, ...]:
    """All reasons of a row: of its cells, then of the form. What the form says of a cell that could
    not be read is left out: it is not missing."""
    filled = plan.fill(cells, numbered=True)
    unread = {plan.names.get(place, "") for place in filled.faults}
    told = [
        about(plan.names[place], plan.form, sentence, cell_name(place))
        if place in plan.names
        else f"{plan.headings[place] or '（没有列名）'}{_bracketed(cell_name(place))}：{sentence}"
        for place, sentence in filled.faults.items()
    ]
    for error in refused.errors if refused is not None else ():
        name = column_at(filled.made, error.pointer)
        if name in unread or any(one.startswith(f"{name}.") for one in unread if name):
            continue
        sentence = _sentence(plan.form, name, error)
        if _may_lack_zeros(plan, name, cells):
            sentence += _ZEROS
        told.append(about(name, plan.form, sentence, cell_name(plan.places.get(name))))
    return tuple(told[:MOST])


def _bracketed(cell: str) -> str:
    return f"（{cell}）" if cell else ""


def _may_lack_zeros(plan: Plan, name: str, cells: list[Cell]) -> bool:
    """Whether a code or telephone number was kept as a number, which begins with no zero."""
    place = plan.places.get(name)
    number = place is not None and place < len(cells) and isinstance(cells[place], Decimal)
    return number and isinstance(field_of(plan.form, name), Phone | Uscc)


def _sentence(form: Schema, name: str, error: FieldError) -> str:
    """What the form says, in the words of a table where the form's are JSON's."""
    try:
        field = field_of(form, name)
    except UnknownColumn:
        return error.message
    inner = getattr(field, "inner", field)
    if isinstance(inner, Choice) and error.code == "invalid_choice":
        return "不是可选的内容，可填：" + "、".join(inner.labels.values()) + "。"
    if isinstance(inner, YesNo) and error.code == "invalid_boolean":
        return "请填“是”或“否”。"
    return error.message
