"""A quick way through a schema: what marshmallow reads and refuses, at a tenth of its price.

``schema.load`` followed by ``schema.dump`` spends nine tenths of its time on errors that are not
there: an error store per object, a closure and a validator object per field. :class:`Reader` goes
through the same schema objects, calls the same ``read`` of each field, the same validators and the
same schema checks, and gathers the same messages. It ends early: once it has found more faults
than an answer lists, what is left of the body is not looked at, so that nobody buys minutes of work
with one body.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA
from marshmallow.error_store import ErrorStore

from schemas.kit.bounded import BoundedList
from schemas.kit.fields import Described
from schemas.kit.problem import MOST_ERRORS


class _Faults:
    """How many more faults are looked for."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MOST_ERRORS + 1  # one more, to know that there are more

    def met(self, refused: ValidationError) -> Any:
        """The messages of what was refused; those of an object or a list were counted inside."""
        if isinstance(refused.messages, list):
            self.left -= 1
        return refused.messages


# Plain tuples: every field of every form of every application passes through them.
_Both = tuple[Any, Any]
"""What a value loads as, and what that dumps as."""
_Read = Callable[[Any], Any]
_Write = Callable[[Any], Any] | None
_ReadInside = Callable[[Any, _Faults], _Both]
_Reading = tuple[_Read, _Write, None] | tuple[None, None, _ReadInside]
"""How to read a value and how to write it (None: as it is); or how to read an object or a list."""


class _Known(dict[str, _Reading]):
    """How each field of a schema is read, and what is said of a name it does not have."""

    unknown: _Reading

    def __missing__(self, _: str) -> _Reading:
        return self.unknown


class Reader:
    """Checks and normalises one JSON object against a schema; make one per schema, once."""

    def __init__(self, schema: Schema) -> None:
        """Prepare for a schema. Raises ``TypeError`` for features the quick way does not know."""
        self.schema = schema
        self._read = _object(schema)

    def __call__(self, raw: Any) -> dict[str, Any]:
        """What ``schema.dump(schema.load(raw))`` gives.

        Returns the normalised JSON object. Raises ``ValidationError`` with marshmallow's messages,
        of which it looks for one more than an answer lists.
        """
        plain: dict[str, Any] = self._read(raw, _Faults())[1]
        return plain


def _object(schema: Schema) -> _ReadInside:
    """A function from a JSON object to what it loads as and what that dumps as."""
    checks = _checks(schema)
    known = _Known({name: _reading(field) for name, field in schema.load_fields.items()})
    known.unknown = _refusing(schema.error_messages["unknown"])
    null = {name: field.make_error("null") for name, field in schema.load_fields.items()}
    required = [name for name, field in schema.load_fields.items() if field.required]
    not_an_object = {"_schema": [schema.error_messages["type"]]}

    def read(raw: Any, faults: _Faults) -> _Both:
        if not isinstance(raw, dict):
            faults.left -= 1
            raise ValidationError(not_an_object)
        loaded: dict[str, Any] = {}
        plain: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for name, value in raw.items():
            scalar, write, inside = known[name]
            try:
                if scalar is None:
                    loaded[name], plain[name] = inside(value, faults)  # type: ignore[misc]  # one of the two is there
                elif write is None:
                    loaded[name] = plain[name] = scalar(value)
                else:
                    loaded[name] = one = scalar(value)
                    plain[name] = write(one)
            except ValidationError as refused:
                errors[name] = faults.met(refused if value is not None else null.get(name, refused))
                if faults.left <= 0:
                    raise ValidationError(_in_order(errors, known)) from None
        for name in required:
            if name not in raw:
                errors[name] = faults.met(schema.load_fields[name].make_error("required"))
        if errors:
            raise ValidationError(_in_order(errors, known))
        if checks:
            _check(checks, loaded, faults)
        return loaded, plain

    return read


def _refusing(message: str) -> _Reading:
    def refuse(_: Any) -> Any:
        raise ValidationError([message])

    return refuse, None, None


def _in_order(errors: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """As marshmallow lists them: the schema's fields, then what it does not know."""
    of_known = {name: errors[name] for name in known if name in errors}
    return of_known | errors


def _check(checks: list[Callable[..., None]], loaded: dict[str, Any], faults: _Faults) -> None:
    """Raises what the checks across the fields have to say, merged as marshmallow merges it."""
    store: ErrorStore | None = None
    for check in checks:
        try:
            check(loaded, partial=None, many=False, unknown=RAISE)
        except ValidationError as refused:
            faults.left -= 1
            store = store or ErrorStore()  # type: ignore[no-untyped-call]
            store.store_error(refused.messages, refused.field_name)  # type: ignore[no-untyped-call]
    if store is not None:
        raise ValidationError(store.errors)


def _checks(schema: Schema) -> list[Callable[..., None]]:
    """The checks across a schema's fields; ``TypeError`` for what else a schema may do."""
    hooks = schema._hooks  # noqa: SLF001 -- marshmallow keeps no public list of them
    simple = not any(
        many or options["pass_original"] or not options["skip_on_field_errors"]
        for _, many, options in hooks[VALIDATES_SCHEMA]
    ) and not any(hooks[kind] for kind in (PRE_LOAD, POST_LOAD, VALIDATES))
    if not simple or schema.unknown != RAISE or schema.many or schema.partial:
        raise TypeError(f"{type(schema).__name__} uses what schemas.kit.fast_reader does not know")
    return [getattr(schema, name) for name, _, _ in hooks[VALIDATES_SCHEMA]]


def _reading(field: fields.Field[Any]) -> _Reading:
    """How to read a field's value."""
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
        case fields.Nested() if field.unknown is None and not field.many and not field.validators:
            return None, None, _object(field.schema)
        case BoundedList():
            return None, None, _list(field)
        case Described():
            return _checked(field, field.read), type(field).plain, None
        case _:
            raise TypeError(f"{type(field).__name__} is not known to schemas.kit.fast_reader")


def _list(field: BoundedList) -> _ReadInside:
    inner = field.inner
    scalar, write, inside = _reading(inner)
    null = inner.make_error("null")

    def read(raw: Any, faults: _Faults) -> _Both:
        field.check_bounds(raw)
        loaded: list[Any] = []
        plain: list[Any] = []
        errors: dict[int, Any] = {}
        for place, value in enumerate(raw):
            try:
                if scalar is None:
                    one, written = inside(value, faults)  # type: ignore[misc]  # one of the two is there
                else:
                    one = written = scalar(value)
                    if write is not None:
                        written = write(one)
                loaded.append(one)
                plain.append(written)
            except ValidationError as refused:
                errors[place] = faults.met(null if value is None else refused)
                if faults.left <= 0:
                    break
        if errors:
            raise ValidationError(errors)
        return loaded, plain

    return read


def _checked(field: fields.Field[Any], read: _Read) -> _Read:
    """``read`` followed by the field's validators, which look at the loaded value."""
    validators = list(field.validators)
    if not validators:
        return read

    def reading(raw: Any) -> Any:
        value = read(raw)
        try:
            for validate in validators:
                validate(value)
        except ValidationError:
            field._validate(value)  # noqa: SLF001 -- gathers what all of them say
            raise
        return value

    return reading
