"""What to bring: the papers that a form's answers are copied from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from marshmallow import Schema, fields

from schemas.enterprise import ENTERPRISE
from vocabulary.documents import OTHER


@cache
def of_form(form: Schema | None) -> tuple[str, ...]:
    """The papers of an enterprise and a form, in their order, and then whatever else."""
    found = (*sources(ENTERPRISE), *(sources(form) if form else ()), OTHER)
    return tuple(dict.fromkeys(found))


def of_fields(form: Schema | None, pointers: Iterable[str]) -> tuple[str, ...]:
    """The papers that some fields (JSON pointers into the application) are copied from."""
    found: list[str] = []
    for pointer in pointers:
        part, *names = pointer.removeprefix("/").split("/")
        schema = ENTERPRISE if part == "enterprise" else form
        if schema is not None:
            found += _below(schema, names)
    return tuple(dict.fromkeys(found))


def sources(schema: Schema) -> Iterator[str]:
    """The papers that a form's answers are copied from, in its order."""
    for each in schema.fields.values():
        yield from _of_field(each)


def _of_field(field: fields.Field[Any]) -> Iterator[str]:
    if source := field.metadata.get("x-source"):
        yield str(source)
    if (inner := _inner(field)) is not None:
        yield from sources(inner)


def _below(schema: Schema, names: list[str]) -> Iterator[str]:
    named = [name for name in names if not name.isdecimal()]
    inner: Schema | None = schema
    for place, name in enumerate(named):
        field = inner.fields.get(name) if inner is not None else None
        if field is None:
            return
        if place == len(named) - 1:
            yield from _of_field(field)
        inner = _inner(field)


def _inner(field: fields.Field[Any]) -> Schema | None:
    each = field.inner if isinstance(field, fields.List) else field
    return each.schema if isinstance(each, fields.Nested) else None
