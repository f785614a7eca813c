"""What the fields of the forms are called."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from marshmallow import Schema, fields

from schemas import pointers
from schemas.pointers import NoSuchField


@cache
def label(form: Schema | None, pointer: str) -> Mapping[str, str]:
    """The label of one fact, for a list of what to bring.

    The form is None where it is not known any more; the pointer (RFC 6901) leads into an
    application (``/facts/leases/0/rent``). Returns ``pointer``, ``label`` (the titles
    on the way, “承租的房产 第1项 租金（元）”), ``source`` (the document the fact is
    taken from, empty where the form names none).
    """
    words: list[str] = []
    source = ""
    # A pointer of an older form may lead nowhere today: its beginning still tells something.
    with suppress(NoSuchField):
        for step, here in pointers.way(form, pointer):
            if step.isdecimal():
                words.append(f"第{int(step) + 1}项")
            elif isinstance(here, fields.Field):
                words.append(str(here.metadata.get("title", step)))
                source = str(here.metadata.get("x-source", ""))
    return {"pointer": pointer, "label": " ".join(words) or pointer, "source": source}
