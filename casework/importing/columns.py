"""A form as the columns of a table: one row per application.

A column is named by the way to its field, parts joined by dots. Items of a list are numbered from
1, as a clerk counts: ``facts.leases.1.rent`` is the rent of the first lease, and whoever has a
second lease adds ``facts.leases.2.rent``. A list of plain values is one column, values parted by
``、``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema, fields

from schemas.application import IDENTITY
from schemas.enterprise import ENTERPRISE
from schemas.kit.fields import Choice, DateField, Month, YesNo

PROVISION: Final = "provision"
NOTICE: Final = "notice"
LEVEL: Final = f"{IDENTITY}.level"
ENVELOPE: Final = {PROVISION: "条款代码", NOTICE: "通知代码", LEVEL: "身份核实程度"}
"""Columns of every table, and not of a form, with their labels."""
MOST_ITEMS: Final = 200
_PARTS: Final = ("enterprise", "facts")


class UnknownColumn(Exception):
    """The column's name leads to no field; ``str`` is the name."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the field behind it, its Chinese label and help."""

    name: str
    field: fields.Field[Any]
    label: str
    help: str


def template(form: Schema, items: Mapping[str, int]) -> list[Column]:
    """The columns of an application, those of every table not among them.

    Takes the form of its facts; how many items of which list to lay out, by the list's name (one
    of every other list).
    """
    made: list[Column] = []
    for part, schema in zip(_PARTS, (ENTERPRISE, form), strict=True):
        made += _columns(schema, part, "", items)
    return made


def label_of(form: Schema, name: str) -> str:
    """What people call a column, or a part of the form: 承租的房产1·租金（元）.

    A name that leads nowhere is its own label.
    """
    if name in ENVELOPE:
        return ENVELOPE[name]
    part, *steps = name.split(".")
    schema: Schema | None = {"enterprise": ENTERPRISE, "facts": form}.get(part)
    field: fields.Field[Any] | None = None
    titles: list[str] = []
    for step in steps:
        if schema is None and isinstance(field, fields.List) and step.isdigit():
            titles[-1] += step
            field = field.inner
        else:
            field = schema.fields.get(step) if schema is not None else None
            if field is None:
                return name
            titles.append(str(field.metadata.get("title", step)))
        schema = field.schema if isinstance(field, fields.Nested) else None
    return "·".join(titles) if titles else name


def field_of(form: Schema, name: str) -> fields.Field[Any]:
    """The field that a column's name leads to. Raises ``UnknownColumn``."""
    part, *steps = name.split(".")
    schema: Schema | None = {"enterprise": ENTERPRISE, "facts": form}.get(part)
    field: fields.Field[Any] | None = None
    for step in steps:
        if schema is None and isinstance(field, fields.List):
            numbered = isinstance(field.inner, fields.Nested)
            if not (
                numbered and step.isascii() and step.isdigit() and 1 <= int(step) <= MOST_ITEMS
            ):
                raise UnknownColumn(name)
            field = field.inner
        else:
            field = schema.fields.get(step) if schema is not None else None
        schema = field.schema if isinstance(field, fields.Nested) else None
    if field is None or isinstance(field, fields.Nested):
        raise UnknownColumn(name)
    return field


def _columns(schema: Schema, path: str, within: str, items: Mapping[str, int]) -> Iterator[Column]:
    for name, field in schema.fields.items():
        at = f"{path}.{name}"
        title = within + str(field.metadata.get("title", name))
        match field:
            case fields.Nested():
                yield from _columns(field.schema, at, f"{title}·", items)
            case fields.List(inner=fields.Nested() as inner):
                for number in range(1, items.get(name, 1) + 1):
                    yield from _columns(inner.schema, f"{at}.{number}", f"{title}{number}·", items)
            case _:
                yield Column(at, field, title, _help(field))


def _help(field: fields.Field[Any]) -> str:
    hints = [str(field.metadata.get("description", ""))]
    if field.required:
        hints.insert(0, "必填")
    match field:
        case fields.List(inner=Choice() as inner):
            hints.append("可填几项，以顿号（、）分开：" + "、".join(inner.labels.values()))
        case fields.List():
            hints.append("可填几项，以顿号（、）分开")
        case Choice():
            hints.append("填其一：" + "、".join(field.labels.values()))
        case YesNo():
            hints.append("填 是 或 否")
        case DateField():
            hints.append("如 2020-03-01")
        case Month():
            hints.append("如 2020-03")
        case _:
            pass
    return "；".join(hint for hint in hints if hint)
