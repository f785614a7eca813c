"""The forms that one notice's applications are made with, ready for use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import NamedTuple

from marshmallow import Schema, fields

from schemas.enterprise import ENTERPRISE
from schemas.kit.describe import personal_names
from schemas.kit.fast_reader import Reader
from schemas.kit.fields import Choice
from vocabulary.base import Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class FormSet:
    """By provision code: the form of its `facts`, the same to read with, and which of its facts are
    personal. `words`: name of a
    fact -> the words it is chosen from, for :func:`rules.explain.explain`."""

    forms: Mapping[str, Schema]
    readers: Mapping[str, Reader]
    personal: Mapping[str, tuple[str, ...]]
    words: Mapping[str, type[Vocabulary]]


FormsOf = Callable[[str | None], FormSet | None]
"""The forms of a notice, by its id; of the deployment's default one for None; None for an unknown
notice."""


class Offer(NamedTuple):
    """What one can apply for under a notice, in its order: provision code and form.

    `is_default`: whether an application that names no notice is filed under this one.
    """

    notice: str
    is_default: bool
    forms: tuple[tuple[str, Schema], ...]


@cache
def form_set(package: str) -> FormSet:
    """The forms that a Python package holds as ``FORMS``, made once per process: a schema or a
    reader costs far more to make than to use. Raises ImportError, AttributeError."""
    return made_of(import_module(package).FORMS)


def made_of(forms: Mapping[str, Schema]) -> FormSet:
    """The forms with all that is made of them."""
    readers = {code: Reader(form) for code, form in forms.items()}
    personal = {code: personal_names(form) for code, form in forms.items()}
    return FormSet(
        MappingProxyType(dict(forms)),
        MappingProxyType(readers),
        MappingProxyType(personal),
        _words(forms),
    )


def _words(forms: Mapping[str, Schema]) -> Mapping[str, type[Vocabulary]]:
    """Where two forms ask the same with different words, the longer list has them all."""
    found: dict[str, type[Vocabulary]] = {}
    for form in (ENTERPRISE, *forms.values()):
        for name, vocabulary in _choices(form):
            found[name] = max(found.get(name, vocabulary), vocabulary, key=len)
    return MappingProxyType(found)


def _choices(schema: Schema) -> Iterator[tuple[str, type[Vocabulary]]]:
    """Every field of a form, however deep, that is answered by a word: its name and its words."""
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from _choices(inner.schema)
        elif isinstance(inner, Choice):
            yield name, inner.vocabulary
