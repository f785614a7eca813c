"""Fields of an application by JSON pointer (RFC 6901): finding, reading and setting them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any

from marshmallow import Schema, fields

from schemas.enterprise import ENTERPRISE

_INDEX = re.compile(r"0|[1-9]\d{0,5}", re.ASCII)


class NoSuchField(LookupError):
    """The pointer names nothing the form asks, or an item the application does not have."""


def steps(pointer: str) -> tuple[str, ...]:
    """A pointer's steps. Raises NoSuchField unless it leads below the whole document."""
    if not pointer.startswith("/"):
        raise NoSuchField(pointer)
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def way(form: Schema | None, pointer: str) -> Iterator[tuple[str, Schema | fields.Field[Any]]]:
    """The steps of a pointer through the form, each with the schema or field it leads to.

    Takes the form of the facts, if there is one, and a pointer into ``{"enterprise": …, "facts":
    …}``. Raises NoSuchField at the first step that the form does not know.
    """
    part, *rest = steps(pointer)
    root = {"enterprise": ENTERPRISE, "facts": form}.get(part)
    if root is None or not rest:
        raise NoSuchField(pointer)
    here: Schema | fields.Field[Any] = root
    for step in rest:
        here = _child(here, step)
        yield step, here


def in_order(form: Schema | None, pointer: str, given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What was given in the object there, as the form asks it; what it does not know, last."""
    here: Any = {"/enterprise": ENTERPRISE, "/facts": form}.get(pointer)
    with suppress(NoSuchField):
        for _, step in way(form, pointer):
            here = step
    asked = getattr(here, "schema", here)
    known = list(asked.fields) if isinstance(asked, Schema) else []
    return sorted(
        given.items(), key=lambda each: known.index(each[0]) if each[0] in known else len(known)
    )


def field(form: Schema | None, pointer: str) -> Schema | fields.Field[Any] | None:
    """What the pointer leads to, as far as the form knows it; None for nothing of it."""
    with suppress(NoSuchField):
        *_, (_, last) = way(form, pointer)
        return last
    return None


def require(form: Schema, pointer: str) -> None:
    """Raises NoSuchField if the form asks no such thing."""
    for _ in way(form, pointer):
        pass


def get(document: Mapping[str, Any], pointer: str) -> Any:
    """The value there, or None where nothing was given."""
    here: Any = document
    for step in steps(pointer):
        if isinstance(here, list):
            if not _INDEX.fullmatch(step) or int(step) >= len(here):
                return None
            here = here[int(step)]
        elif isinstance(here, Mapping):
            here = here.get(step)
        else:
            return None
    return here


def put(document: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the document with values set; objects on the way are made where none was given.

    Takes pointer -> value. Raises NoSuchField for an item of a list that does not exist.
    """
    changed: dict[str, Any] = deepcopy(dict(document))
    for pointer, value in values.items():
        *way, last = steps(pointer)
        here: Any = changed
        for step in way:
            here = (
                here[_place(here, step, pointer)]
                if isinstance(here, list)
                else _into(here, step, pointer)
            )
        if isinstance(here, list):
            here[_place(here, last, pointer)] = value
        elif isinstance(here, dict):
            here[last] = value
        else:
            raise NoSuchField(pointer)
    return changed


def _into(here: Any, step: str, pointer: str) -> Any:
    if not isinstance(here, dict):
        raise NoSuchField(pointer)
    return here.setdefault(step, {})


def _place(here: list[Any], step: str, pointer: str) -> int:
    if not _INDEX.fullmatch(step) or int(step) >= len(here):
        raise NoSuchField(pointer)
    return int(step)


def _child(here: Schema | fields.Field[Any], step: str) -> Schema | fields.Field[Any]:
    """One step down a form."""
    match here:
        case fields.List():
            if not _INDEX.fullmatch(step):
                raise NoSuchField(step)
            return here.inner.schema if isinstance(here.inner, fields.Nested) else here.inner
        case fields.Nested():
            return _child(here.schema, step)
        case Schema():
            if step not in here.load_fields:
                raise NoSuchField(step)
            return here.load_fields[step]
        case _:
            raise NoSuchField(step)
