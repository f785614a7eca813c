"""A quick way through a schema for bodies without a fault; marshmallow itself for all others.

``schema.load`` followed by ``schema.dump`` spends nine tenths of its time on errors that are not
there: an error store per object, a closure and a validator object per field. :class:`Reader` goes
through the same schema objects, calls the same ``read`` of each field, the same validators and the
same schema checks, and gives up at the first thing it would have to complain about. Whoever calls
it then asks marshmallow, so that every refusal is marshmallow's own and there is one contract only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA

from schemas.kit.fields import Described

_Pair = tuple[Any, Any]
_Read = Callable[[Any], Any]


class _Unusual(Exception):
    """Here marshmallow has to look: a fault, or something this module does not know."""


class Reader:
    """Checks and normalises one JSON object against a schema; make one per schema, once."""

    def __init__(self, schema: Schema) -> None:
        """Prepare for a schema. Raises ``TypeError`` for features the quick way does not know."""
        self.schema = schema
        self._read = _object(schema)

    def __call__(self, raw: Any) -> dict[str, Any]:
        """What ``schema.dump(schema.load(raw))`` gives.

        Returns the normalised JSON object. Raises ``ValidationError`` with
        marshmallow's messages.
        """
        try:
            plain: dict[str, Any] = self._read(raw)[1]
        except (_Unusual, ValidationError):
            plain = self.schema.dump(self.schema.load(raw))
        return plain


def _object(schema: Schema) -> Callable[[Any], _Pair]:
    """A function from a JSON object to what it loads as and what that dumps as."""
    checks = _checks(schema)
    known = {name: _reading(field) for name, field in schema.load_fields.items()}
    required = [name for name, field in schema.load_fields.items() if field.required]

    def read(raw: Any) -> _Pair:
        if type(raw) is not dict:
            raise _Unusual
        loaded: dict[str, Any] = {}
        plain: dict[str, Any] = {}
        for name, value in raw.items():
            if name not in known:
                raise _Unusual
            read_one, write = known[name]
            if write is None:
                loaded[name] = plain[name] = read_one(value)
            elif write is _AS_PAIR:
                loaded[name], plain[name] = read_one(value)
            else:
                loaded[name] = one = read_one(value)
                plain[name] = write(one)
        for name in required:
            if name not in loaded:
                raise _Unusual
        for check in checks:
            check(loaded, partial=None, many=False, unknown=RAISE)
        return loaded, plain

    return read


def _checks(schema: Schema) -> list[Callable[..., None]]:
    """The checks across a schema's fields; ``TypeError`` for what else a schema may do."""
    hooks = schema._hooks  # noqa: SLF001 -- marshmallow keeps no public list of them
    simple = not any(
        many or options["pass_original"] for _, many, options in hooks[VALIDATES_SCHEMA]
    ) and not any(hooks[kind] for kind in (PRE_LOAD, POST_LOAD, VALIDATES))
    if not simple or schema.unknown != RAISE or schema.many or schema.partial:
        raise TypeError(f"{type(schema).__name__} uses what schemas.kit.fast_reader does not know")
    return [getattr(schema, name) for name, _, _ in hooks[VALIDATES_SCHEMA]]


def _AS_PAIR(_: Any) -> Any:  # noqa: N802 -- a mark, never called
    raise AssertionError


def _reading(field: fields.Field[Any]) -> tuple[_Read, Callable[[Any], Any] | None]:
    """How to read a field's value, and how to write it: None as it is, or already with it."""
    if (
        field.data_key is not None
        or field.attribute is not None
        or field.allow_none
        or field.load_default is not fields.missing_
        or field.pre_load
        or field.post_load
        or field.dump_only
        or field.load_only
    ):
        raise TypeError(f"field {field.name} uses what schemas.kit.fast_reader does not know")
    match field:
        case fields.Nested() if field.unknown is None and not field.many:
            return _checked(_object(field.schema), field, pair=True), _AS_PAIR
        case fields.List():
            return _checked(_list(field.inner), field, pair=True), _AS_PAIR
        case Described():
            return _checked(field.read, field, pair=False), type(field).plain
        case _:
            raise TypeError(f"{type(field).__name__} is not known to schemas.kit.fast_reader")


def _list(inner: fields.Field[Any]) -> Callable[[Any], _Pair]:
    read_one, write = _reading(inner)

    def read(raw: Any) -> _Pair:
        if type(raw) is not list:
            raise _Unusual
        if write is _AS_PAIR:
            pairs = [read_one(each) for each in raw]
            return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        loaded = [read_one(each) for each in raw]
        return loaded, loaded if write is None else [write(each) for each in loaded]

    return read


def _checked(read: _Read, field: fields.Field[Any], *, pair: bool) -> _Read:
    """``read`` followed by the field's validators, which look at the loaded value."""
    validators = list(field.validators)
    if not validators:
        return read

    def reading(raw: Any) -> Any:
        value = read(raw)
        for validate in validators:
            validate(value[0] if pair else value)
        return value

    return reading
