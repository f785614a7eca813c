"""Determination (认定): a person decides, with amount and reason; large ones need a second.

A determination carries the findings it rests on. They are tried out first, so that the officer is
told at once what the rules compute with them; they are recorded when the determination comes into
force, which above `DETERMINATION_APPROVAL_YUAN` is when a second person approves it (复签).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy import Connection

from casework.acts import determination_rules, findings
from casework.acts.determination_rules import Computed
from casework.acts.supplement import finish as finish_supplement
from casework.decision import assess
from casework.docket import desk, tell
from casework.docket.desk import Case, Versions
from casework.docket.states import Act
from casework.errors import SecondPersonRequired
from casework.people.access import Principal
from casework.people.rights import Right
from config.settings import Settings
from store.db import Database
from vocabulary.records import DeterminationState, State, SupplementState

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides.

    `amount`: yuan; None where the notice gives no figure, and for a refusal. `findings`: on
    conditions (`condition`, `result`, `note`, optionally `item`, `evidence`). `override`: why more
    is granted than the rules compute; needed then, and then a second person approves.
    """

    granted: bool
    amount: Decimal | None
    reason: str
    findings: Sequence[Mapping[str, Any]] = ()
    override: str | None = None

    @property
    def full_reason(self) -> str:
        """The reason on record, which names an override."""
        if self.override is None:
            return self.reason
        return f"{self.reason}\n超出按规则计算金额的理由：{self.override}"


@dataclass(frozen=True, slots=True)
class Determined:
    """What became of a determination. Amounts in yuan; `delta`: amount less computed, or None
    where the notice gives no arithmetic."""

    version: int
    state: State
    amount: Decimal | None
    computed: Decimal | None

    @property
    def delta(self) -> Decimal | None:
        """How far the person's amount is from the rules'."""
        if self.amount is None or self.computed is None:
            return None
        return self.amount - self.computed


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A determination on record."""

    id: int
    granted: bool
    amount: Decimal | None
    reason: str
    findings: Sequence[Mapping[str, Any]]
    bureau: str
    proposed_by: str
    from_state: State
    computed: Decimal | None = None

    @property
    def overrides(self) -> bool:
        """Whether it grants more than the rules computed when it was made."""
        if self.amount is None or self.computed is None:
            return False
        return self.amount > self.computed


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
    InvalidFinding, InvalidDetermination, BenefitTaken.
    """
    principal.require(Right.DETERMINE)
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        determination_rules.require_decider(case, principal)
        desk.check(case, Act.DETERMINE)
        determination_rules.check_supplement(conn, case, granted=decision.granted)
        rests_on = [*decision.findings]
        if decision.granted:
            rests_on += determination_rules.still_open(
                conn, case, principal.bureau, decision.reason, decision.findings
            )
        findings.check(conn, case, principal.bureau, rests_on)
        computed = _try_out(conn, settings, case, principal, rests_on)
        amount = determination_rules.check(
            case,
            computed,
            granted=decision.granted,
            amount=decision.amount,
            overrides=decision.override is not None,
        )
        approval = decision.granted and (
            (amount or Decimal(0)) > settings.determination_approval_yuan
            or determination_rules.exceeds(computed, amount)
        )
        act = Act.PROPOSE_DETERMINATION if approval else Act.DETERMINE
        state = desk.state_after(case, act)
        proposal = _write(
            conn,
            case,
            principal,
            _Proposal(
                id=0,
                granted=decision.granted,
                amount=amount,
                reason=decision.full_reason,
                findings=rests_on,
                bureau=principal.bureau,
                proposed_by=principal.actor,
                from_state=case.state,
                computed=computed.amount,
            ),
            computed,
            DeterminationState.PROPOSED if approval else DeterminationState.IN_FORCE,
        )
        if approval:
            event = desk.note(
                conn,
                case,
                "determination.proposed",
                principal.actor,
                to_state=state,
                bureau=principal.bureau,
            )
            version = desk.save(conn, case, state=state).version
            tell.bureau(conn, settings, case, event, principal.bureau)
        else:
            version = _bring_into_force(conn, settings, case, proposal, principal, state)
    log.info("determination.made", receipt=case.receipt, state=state.value)
    return Determined(version, state, amount, computed.amount)


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
    InvalidDetermination (what it rested on has changed meanwhile), BenefitTaken.
    """
    principal.require(Right.APPROVE)
    act = Act.APPROVE_DETERMINATION if approved else Act.REJECT_DETERMINATION
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        determination_rules.require_decider(case, principal)
        desk.check(case, act)
        proposal = _proposed(conn, case)
        if proposal.proposed_by == principal.actor:
            raise SecondPersonRequired
        state = desk.state_after(case, act, back_to=proposal.from_state)
        if approved:
            computed = _try_out(conn, settings, case, principal, proposal.findings, proposal)
            determination_rules.check(
                case,
                computed,
                granted=proposal.granted,
                amount=proposal.amount,
                # What was to be exceeded must still be that much.
                overrides=proposal.overrides and computed.amount == proposal.computed,
            )
            _settle(conn, proposal, principal, DeterminationState.IN_FORCE, note, computed)
            version = _bring_into_force(conn, settings, case, proposal, principal, state)
            amount, computed_amount = proposal.amount, computed.amount
        else:
            _settle(conn, proposal, principal, DeterminationState.REJECTED, note)
            desk.note(
                conn,
                case,
                "determination.rejected",
                principal.actor,
                to_state=state,
                bureau=principal.bureau,
                standing_in_for=principal.standing_in_for(Right.APPROVE),
            )
            version = desk.save(conn, case, state=state).version
            amount = computed_amount = None
    log.info("determination.decided", receipt=case.receipt, approved=approved)
    return Determined(version, state, amount, computed_amount)


def _try_out(
    conn: Connection,
    settings: Settings,
    case: Case,
    principal: Principal,
    rests_on: Sequence[Mapping[str, Any]],
    proposal: _Proposal | None = None,
) -> Computed:
    """What the rules compute with these findings; nothing of it stays."""
    trial = conn.begin_nested()
    try:
        _find(conn, settings, case, proposal or principal, rests_on)
        return determination_rules.computed(conn, case)
    finally:
        trial.rollback()


def _find(
    conn: Connection,
    settings: Settings,
    case: Case,
    by: Principal | _Proposal,
    rests_on: Sequence[Mapping[str, Any]],
) -> None:
    """Record the findings and assess with them."""
    if rests_on:
        actor = by.actor if isinstance(by, Principal) else by.proposed_by
        findings.insert(conn, case, actor, by.bureau, rests_on)
    assess.at_once(conn, settings, case.id)


def _bring_into_force(
    conn: Connection,
    settings: Settings,
    case: Case,
    proposal: _Proposal,
    principal: Principal,
    state: State,
) -> int:
    """Record findings, assess, tell everyone. Out: the case's version."""
    finish_supplement(conn, case, SupplementState.CLOSED)
    # First the state, which then stands above what the assessment says.
    desk.save(conn, case, state=state)
    _find(conn, settings, case, proposal, proposal.findings)
    _recheck(conn, case, proposal)
    is_second = principal.actor != proposal.proposed_by
    event = desk.note(
        conn,
        case,
        "determination.made",
        principal.actor,
        to_state=state,
        bureau=proposal.bureau,
        granted=proposal.granted,
        amount=None if proposal.amount is None else str(proposal.amount),
        proposed_by=proposal.proposed_by if is_second else None,
        standing_in_for=principal.standing_in_for(Right.APPROVE) if is_second else None,
    )
    saved = desk.save(conn, case, determined_amount=proposal.amount)
    tell.enterprise(conn, settings, case, event)
    if case.lead_bureau != proposal.bureau:
        tell.lead(conn, settings, case, event)
    return saved.version


