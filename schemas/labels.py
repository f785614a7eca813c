"""What a JSON pointer of an application is called in its form, and which document holds it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, fields

from schemas.enterprise import ENTERPRISE
from schemas.forms import FORMS


@cache
def label(provision: str, pointer: str) -> Mapping[str, str]:
    """The label of one fact, for a list of what to bring.

    In: provision code, RFC 6901 pointer into an application (``/facts/leases/0/rent``).
    Out: ``pointer``, ``label`` (the titles on the way, “承租的房产 第1项 租金（元）”), ``source``
    (the document the fact is taken from, empty where the form names none).
    """
    part, *steps = pointer.lstrip("/").split("/")
    at: Any = ENTERPRISE if part == "enterprise" else FORMS[provision]
    words: list[str] = []
    source = ""
    for step in steps:
        if step.isdecimal():
            words.append(f"第{int(step) + 1}项")
            continue
        field = _inside(at).get(step)
        if field is None:
            break
        words.append(str(field.metadata.get("title", step)))
        source = str(field.metadata.get("x-source", ""))
        at = field
    return {"pointer": pointer, "label": " ".join(words) or pointer, "source": source}


def _inside(at: Any) -> Mapping[str, fields.Field[Any]]:
    """The fields within a schema, or within the schema that a field or a list of it holds."""
    if isinstance(at, fields.List):
        at = at.inner
    if isinstance(at, fields.Nested):
        at = at.schema
    return at.fields if isinstance(at, Schema) else {}
