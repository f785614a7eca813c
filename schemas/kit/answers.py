"""Answers: frozen dataclasses whose members say in Chinese what they hold.

A member is declared once, in its annotation; the marshmallow schema that dumps an answer and
describes it in the OpenAPI document is made from that::

    @answer
    class Delegation:
        id: Annotated[int, about("编号")]
        ends_at: Annotated[datetime, about("至")]
        note: Annotated[str | None, about("说明")] = None

A member with a default is left out of the JSON while it is None. Besides :func:`about`, an
annotation may name a marshmallow field (instead of the one that its type gets) or an answer: then
the value is JSON already, passed on as it is, and the answer only describes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass
from dataclasses import fields as members
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    TypeVar,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from marshmallow import Schema, fields, missing

from schemas.kit.describe import WORDS
from vocabulary.base import Vocabulary
from vocabulary.zone import CHINA

T = TypeVar("T")

YUAN: Final = "元，两位小数的字符串，如 60000.00"
_LISTS: Final = (list, tuple, Sequence)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def answer(kind: type[T]) -> type[T]:
    """Make a class an answer."""
    return cast("type[T]", dataclass(frozen=True, slots=True, kw_only=True)(kind))


class _Yuan(fields.String):
    """An amount in yuan with two places, as a string."""

    description = YUAN


class _Moment(fields.DateTime):
    """A point in time, ISO 8601 to the second."""

    description = "北京时间"

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.astimezone(CHINA).isoformat(timespec="seconds")


class _Clock(fields.String):
    """A time of day, ``HH:MM``."""

    def _serialize(self, value: time | None, *_: Any, **__: Any) -> str | None:  # type: ignore[override]
        return None if value is None else value.strftime("%H:%M")


class _AsIs(fields.Nested):
    """JSON already; the schema only describes it."""

    def _serialize(self, value: Any, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        return value


_KINDS: Final[Sequence[tuple[type, type[fields.Field[Any]]]]] = (
    (bool, fields.Boolean),
    (int, fields.Integer),
    (float, fields.Float),
    (str, fields.String),
    (Decimal, _Yuan),
    (datetime, _Moment),
    (date, fields.Date),
    (time, _Clock),
)


_FROM_TEXT: Final[Mapping[type, Callable[[str], Any]]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    time: time.fromisoformat,
    Decimal: Decimal,
}


class AnswerSchema(Schema):
    """What schemas of answers share."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """marshmallow's hook; the value, ``missing`` where it is to be left out."""
        value = getattr(obj, attr, default)
        return missing if value is None and not self.fields[attr].required else value


@cache
def schema_of(kind: Any) -> type[Schema]:
    """The schema of an answer's class; a schema is its own."""
    # Not issubclass: marshmallow's is abstract, and would ask each of some hundred schemas.
    if Schema in kind.__mro__:
        return cast("type[Schema]", kind)
    hints = get_type_hints(kind, include_extras=True)
    made = {
        member.name: _field(hints[member.name], required=member.default is MISSING)
        for member in members(cast("Any", kind))
    }
    return type(kind.__name__, (AnswerSchema,), {"__doc__": kind.__doc__, **made})


def dump(given: Any) -> Any:
    """An answer, or a list of answers, as JSON values."""
    if isinstance(given, list):
        return [dump(each) for each in given]
    kind: Any = type(given)
    return _ready(kind).dump(given)


@cache
def _ready(kind: Any) -> Schema:
    return schema_of(kind)()


def build(kind: type[T], row: Any, **given: Any) -> T:
    """An answer from a row or a mapping with members of the same names; dates and amounts are read
    where they are JSON's texts. `given`: members that are not taken from there."""
    get = row.__getitem__ if isinstance(row, Mapping) else partial(getattr, row)
    made: Any = kind
    return cast("T", made(**_taken(made, get, given), **given))


def _taken(kind: Any, get: Callable[[str], Any], given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: read(get(name)) for name, read in _readers(kind) if name not in given}


@cache
def _readers(kind: Any) -> list[tuple[str, Callable[[Any], Any]]]:
    hints = get_type_hints(kind)
    return [(member.name, _reader(hints[member.name])) for member in members(kind)]


def _reader(hint: Any) -> Callable[[Any], Any]:
    for kind in (hint, *get_args(hint)):
        if isinstance(kind, type) and issubclass(kind, Vocabulary):
            return lambda value: None if value is None else kind(value)
        if kind in _FROM_TEXT:
            parse = _FROM_TEXT[kind]
            return lambda value: parse(value) if isinstance(value, str) else value
    return lambda value: value


def _field(hint: Any, *, required: bool) -> fields.Field[Any]:
    notes: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *noted = get_args(hint)
        notes = tuple(noted)
    options: dict[str, Any] = {"required": required}
    if get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint):
        hint = Union[tuple(kind for kind in get_args(hint) if kind is not NoneType)]  # noqa: UP007
        options["allow_none"] = required
    for note in notes:
        if isinstance(note, Mapping):
            options |= note
    kind: Any = next((note for note in notes if isinstance(note, type)), None)
    if kind is not None:
        if isinstance(hint, type) and issubclass(hint, Enum):
            options["metadata"] = {WORDS: hint, **options.get("metadata", {})}
        is_field = issubclass(kind, fields.Field)
        return kind(**options) if is_field else _AsIs(schema_of(kind), **options)
    return _of_kind(hint, options)


def _of_kind(hint: Any, options: dict[str, Any]) -> fields.Field[Any]:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in _LISTS:
        return fields.List(_field(inner[0], required=True), **options)
    if origin is Mapping:
        if inner[1] in (object, Any):
            return fields.Dict(**options)
        return fields.Dict(fields.String(), _field(inner[1], required=True), **options)
    if hint in (object, Any):
        return fields.Raw(**options)
    if origin is Literal:
        options["metadata"] = {"enum": list(inner), **options.get("metadata", {})}
        hint = str
    elif isinstance(hint, type) and issubclass(hint, Enum):
        options["metadata"] = {WORDS: hint, **options.get("metadata", {})}
    field = next((made for kind, made in _KINDS if issubclass(hint, kind)), None)
    if field is None:
        return fields.Nested(schema_of(hint), **options)
    if hasattr(field, "description"):
        options["metadata"] = {"description": field.description, **options.get("metadata", {})}
    return field(**options)