def _recheck(conn: Connection, case: Case, proposal: _Proposal) -> None:
    """Nobody took room or keys between the trial and now. Raises what `verdict.check` does."""
    if proposal.granted:
        found = determination_rules.computed(conn, case)
        determination_rules.check(
            case, found, granted=True, amount=proposal.amount, overrides=proposal.overrides
        )


def _write(
    conn: Connection,
    case: Case,
    principal: Principal,
    proposal: _Proposal,
    computed: Computed,
    state: DeterminationState,
) -> _Proposal:
    if state is DeterminationState.IN_FORCE:
        supersede(conn, case)
    conn.exec_driver_sql(
        "INSERT INTO determination (application_id, granted, amount, computed, reason, findings,"
        " bureau, from_state, proposed_by, proposed_at, state)"
        " VALUES (%(id)s, %(granted)s, %(amount)s, %(computed)s, %(reason)s, %(findings)s::jsonb,"
        "  %(bureau)s, %(from_state)s, %(actor)s, app_now(), %(state)s)",
        {
            "id": case.id,
            "granted": proposal.granted,
            "amount": proposal.amount,
            "computed": computed.amount,
            "reason": proposal.reason,
            "findings": json.dumps(list(proposal.findings), ensure_ascii=False),
            "bureau": proposal.bureau,
            "from_state": case.state.value,
            "actor": principal.actor,
            "state": state.value,
        },
    )
    return proposal


def supersede(conn: Connection, case: Case) -> None:
    """End the determination in force, because another takes its place or a review reopened it."""
    conn.exec_driver_sql(
        "UPDATE determination SET state = 'superseded'"
        " WHERE application_id = %(id)s AND state = 'in_force'",
        {"id": case.id},
    )


def _proposed(conn: Connection, case: Case) -> _Proposal:
    row = conn.exec_driver_sql(
        "SELECT id, granted, amount, reason, findings, bureau, proposed_by, from_state, computed"
        " FROM determination WHERE application_id = %(id)s AND state = 'proposed'",
        {"id": case.id},
    ).one()
    return _Proposal(
        id=row.id,
        granted=row.granted,
        amount=row.amount,
        reason=row.reason,
        findings=row.findings,
        bureau=row.bureau,
        proposed_by=row.proposed_by,
        from_state=State(row.from_state),
        computed=row.computed,
    )


def _settle(
    conn: Connection,
    proposal: _Proposal,
    principal: Principal,
    state: DeterminationState,
    note: str,
    computed: Computed | None = None,
) -> None:
    conn.exec_driver_sql(
        "UPDATE determination SET state = %(state)s, decided_by = %(actor)s,"
        " decided_at = app_now(), decision_note = %(note)s,"
        " computed = CASE WHEN %(tried)s THEN %(computed)s::numeric ELSE computed END"
        " WHERE id = %(id)s",
        {
            "id": proposal.id,
            "state": state.value,
            "actor": principal.actor,
            "note": note,
            "tried": computed is not None,
            "computed": computed.amount if computed else None,
        },
    )
