"""Cells: what a clerk or a spreadsheet writes, as the form's JSON wants it.

Only the writing is translated (是 → true, 2020/3/1 → 2020-03-01, 30,000.00 → 30000.00, a label →
its code). What cannot be is passed on as it is, so that the form refuses it in its own words.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, fields

from casework.reporting.sheets import FORMULA_SIGNS
from cli.importing.columns import ENVELOPE, field_of
from schemas.kit.fields import Choice, DateField, Money, Month, Percent, Whole, YesNo
from vocabulary.writing import half_width

_YES_NO: Final = {"是": True, "有": True, "true": True, "否": False, "无": False, "false": False}
_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})月?", re.ASCII)
_THOUSANDS: Final = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d{1,30}", re.ASCII)
_PART: Final = re.compile("[、，,;；]")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula: a quote before whatever begins like one."""
    return "'" + text if text.lstrip("'").startswith(tuple(FORMULA_SIGNS)) else text


def unsafe(text: str) -> str:
    """The text that :func:`safe` was given."""
    return text[1:] if text.startswith("'") and safe(text[1:]) == text else text


def application(row: dict[str, Any], form: Schema) -> dict[str, Any]:
    """A row as an application's JSON object.

    Takes cells by column name, no empty ones; the form of its facts. Lists close up: where item 1
    is empty, item 2 comes first. Raises ``UnknownColumn``.
    """
    made: dict[str, Any] = {"enterprise": {}, "facts": {}}
    for name, cell in row.items():
        if name in ENVELOPE:
            made[name] = str(cell).strip()
        else:
            value = _value(field_of(form, name), cell)
            here: dict[Any, Any] = made
            *steps, last = name.split(".")
            for step in steps:
                here = here.setdefault(int(step) if step.isdigit() else step, {})
            here[last] = value
    return {name: _closed(part) for name, part in made.items()}


def _closed(value: Any) -> Any:
    """Objects whose names are numbers are lists."""
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(name, int) for name in value):
        return [_closed(value[number]) for number in sorted(value)]
    return {name: _closed(inner) for name, inner in value.items()}


def _value(field: fields.Field[Any], cell: Any) -> Any:
    if isinstance(field, fields.List):
        parts = _PART.split(cell) if isinstance(cell, str) else [cell]
        return [_value(field.inner, part.strip()) for part in parts]
    if isinstance(cell, datetime | date):
        return cell.strftime("%Y-%m" if isinstance(field, Month) else "%Y-%m-%d")
    if isinstance(cell, bool):
        return cell
    text = _text(cell)
    match field:
        case YesNo():
            return _YES_NO.get(text.lower(), text)
        case Whole():
            text = half_width(text).replace(",", "")
            return int(text) if _WHOLE.fullmatch(text) else text
        case Money() | Percent():
            text = half_width(text)
            text = text.removesuffix("%").strip() if isinstance(field, Percent) else text
            return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
        case DateField():
            found = _DAY.fullmatch(text)
            return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text
        case Month():
            found = _MONTH.fullmatch(text)
            return f"{found[1]}-{int(found[2]):02}" if found else text
        case Choice():
            codes = {label: code for code, label in field.labels.items()}
            return codes.get(text, text)
        case _:
            return text


def _text(cell: Any) -> str:
    """A cell's text; a spreadsheet's number without the ``.0`` it may have grown."""
    if isinstance(cell, float):
        text = f"{Decimal(repr(cell)):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return unsafe(str(cell).strip())
