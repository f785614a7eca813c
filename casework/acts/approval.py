"""Approval (复签): a second person's consent to a proposed determination."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from casework.acts import determination, determination_rules
from casework.acts.determination import Determination, Determined
from casework.decision import overlaps
from casework.docket import basis, desk, second_person, states, trail
from casework.docket.desk import Case, Versions
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from store.db import Database
from vocabulary.cases import Act, State
from vocabulary.events import EventType

log = structlog.get_logger(__name__)
T = TypeVar("T")


def decide_proposal(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    *,
    approved: bool,
    note: str,
) -> Determined:
    """Approve or reject a proposed determination (复签), as a second person.

    Raises NotPermitted, SecondPersonRequired, CaseNotFound, VersionChanged, IllegalMove,
    InvalidDetermination (what it rested on has changed meanwhile), BenefitTaken,
    LeaseGranted, BasisRefused.
    """
    act = Act.APPROVE_DETERMINATION if approved else Act.REJECT_DETERMINATION
    with db.transaction() as conn:
        case, proposal, stands_in = _open(conn, principal, receipt, versions, act)
        state = desk.state_after(case, act, back_to=states.back(proposal.from_state, case.outcome))
        if approved:
            determined = _approve(conn, settings, case, proposal, principal, note, stands_in)
        else:
            determination.reject_proposal(conn, case, principal.actor, note)
            desk.note(
                conn,
                case,
                EventType.DETERMINATION_REJECTED,
                principal.actor,
                to_state=state,
                bureau=principal.bureau,
                standing_in_for=stands_in,
            )
            version = desk.save(conn, case, state=state).version
            determined = Determined(version, state, None, None)
    became = "determination.made" if approved else "determination.rejected"
    log.info(became, receipt=case.receipt, state=state.value)
    return determined


def tried(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    look: Callable[[Connection, int], T],
) -> T:
    """What would come of consent: as :func:`casework.acts.determine.tried` for a decision."""
    act = Act.APPROVE_DETERMINATION
    with db.transaction() as conn:
        case, proposal, stands_in = _open(conn, principal, receipt, versions, act)
        undone = conn.begin_nested()
        _approve(conn, settings, case, proposal, principal, "", stands_in)
        seen = look(conn, case.id)
        undone.rollback()
        trail.looked(conn, principal, EventType.ACCESS_MESSAGE_READ, [case.id])
    return seen


def _open(
    conn: Connection, principal: Principal, receipt: str, versions: Versions, act: Act
) -> tuple[Case, Determination, str | None]:
    """The case, what was proposed, and in whose place the second person answers."""
    principal.require(Right.APPROVE)
    case = desk.open_case(conn, principal, receipt, versions)
    determination_rules.require_decider(case, principal)
    desk.check(case, act)
    proposal = determination.proposed(conn, case)
    people = second_person.involved(conn, case.id)
    second_person.require(principal, Right.APPROVE, people)
    return case, proposal, principal.standing_in_for(Right.APPROVE, but=people)


def _approve(
    conn: Connection,
    settings: Settings,
    case: Case,
    proposal: Determination,
    principal: Principal,
    note: str,
    stands_in: str | None,
) -> Determined:
    """Bring a proposal into force, if it still follows."""
    ruling = proposal.ruling
    reckoned = determination.reckon(conn, case, proposal)
    computed = reckoned.only.amount
    # What was to be exceeded must still be that much.
    stands = ruling.overrides and computed == ruling.computed
    determination_rules.check(conn, case, reckoned.only, ruling, overrides=stands)
    basis.check(conn, case, proposal.basis, ruling.amount, arithmetic=computed is not None)
    shared = overlaps.granted_on(conn, reckoned.only.overlap.shares, case.id)
    determination_rules.check_shared_lease(shared, known=proposal.despite)
    determination.approve_proposal(conn, case, principal.actor, note, computed)
    version = determination.bring_into_force(
        conn, settings, case, proposal, principal.actor, reckoned, stands_in
    )
    return Determined(version, State.DETERMINED, ruling.amount, computed)
