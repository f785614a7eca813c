"""What an applicant declared about a condition that is still open, for the officer who finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema

from rules.explain import Words, say
from rules.notice import Notice
from schemas import pointers
from schemas.explained import Declared
from schemas.kit.fields import Text
from schemas.labels import label
from schemas.pointers import NoSuchField

Filed = Mapping[str, Any]
"""``{"enterprise": …, "facts": …}`` as stored."""


def about(
    notice: Notice,
    condition: str,
    item: str | None,
    filed: Filed,
    form: Schema | None,
    words: Words,
) -> list[dict[str, str]]:
    """The declared facts that a condition is found on: pointer, label, value in words each.

    The notice's data names them; a fact of the list that this form does not ask is left out. Of a
    group of facts each is told by itself.
    """
    told: list[dict[str, str]] = []
    for name in notice.conditions[condition].get("declared", ()):
        pointer = _pointer(name, item)
        if pointer is None or form is None:
            continue
        try:
            pointers.require(form, pointer)
        except NoSuchField:
            continue
        told += _told(pointers.get(filed, pointer), pointer, form, words)
    return told


def everything(filed: Filed, form: Schema | None, words: Words) -> list[Declared]:
    """All that was filled in, in words; under its pointer where the form is not known any more."""
    return [
        Declared(**each)
        for part in ("enterprise", "facts")
        for name, value in pointers.in_order(form, f"/{part}", filed[part])
        for each in _told(value, f"/{part}/{name}", form, words)
    ]


def _pointer(name: str, item: str | None) -> str | None:
    if name.startswith(("enterprise/", "facts/")):
        return f"/{name}"
    return f"/facts/{item}/{name}" if item else None


def _told(value: Any, pointer: str, form: Schema | None, words: Words) -> Iterator[dict[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, inner in pointers.in_order(form, pointer, value):
            yield from _told(inner, f"{pointer}/{name}", form, words)
        return
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        for position, inner in enumerate(value):
            yield from _told(inner, f"{pointer}/{position}", form, words)
        return
    vocabulary = words.get(pointer.rpartition("/")[2])
    typed = isinstance(pointers.field(form, pointer), Text)
    shown = (
        "、".join(say(each, vocabulary) for each in value) or "未填"
        if isinstance(value, list)
        else str(value or "未填")
        if typed
        else say(value, vocabulary)
    )
    yield {"pointer": pointer, "label": label(form, pointer)["label"], "value": shown}
