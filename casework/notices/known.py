"""What the notices of this deployment name: today's, and those it once had."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from marshmallow import Schema, ValidationError

from casework.notices import editions
from config import closest
from rules.notice import Notice
from schemas.kit.filters import NamedByNotice, OfNotice
from schemas.kit.refusals import said
from store.db import Database

_NAMED: Final[Mapping[OfNotice, Callable[[Notice], Collection[str]]]] = {
    OfNotice.PROVISION: lambda notice: notice.provisions,
    OfNotice.BUREAU: editions.bureau_ids,
    OfNotice.CONDITION: lambda notice: notice.conditions,
    OfNotice.QUESTION: lambda notice: notice.questions,
}
# Of a notice whose folder is gone, and of earlier data of one that is there.
_WAS: Final = (
    "SELECT EXISTS (SELECT FROM parameter_set WHERE content -> %(named)s ? %(name)s"
    " OR %(named)s = 'bureaus' AND content #>> '{roles,above_bureaus}' = %(name)s)"
)


class Unknown(NamedTuple):
    """That there is no such thing and what may be meant, as a sentence."""

    chinese: str
    english: str


def names(of: OfNotice) -> tuple[str, ...]:
    """All that today's notices name, in their order."""
    return tuple(dict.fromkeys(name for one in editions.every() for name in _NAMED[of](one.notice)))


def meant_bureau(bureau: str) -> Unknown | None:
    """Nothing for the id of a bureau of any notice; for another text what may be meant, as a
    sentence."""
    known = names(OfNotice.BUREAU)
    if bureau in known:
        return None
    meant = closest.hint(bureau, known)
    lists = meant.english or "; wenqi bureaus lists them."
    return Unknown(
        f"没有代码为 {bureau} 的单位{meant.chinese}。", f"There is no bureau {bureau}{lists}"
    )


def asks(schema: Schema) -> bool:
    """Whether anything that is read with the schema may name what a notice does."""
    return any(isinstance(field, NamedByNotice) for field in schema.fields.values())


def check(schema: Schema, read: Mapping[str, Any], db: Callable[[], Database]) -> None:
    """Raises ValidationError for what was read with the schema and stands in no notice, by the
    names that the parts have on the wire."""
    faults: dict[str, list[str]] = {}
    for name, field in schema.fields.items():
        typed = read.get(field.attribute or name)
        if not isinstance(field, NamedByNotice) or not typed:
            continue
        known = names(field.of)
        if typed not in known and not _was_known(db(), field.of, typed):
            meant = closest.hint(typed, known).chinese
            faults[field.data_key or name] = [said(f"unknown_{field.of}", meant=meant)]
    if faults:
        raise ValidationError(faults)


def _was_known(db: Database, of: OfNotice, name: str) -> bool:
    with db.statement() as conn:
        found = conn.exec_driver_sql(_WAS, {"named": f"{of}s", "name": name}).scalar_one()
    return bool(found)
