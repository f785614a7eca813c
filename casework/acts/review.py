"""Reviews (复核): the applicant asks, a supervisor who had no part in the case answers."""

from __future__ import annotations

import structlog
from sqlalchemy import Connection

from casework.acts import determination_rules, duplicate
from casework.acts.determination import supersede
from casework.decision import benefits, caps
from casework.docket import desk, second_person, states, tell
from casework.docket.desk import Case, Versions
from casework.followup import chase
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from config.settings import Settings
from store.db import Database
from vocabulary.cases import Act, ReviewState, State
from vocabulary.events import EventType
from vocabulary.parties import Actor

log = structlog.get_logger(__name__)


def request(
    db: Database,
    settings: Settings,
    receipt: str,
    access_code: str,
    *,
    reason: str,
    versions: Versions | None = None,
) -> int:
    """Ask for a review of a decision, or of a referral.

    Returns the application's version. Raises ApplicationNotFound, VersionChanged, IllegalMove.
    """
    with db.transaction() as conn:
        case = desk.open_own(conn, settings, receipt, access_code, versions)
        state = desk.state_after(case, Act.REQUEST_REVIEW)
        review = texts.fresh_id(conn, "review")
        sealed = texts.seal(reason, "review.reason", review)
        conn.exec_driver_sql(
            "INSERT INTO review (id, application_id, reason, from_state, requested_at)"
            " OVERRIDING SYSTEM VALUE"
            " VALUES (%(review)s, %(id)s, %(reason)s, %(state)s, app_now())",
            {"review": review, "id": case.id, "reason": sealed, "state": case.state.value},
        )
        event = desk.note(conn, case, EventType.REVIEW_REQUESTED, Actor.APPLICANT, to_state=state)
        saved = desk.save(conn, case, state=state)
        chase.watch(conn, case.id)
        tell.concerned(conn, settings, case, event)
    log.info("review.requested", receipt=case.receipt)
    return saved.version


def decide(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    *,
    upheld: bool,
    reason: str,
) -> int:
    """Uphold what was decided, or reopen the case for a new determination.

    Returns the case's version. Raises NotPermitted, SecondPersonRequired (the caller had a
    part in the case), CaseNotFound, VersionChanged, IllegalMove.
    """
    principal.require(Right.DECIDE_REVIEW)
    act = Act.UPHOLD if upheld else Act.REOPEN
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        determination_rules.require_decider(case, principal)
        desk.check(case, act)
        people = second_person.involved(conn, case.id)
        second_person.require(principal, Right.DECIDE_REVIEW, people)
        before = _close(conn, case, principal, upheld, reason)
        state = desk.state_after(case, act, back_to=states.back(before, case.outcome))
        event = desk.note(
            conn,
            case,
            EventType.REVIEW_DECIDED,
            principal.actor,
            to_state=state,
            bureau=principal.bureau,
            upheld=upheld,
            standing_in_for=principal.standing_in_for(Right.DECIDE_REVIEW, but=people),
        )
        if upheld:
            saved = desk.save(conn, case, state=state)
        else:
            supersede(conn, case)
            # What was granted is held no more; whomever that concerns is assessed again.
            benefits.release(conn, case.id)
            caps.release(conn, case.id)
            saved = desk.save(conn, case, state=state, determined_amount=None)
            duplicate.follow_reopening(conn, case)
            chase.watch(conn, case.id)
        tell.concerned(conn, settings, case, event)
    log.info("review.decided", receipt=case.receipt, upheld=upheld)
    return saved.version


def _close(conn: Connection, case: Case, principal: Principal, upheld: bool, note: str) -> State:
    """End the open review. Returns the state it was asked for in."""
    review, before = conn.exec_driver_sql(
        "UPDATE review SET state = %(state)s, decided_by = %(actor)s, decided_at = app_now()"
        " WHERE application_id = %(id)s AND state = 'open' RETURNING id, from_state",
        {
            "id": case.id,
            "state": (ReviewState.UPHELD if upheld else ReviewState.REOPENED).value,
            "actor": principal.actor,
        },
    ).one()
    sealed = texts.seal(note, "review.note", review)
    conn.exec_driver_sql(
        "UPDATE review SET note = %(note)s WHERE id = %(id)s", {"id": review, "note": sealed}
    )
    return State(before)
