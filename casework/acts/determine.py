"""Determination (认定): a person decides, with amount and reason; large ones need a second.

A determination carries the findings it rests on. The rules reckon with them as if they were on
record, so that the officer is told at once what follows; they are recorded when the determination
comes into force, which above `DETERMINATION_APPROVAL_YUAN` is when a second person approves (复签).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from casework.acts import determination, determination_rules, findings
from casework.acts.determination import Determination, Determined
from casework.decision import overlaps
from casework.docket import basis, desk, second_person, tell, trail
from casework.docket.bulk import each_told
from casework.docket.desk import Case, Versions
from casework.docket.ruling import Ruling
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from schemas.basis import Basis
from schemas.bulk import Granted, GrantedList
from schemas.findings import Finding
from store.db import Database
from vocabulary.cases import Act, DeterminationState, State
from vocabulary.event_data import amount_text
from vocabulary.events import EventType

log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides.

    `amount`: yuan; None where the notice gives no figure, and for a refusal. `override`: why more
    is granted than the rules compute; needed then, and then a second person approves.
    `despite`: why it is granted although another enterprise was on the same lease; `basis`: the
    document of an amount that the notice gives no arithmetic for; both need a second person.
    `as_computed`: what the case shows is granted as it stands; what is left to find, the decision's
    findings name, each of them.
    """

    granted: bool
    amount: Decimal | None
    reason: str
    findings: Sequence[Finding] = ()
    override: str | None = None
    despite: str | None = None
    basis: Basis | None = None
    as_computed: bool = False

    @property
    def full_reason(self) -> str:
        """The reason on record, which names what is out of the ordinary."""
        said = [self.reason]
        if self.override is not None:
            said.append(f"超出按规则计算金额的理由：{self.override}")
        if self.despite is not None:
            said.append(f"同一合同另有单位获准，仍予准予的理由：{self.despite}")
        if (basis := self.basis) is not None:
            sum_ = amount_text(basis.amount)
            said.append(f"金额依据：{basis.number}（{basis.dated_on}），所列金额{sum_}")
        return "\n".join(said)


def determine(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    decision: Decision,
) -> Determined:
    """Decide a case, or propose it to a second person.

    A grant finds every condition met that still waits for this bureau and is not among the
    decision's findings. Raises NotPermitted, CaseNotFound, VersionChanged, IllegalMove,
    InvalidFinding, InvalidDetermination, BenefitTaken, LeaseGranted, BasisRequired, BasisRefused.
    """
    principal.require(Right.DETERMINE)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        made = _put_down(conn, settings, principal, case, decision)
    is_made = made.state is State.DETERMINED
    became = "determination.made" if is_made else "determination.proposed"
    log.info(became, receipt=case.receipt, state=made.state.value)
    return made


def tried(
    db: Database,
    settings: Settings,
    principal: Principal,
    receipt: str,
    versions: Versions,
    decision: Decision,
    look: Callable[[Connection, int], T],
) -> T:
    """What would come of a decision, with the second person's consent where one is needed: `look`
    is called with the connection and the application's id as if it were in force, and then nothing
    of it has been. That it was looked at is on the trail. Raises as `determine`."""
    principal.require(Right.DETERMINE)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        undone = conn.begin_nested()
        _put_down(conn, settings, principal, case, decision, alone=True)
        seen = look(conn, case.id)
        undone.rollback()
        trail.looked(conn, principal, EventType.ACCESS_MESSAGE_READ, [case.id])
    return seen


def _put_down(
    conn: Connection,
    settings: Settings,
    principal: Principal,
    case: Case,
    decision: Decision,
    *,
    alone: bool = False,
) -> Determined:
    """Decide a locked case. `alone`: as if nobody else had to consent."""
    determination_rules.require_decider(case, principal)
    desk.check(case, Act.DETERMINE)
    determination_rules.check_supplement(conn, case, granted=decision.granted)
    if decision.as_computed:
        decision = replace(decision, amount=case.amount)
    wanted = Determination(
        ruling=Ruling(decision.granted, decision.amount),
        reason=decision.full_reason,
        findings=_rests_on(conn, case, principal.bureau, decision),
        bureau=principal.bureau,
        proposed_by=principal.actor,
        from_state=case.state,
        basis=decision.basis,
    )
    # Undone if it is only proposed: until it is in force, it takes nothing from anybody.
    claims = conn.begin_nested()
    reckoned = determination.reckon(conn, case, wanted)
    computed = reckoned.only.amount
    if decision.as_computed:
        determination_rules.check_as_computed(
            case, reckoned.only, decision.findings, wanted.findings
        )
    amount = determination_rules.check(
        conn, case, reckoned.only, wanted.ruling, overrides=decision.override is not None
    )
    basis.check(conn, case, decision.basis, amount, arithmetic=computed is not None)
    shared: tuple[str, ...] = ()
    if decision.granted:
        shared = overlaps.granted_on(conn, reckoned.only.overlap.shares, case.id)
        determination_rules.check_shared_lease(shared, known=shared if decision.despite else ())
    ruling = Ruling(decision.granted, amount, computed)
    made = replace(wanted, ruling=ruling, despite=shared)
    needs_second = shared or second_person.is_needed(conn, settings, case, principal, ruling)
    if needs_second and not alone:
        claims.rollback()
        state = desk.state_after(case, Act.PROPOSE_DETERMINATION)
        version = _propose(conn, settings, case, made, state)
    else:
        claims.commit()
        state = desk.state_after(case, Act.DETERMINE)
        determination.insert(conn, case, made, DeterminationState.IN_FORCE)
        version = determination.bring_into_force(
            conn, settings, case, made, principal.actor, reckoned
        )
    return Determined(version, state, amount, computed)


def grant_many(
    db: Database, settings: Settings, principal: Principal, seen: Mapping[str, int], reason: str
) -> GrantedList:
    """Grant several cases as computed, each in a transaction of its own; above the limit each is
    proposed to a second person.

    Takes by receipt the version that the caller has seen. Raises NotPermitted.
    """
    principal.require(Right.DETERMINE)
    as_computed = Decision(granted=True, amount=None, reason=reason, as_computed=True)

    def one(receipt: str) -> Granted:
        versions = frozenset({seen[receipt]})
        made = determine(db, settings, principal, receipt, versions, as_computed)
        return Granted(
            receipt=receipt,
            done=True,
            state=made.state,
            state_text=made.state.label,
            amount=made.amount,
        )

    return GrantedList(results=each_told(Granted, seen, one))


def _rests_on(conn: Connection, case: Case, bureau: str, decision: Decision) -> list[Finding]:
    """The findings a decision rests on, checked: its own, and for a grant what was still open."""
    standing = determination_rules.document(conn, case)
    rests_on = [*decision.findings]
    if decision.granted:
        rests_on += determination_rules.still_open(
            standing, case, bureau, decision.reason, decision.findings
        )
    findings.check(conn, case, bureau, rests_on, standing)
    return rests_on


def _propose(
    conn: Connection, settings: Settings, case: Case, proposal: Determination, state: State
) -> int:
    """Keep a determination for a second person. Returns the case's version."""
    determination.insert(conn, case, proposal, DeterminationState.PROPOSED)
    event = desk.note(
        conn,
        case,
        EventType.DETERMINATION_PROPOSED,
        proposal.proposed_by,
        to_state=state,
        bureau=proposal.bureau,
    )
    version = desk.save(conn, case, state=state).version
    tell.concerned(conn, settings, case, event, bureau=proposal.bureau)
    return version
