"""The applicant's own copy as a page to print: in words, without codes and JSON."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from marshmallow import Schema, fields

from schemas.kit.answers import schema_of
from schemas.privacy import OwnData

_COPY: Final = schema_of(OwnData)()
_AS_CODES: Final = {"enterprise", "facts"}
"""What stands in words under `declared`."""
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(\.\d+)?\+08:00")


def page(found: OwnData) -> str:
    """The copy in HTML."""
    title = f"受理编号 {html.escape(found.receipt)} 的全部数据"
    data = {name: value for name, value in _COPY.dump(found).items() if name not in _AS_CODES}
    data["declared"] = {each["label"]: each["value"] for each in data["declared"]}
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><h1>{title}</h1>'
        + "".join(
            f"<h2>{html.escape(name)}</h2>{_told(value, inner)}"
            for name, value, inner in _named(data, _COPY)
        )
    )


def _named(
    data: Mapping[str, Any], schema: Schema | None
) -> Sequence[tuple[str, Any, Schema | None]]:
    """What an object holds, each under its title and with its own schema; no code beside its
    words."""
    known = schema.fields if schema is not None else {}
    return [
        (_title(name, known.get(name)), value, _inner(known.get(name)))
        for name, value in data.items()
        if f"{name}_text" not in data and f"{name}_name" not in data
    ]


def _title(name: str, field: fields.Field[Any] | None) -> str:
    return str(field.metadata.get("title", name)) if field is not None else name


def _inner(field: fields.Field[Any] | None) -> Schema | None:
    within = field.inner if isinstance(field, fields.List) else field
    return within.schema if isinstance(within, fields.Nested) else None


def _told(value: Any, schema: Schema | None) -> str:
    """Anything of JSON as HTML: lists as lists, objects as terms with what they hold."""
    if value is None or value in ([], {}):
        return "<p>无</p>"
    if isinstance(value, bool):
        return f"<p>{'是' if value else '否'}</p>"
    if isinstance(value, list):
        return "<ol>" + "".join(f"<li>{_told(each, schema)}</li>" for each in value) + "</ol>"
    if isinstance(value, Mapping):
        terms = (
            f"<dt>{html.escape(name)}</dt><dd>{_told(each, inner)}</dd>"
            for name, each, inner in _named(value, schema)
        )
        return f"<dl>{''.join(terms)}</dl>"
    words = _MOMENT.sub(r"\1 \2", str(value))
    return f"<p>{html.escape(words)}</p>"
