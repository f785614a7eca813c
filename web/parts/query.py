"""Parameters of an address, read with the schema that the API reads them with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from marshmallow import Schema, ValidationError

from api.known_names import check
from schemas.kit.filters import OfNotice
from schemas.kit.format_errors import InvalidRequest, flatten

_MEANS_NOTHING: Final = frozenset(
    {"ends_before_start", "most_below_least", *(f"unknown_{each}" for each in OfNotice)}
)


class Understood(NamedTuple):
    """What of an address means something. `typed`: that of it, as it was; `dropped`: the rest, as
    people call it."""

    typed: dict[str, str]
    read: dict[str, Any]
    dropped: tuple[str, ...]


def read_query(schema: Schema, given: Mapping[str, str]) -> Any:
    """What is asked; what a form left empty was not, and what the schema does not know is passed
    over: messengers add words of their own to a link. Raises InvalidRequest."""
    try:
        return _loaded(schema, _asked(schema, given))
    except ValidationError as refused:
        raise _invalid(refused) from None


def understood(
    schema: Schema, given: Mapping[str, str], *, even_malformed: bool = False
) -> Understood:
    """The same of an address that somebody kept: what means nothing (any more) shuts nobody out.

    `even_malformed`: nor does what could never mean anything; else raises InvalidRequest for it.
    """
    typed = _asked(schema, given)
    faulty: set[str] = set()
    while True:
        try:
            read = _loaded(schema, typed)
        except ValidationError as refused:
            if not even_malformed and not _of_nothing(refused):
                raise _invalid(refused) from None
            wrong = {str(name) for name in refused.messages_dict} & typed.keys() or set(typed)
            faulty |= wrong
            typed = {name: value for name, value in typed.items() if name not in wrong}
        else:
            called = (schema.fields[name].metadata.get("title", name) for name in sorted(faulty))
            return Understood(typed, read, tuple(called))


def _of_nothing(refused: ValidationError) -> bool:
    faults = flatten(refused.messages)
    return all(each.code in _MEANS_NOTHING for each in faults)


def _invalid(refused: ValidationError) -> InvalidRequest:
    return InvalidRequest(list(flatten(refused.messages, "/query")))


def _asked(schema: Schema, given: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if value and name in schema.fields}


def _loaded(schema: Schema, typed: Mapping[str, str]) -> Any:
    read = schema.load(typed)
    check(schema, read)
    return read
