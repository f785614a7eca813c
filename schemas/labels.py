"""What the fields of the forms are called, and in which words they are answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from types import MappingProxyType
from typing import Final

from marshmallow import Schema, fields

from schemas import pointers
from schemas.enterprise import ENTERPRISE
from schemas.forms import FORMS
from schemas.kit.fields import Choice
from schemas.pointers import NoSuchField
from vocabulary.base import Vocabulary


@cache
def label(provision: str, pointer: str) -> Mapping[str, str]:
    """The label of one fact, for a list of what to bring.

    In: provision code, RFC 6901 pointer into an application (``/facts/leases/0/rent``).
    Out: ``pointer``, ``label`` (the titles on the way, “承租的房产 第1项 租金（元）”), ``source``
    (the document the fact is taken from, empty where the form names none).
    """
    words: list[str] = []
    source = ""
    # A pointer of an older form may lead nowhere today: its beginning still tells something.
    with suppress(NoSuchField):
        for step, here in pointers.way(provision, pointer):
            if step.isdecimal():
                words.append(f"第{int(step) + 1}项")
            elif isinstance(here, fields.Field):
                words.append(str(here.metadata.get("title", step)))
                source = str(here.metadata.get("x-source", ""))
    return {"pointer": pointer, "label": " ".join(words) or pointer, "source": source}


def _choices(schema: Schema) -> Iterator[tuple[str, type[Vocabulary]]]:
    """Every field of a form, however deep, that is answered by a word: its name and its words."""
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from _choices(inner.schema)
        elif isinstance(inner, Choice):
            yield name, inner.vocabulary


def _words() -> Mapping[str, type[Vocabulary]]:
    """Where two forms ask the same with different words, the longer list has them all."""
    found: dict[str, type[Vocabulary]] = {}
    for form in (ENTERPRISE, *FORMS.values()):
        for name, vocabulary in _choices(form):
            found[name] = max(found.get(name, vocabulary), vocabulary, key=len)
    return MappingProxyType(found)


WORDS: Final = _words()
"""Name of a fact -> the words it is chosen from, for :func:`rules.explain.explain`."""
