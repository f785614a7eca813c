"""What was done to a case and by whom, for those who work on it. Who looked at it stands on the
trail."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from casework.docket import reasons
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from store import predicates
from store.db import Database
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.receipts import parse

_WHO: Final = {
    Actor.APPLICANT.value: "申报单位",
    Actor.SOMEBODY.value: "没有出示查询码的人",
    Actor.SYSTEM.value: "系统",
    Actor.OPERATOR.value: "运维人员",
}


class Happened(NamedTuple):
    """One thing on a case's timeline. `id`: later ones have larger ones."""

    id: int
    at: datetime
    who: str
    text: str


def read(db: Database, principal: Principal, receipt: str) -> list[Happened]:
    """Everything on a case's timeline, the earliest first; nothing of another bureau's case.

    For a page that has read the case, which put the look on the trail. Raises NotPermitted.
    """
    principal.require(Right.READ_CASE)
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(
            "SELECT e.id, e.type, e.actor, e.at, e.data, a.id AS application FROM application AS a"  # noqa: S608 -- a constant
            " JOIN event AS e ON e.application_id = a.id"
            f" WHERE a.receipt = %(receipt)s AND {predicates.ON_THE_CASE}"
            "  AND e.type NOT LIKE 'access.%%' ORDER BY e.id",
            {"receipt": parse(receipt), "bureau": principal.bureau},
        ).all()
        told = reasons.by_id(conn, rows)
        if rows:
            named = reasons.with_papers(conn, rows[0].application, list(told.values()))
            told = dict(zip(told, named, strict=True))
    names = editions.known_bureau_name
    return [
        Happened(row.id, row.at, who(row.actor), EventType(row.type).sentence(told[row.id], names))
        for row in rows
        if EventType(row.type).is_on_timeline
    ]


def who(actor: str) -> str:
    """An event's actor as officers read it: the bureau and the person, or what else acted."""
    bureau, _, label = actor.partition(":")
    if actor in _WHO or not label:
        return _WHO.get(bureau, bureau)
    if bureau in _WHO:
        return f"{_WHO[bureau]}{label}"
    return f"{editions.known_bureau_name(bureau)}{label}"
