"""Saying who of the bureau is to do a visit (指派走访人员): whose turn it is, no right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from casework.docket.bulk import each_told
from casework.errors import NotPermitted
from casework.followup import visit_acts, visit_plan
from casework.followup.visit_acts import Versions
from casework.people import colleagues
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from schemas.visits import VisitDone, VisitDoneList
from store import predicates
from store.db import Database, app_now
from vocabulary.events import EventType

log = structlog.get_logger(__name__)


def assign(
    db: Database,
    _: Settings,
    principal: Principal,
    visit_id: int,
    versions: Versions,
    *,
    to: str | None = None,
) -> int:
    """Give a visit to come to somebody of the bureau; None: to nobody.

    An officer takes what nobody has and gives back theirs; a head gives any to anybody. Takes what
    the person is called in the bureau. Who has it already changes nothing. Returns its version.
    Raises NotPermitted, NoSuchColleague, VisitNotFound, VersionChanged, IllegalMove.
    """
    principal.require(Right.ASSIGN_VISIT)
    with db.transaction() as conn:
        account, actor = colleagues.find(conn, principal, to) if to else (None, None)
        row = visit_acts.open_visit(conn, principal, visit_id, versions)
        if row.visitor == actor:
            return int(row.version)
        stands_in = None
        if not {row.visitor, actor} <= {None, principal.actor}:
            if not principal.may(Right.ASSIGN_VISIT_TO_OTHERS):
                raise NotPermitted("走访指派给同事，或者同事的走访改派，须由主管办理。")
            stands_in = principal.standing_in_for(Right.ASSIGN_VISIT_TO_OTHERS)
        version = visit_acts.save(conn, row.id, assignee=actor)
        kind = EventType.VISIT_ASSIGNED if actor else EventType.VISIT_UNASSIGNED
        known = {"bureau": row.bureau, "account": account, "standing_in_for": stands_in}
        data = {name: value for name, value in known.items() if value is not None}
        visit_plan.tell_applications(conn, kind, {row.id: data}, app_now(conn), principal.actor)
    log.info(kind, visit=visit_id)
    return version


def many(
    db: Database,
    settings: Settings,
    principal: Principal,
    seen: Mapping[int, int],
    to: str | None = None,
) -> VisitDoneList:
    """Give several visits to somebody, each in a transaction of its own, as one is given; their
    days stay as they are. `seen`: their numbers and the versions that were read. Raises
    NotPermitted, NoSuchColleague."""
    principal.require(Right.ASSIGN_VISIT)
    with db.statement() as conn:
        _ = to is None or colleagues.find(conn, principal, to)
        rows = conn.exec_driver_sql(
            f"SELECT v.id, a.name FROM visit AS v {predicates.OF_VISIT}"  # noqa: S608 -- a constant
            " WHERE v.id = ANY(%(ids)s) AND v.bureau = %(bureau)s",
            {"ids": list(seen), "bureau": principal.bureau},
        )
        names = {row.id: row.name for row in rows}

    def told(visit: int, **became: Any) -> VisitDone:
        return VisitDone(visit=visit, enterprise=names.get(visit), **became)

    def one(visit: int) -> VisitDone:
        assign(db, settings, principal, visit, frozenset({seen[visit]}), to=to)
        return told(visit, done=True)

    return VisitDoneList(results=each_told(told, seen, one, "visit"))
