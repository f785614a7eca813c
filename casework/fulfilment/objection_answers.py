"""Objections (异议) as the bureau that leads has them: listed with their promised day, and answered
by a head who had no part in the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework.docket import desk, second_person, tell, trail
from casework.errors import Conflict
from casework.fulfilment import objections
from casework.fulfilment.objections import ObjectionNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from config.settings import Settings
from schemas.kit import paging
from schemas.objections import Objection, ObjectionPage
from store.db import Database
from vocabulary.events import EventType
from vocabulary.fulfilment import ObjectionState
from vocabulary.zone import CHINA

log = structlog.get_logger(__name__)

NOTHING_NEW: Final = "您再次提出的异议没有新的事实，维持原答复。"
"""The answer to a repeated one in one act."""


class ObjectionClosed(Conflict):
    """It has been answered, or never was confirmed."""

    code = "objection_closed"
    title = "该异议不待答复"
    message = "该异议已经答复，或联系方式尚未核实。"


def list_objections(
    db: Database,
    settings: Settings,
    principal: Principal,
    *,
    open: bool | None = None,  # noqa: A002 -- as in the address
    before: int | None = None,
    limit: int | None = None,
) -> ObjectionPage:
    """Objections to grants of cases that the bureau leads, newest first, those that wait for their
    answer alone if `open`; that they were looked at is on the trail. Raises NotPermitted."""
    return _listed(db, settings, principal, paging.bounded(limit), before=before, is_open=open)


def read_one(db: Database, settings: Settings, principal: Principal, objection: int) -> Objection:
    """One of them. Raises NotPermitted, ObjectionNotFound."""
    found = _listed(db, settings, principal, 1, before=objection + 1, is_read=True).items
    if not found or found[0].id != objection:
        raise ObjectionNotFound
    return found[0]


def _listed(
    db: Database,
    settings: Settings,
    principal: Principal,
    size: int,
    before: int | None,
    *,
    is_open: bool | None = None,
    is_read: bool = False,
) -> ObjectionPage:
    principal.require(Right.READ_OBJECTIONS)
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(
            "SELECT o.*, a.receipt, a.id AS application, EXISTS (SELECT"
            "  FROM objection AS e WHERE e.application_id = o.application_id AND e.id < o.id"
            "   AND e.address_hash = o.address_hash AND e.state = 'dismissed') AS repeated"
            " FROM objection AS o"
            " JOIN application AS a ON a.id = o.application_id"
            " WHERE a.lead_bureau = %(bureau)s AND o.state <> 'unconfirmed'"
            "  AND (%(before)s::bigint IS NULL OR o.id < %(before)s)"
            "  AND (%(open)s::boolean IS NULL OR (o.state = 'open') = %(open)s)"
            " ORDER BY o.id DESC LIMIT %(limit)s",
            {"bureau": principal.bureau, "before": before, "open": is_open, "limit": size + 1},
        ).all()
        shown = [row.application for row in rows[:size]]
        trail.looked(conn, principal, EventType.ACCESS_OBJECTIONS_LISTED, shown)
        answerable = bool(is_read and rows) and _is_open_to(conn, principal, rows[0])
    return paging.page(ObjectionPage, rows, size, partial(_shown, settings, answerable))


def _is_open_to(conn: Connection, principal: Principal, row: Row[Any]) -> bool:
    """Whether somebody of the bureau that leads can answer one."""
    people = second_person.involved(conn, row.application)
    return row.state == ObjectionState.OPEN and second_person.is_open_to(
        principal, Right.ANSWER_OBJECTION, people
    )


def answer(
    db: Database,
    settings: Settings,
    principal: Principal,
    objection: int,
    *,
    sustained: bool,
    words: str,
) -> None:
    """Answer an objection: the grant goes on its way, or is fulfilled no further.

    Raises NotPermitted, SecondPersonRequired (the caller had a part in the case),
    ObjectionNotFound, ObjectionClosed.
    """
    principal.require(Right.ANSWER_OBJECTION)
    with db.transaction() as conn:
        application = conn.exec_driver_sql(
            "SELECT application_id FROM objection WHERE id = %(id)s", {"id": objection}
        ).scalar_one_or_none()
        case = None if application is None else desk.open_unseen(conn, application)
        if case is None or case.lead_bureau != principal.bureau:
            raise ObjectionNotFound
        people = second_person.involved(conn, case.id)
        second_person.require(principal, Right.ANSWER_OBJECTION, people)
        state = ObjectionState.SUSTAINED if sustained else ObjectionState.DISMISSED
        closed = conn.exec_driver_sql(
            "UPDATE objection SET state = %(state)s, answer = %(answer)s, answered_at = app_now(),"
            " answered_by = %(actor)s WHERE id = %(id)s AND state = 'open'"
            " RETURNING fulfilment_id, stops",
            {
                "id": objection,
                "state": state.value,
                "answer": texts.seal(words, "objection.answer", objection),
                "actor": principal.actor,
            },
        ).one_or_none()
        if closed is None:
            raise ObjectionClosed
        conn.exec_driver_sql(
            "UPDATE fulfilment SET objections = objections - %(stops)s::int,"
            " changed_at = app_now(), state = CASE WHEN %(sustained)s"
            "  AND state NOT IN ('cancelled', 'reclaimed') THEN 'stopped' ELSE state END"
            " WHERE id = %(id)s",
            {"id": closed.fulfilment_id, "stops": closed.stops, "sustained": sustained},
        )
        saved = desk.save(conn, case)
        event = desk.note(
            conn,
            saved,
            EventType.OBJECTION_ANSWERED,
            principal.actor,
            bureau=principal.bureau,
            sustained=sustained,
            objection=objection,
            standing_in_for=principal.standing_in_for(Right.ANSWER_OBJECTION, but=people),
        )
        tell.concerned(conn, settings, saved, event)
    log.info("objection.answered", receipt=case.receipt, sustained=sustained)


def _shown(settings: Settings, answerable: bool, row: Row[Any]) -> Objection:
    due_on, provisional = objections.due(settings, row.confirmed_at.astimezone(CHINA).date())
    state = ObjectionState(row.state)
    opened: Mapping[str, str | None] = {
        name: texts.shown(getattr(row, name), f"objection.{name}", row.id)
        for name in ("address", "words", "answer")
    }
    return Objection(
        id=row.id,
        receipt=row.receipt,
        contact=opened["address"],
        words=opened["words"] or "",
        state=state,
        state_text=state.label,
        made_at=row.confirmed_at,
        due_on=due_on,
        provisional=provisional,
        stops=row.stops,
        repeated=row.repeated,
        answer=opened["answer"],
        answered_by=row.answered_by,
        answerable=answerable,
    )
