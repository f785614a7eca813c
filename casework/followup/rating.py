"""Satisfaction (好差评): five grades, given once; a bad one opens a call-back (回访)."""

from __future__ import annotations

from typing import Final

import structlog

from casework.docket import desk, tell
from casework.docket.desk import Versions
from casework.docket.states import allowed
from casework.errors import IllegalMove, NotPermitted
from casework.followup import chase
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from config.settings import Settings
from rules.workdays import add_working_days
from store.db import Database
from vocabulary.cases import Act
from vocabulary.events import EventType
from vocabulary.parties import Actor, Side

log = structlog.get_logger(__name__)

WORST_GOOD: Final = 3


def rate(
    db: Database,
    settings: Settings,
    receipt: str,
    access_code: str,
    *,
    grade: int,
    comment: str | None = None,
    versions: Versions | None = None,
) -> int:
    """Rate how the case was handled, 5 (best) to 1.

    Returns the application's version. Raises ApplicationNotFound, VersionChanged, IllegalMove (also
    for a second rating).
    """
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code, versions)
        desk.check(case, Act.RATE)
        sealed = texts.seal(comment, "rating.comment", case.id)
        given = conn.exec_driver_sql(
            "INSERT INTO rating (application_id, grade, comment, rated_at)"
            " VALUES (%(id)s, %(grade)s, %(comment)s, app_now())"
            " ON CONFLICT DO NOTHING RETURNING application_id",
            {"id": case.id, "grade": grade, "comment": sealed},
        ).one_or_none()
        if given is None:
            others = tuple(act for act in allowed(case.state, Side.APPLICANT) if act != Act.RATE)
            raise IllegalMove("已经评价过，每份申请只评价一次。", allowed=others)
        event = desk.note(conn, case, EventType.APPLICATION_RATED, Actor.APPLICANT, grade=grade)
        if grade < WORST_GOOD and case.lead_bureau:
            due_on, provisional = add_working_days(case.today, settings.callback_working_days)
            conn.exec_driver_sql(
                "INSERT INTO callback (application_id, bureau, grade, opened_at, due_on,"
                " provisional) VALUES (%(id)s, %(bureau)s, %(grade)s, app_now(), %(due_on)s,"
                " %(provisional)s)",
                {
                    "id": case.id,
                    "bureau": case.lead_bureau,
                    "grade": grade,
                    "due_on": due_on,
                    "provisional": provisional,
                },
            )
            desk.note(
                conn,
                case,
                EventType.CALLBACK_OPENED,
                Actor.SYSTEM,
                bureau=case.lead_bureau,
                due_on=due_on.isoformat(),
            )
            chase.watch(conn, case.id)
            tell.concerned(conn, settings, case, event)
        saved = desk.save(conn, case)
    log.info("application.rated", receipt=case.receipt, grade=grade)
    return saved.version


def call_back(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    *,
    note: str,
) -> int:
    """Record that the dissatisfied applicant was called back, and with what result.

    Returns the case's version. Raises NotPermitted, CaseNotFound, VersionChanged, IllegalMove
    (there is no open call-back).
    """
    principal.require(Right.CALL_BACK)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        sealed = texts.seal(note, "callback.note", case.id)
        bureau = conn.exec_driver_sql(
            "UPDATE callback SET done_by = %(actor)s, done_at = app_now(), note = %(note)s"
            " WHERE application_id = %(id)s AND done_at IS NULL RETURNING bureau",
            {"id": case.id, "actor": principal.actor, "note": sealed},
        ).scalar_one_or_none()
        if bureau is None:
            raise IllegalMove("没有待办的回访。", allowed=allowed(case.state, Side.BUREAU))
        if bureau != principal.bureau:
            raise NotPermitted("回访由牵头单位办理。")
        event = desk.note(conn, case, EventType.CALLBACK_DONE, principal.actor, bureau=bureau)
        saved = desk.save(conn, case)
        tell.concerned(conn, settings, case, event)
    log.info("callback.done", receipt=case.receipt)
    return saved.version
