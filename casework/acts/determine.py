"""Determination (认定): a person decides, with amount and reason; large ones need a second.

A determination carries the findings it rests on. The rules reckon with them as if they were on
record, so that the officer is told at once what follows; they are recorded when the determination
comes into force, which above `DETERMINATION_APPROVAL_YUAN` is when a second person approves (复签).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy import Connection

from casework.acts import determination_rules, findings
from casework.acts.determination_rules import Computed
from casework.acts.supplement import finish as finish_supplement
from casework.decision import assess
from casework.decision.assess import Reckoned
from casework.decision.candidate import Ruling
from casework.decision.loading import Supposed
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
class Determination:
    """A determination as it is kept: proposed, or in force. `computed`: yuan that the rules
    computed when it was made."""

    granted: bool
    amount: Decimal | None
    reason: str
    findings: Sequence[Mapping[str, Any]]
    bureau: str
    proposed_by: str
    from_state: State
    computed: Decimal | None

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
        rests_on = _rests_on(conn, case, principal.bureau, decision)
        # Undone if it is only proposed: until it is in force, it takes nothing from anybody.
        claims = conn.begin_nested()
        ruling = Ruling(decision.granted, decision.amount, overrides=False)
        reckoned = _reckon(conn, case, ruling, principal.bureau, rests_on)
        computed = determination_rules.computed(conn, reckoned.assessed[0].assessment)
        amount = determination_rules.check(
            case,
            computed,
            granted=decision.granted,
            amount=decision.amount,
            overrides=decision.override is not None,
        )
        determination = Determination(
            granted=decision.granted,
            amount=amount,
            reason=decision.full_reason,
            findings=rests_on,
            bureau=principal.bureau,
            proposed_by=principal.actor,
            from_state=case.state,
            computed=computed.amount,
        )
        if _takes_two(settings, determination):
            claims.rollback()
            state = desk.state_after(case, Act.PROPOSE_DETERMINATION)
            version = _propose(conn, settings, case, determination, state)
            became = "determination.proposed"
        else:
            claims.commit()
            state = desk.state_after(case, Act.DETERMINE)
            _insert(conn, case, determination, DeterminationState.IN_FORCE)
            version = _bring_into_force(conn, settings, case, determination, principal, reckoned)
            became = "determination.made"
    log.info(became, receipt=case.receipt, state=state.value)
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
            determined = _approve(conn, settings, case, proposal, principal, note)
        else:
            _close_proposal(conn, case, principal, DeterminationState.REJECTED, note)
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
            determined = Determined(version, state, None, None)
    log.info("determination.decided", receipt=case.receipt, approved=approved)
    return determined


def _rests_on(
    conn: Connection, case: Case, bureau: str, decision: Decision
) -> list[Mapping[str, Any]]:
    """The findings a decision rests on, checked: its own, and for a grant what was still open."""
    standing = determination_rules.document(conn, case)
    rests_on = [*decision.findings]
    if decision.granted:
        rests_on += determination_rules.still_open(
            standing, case, bureau, decision.reason, decision.findings
        )
    findings.check(conn, case, bureau, rests_on, standing)
    return rests_on


def _reckon(
    conn: Connection,
    case: Case,
    ruling: Ruling,
    bureau: str,
    rests_on: Sequence[Mapping[str, Any]],
) -> Reckoned:
    """Assess as if the ruling and the findings it rests on were on record."""
    supposed = Supposed(ruling, findings.as_official(case, bureau, rests_on))
    return assess.reckon_one(conn, case.id, supposed)


def _takes_two(settings: Settings, determination: Determination) -> bool:
    """Whether a second person has to approve it."""
    return determination.granted and (
        (determination.amount or Decimal(0)) > settings.determination_approval_yuan
        or determination.overrides
    )


def _propose(
    conn: Connection, settings: Settings, case: Case, proposal: Determination, state: State
) -> int:
    """Keep a determination for a second person. Out: the case's version."""
    _insert(conn, case, proposal, DeterminationState.PROPOSED)
    event = desk.note(
        conn,
        case,
        "determination.proposed",
        proposal.proposed_by,
        to_state=state,
        bureau=proposal.bureau,
    )
    version = desk.save(conn, case, state=state).version
    tell.bureau(conn, settings, case, event, proposal.bureau)
    return version


def _approve(
    conn: Connection,
    settings: Settings,
    case: Case,
    proposal: Determination,
    principal: Principal,
    note: str,
) -> Determined:
    """Bring a proposal into force, if it still follows."""
    plain = Ruling(proposal.granted, proposal.amount, overrides=False, computed=proposal.computed)
    claims = conn.begin_nested()
    reckoned = _reckon(conn, case, plain, proposal.bureau, proposal.findings)
    computed = determination_rules.computed(conn, reckoned.assessed[0].assessment)
    determination_rules.check(
        case,
        computed,
        granted=proposal.granted,
        amount=proposal.amount,
        # What was to be exceeded must still be that much.
        overrides=proposal.overrides and computed.amount == proposal.computed,
    )
    if not proposal.overrides:
        claims.commit()
    else:
        # What it exceeds is known only without the keys that an override takes from others.
        claims.rollback()
        override = replace(plain, overrides=True)
        reckoned = _reckon(conn, case, override, proposal.bureau, proposal.findings)
        determination_rules.check(
            case,
            determination_rules.computed(conn, reckoned.assessed[0].assessment),
            granted=True,
            amount=proposal.amount,
            overrides=True,
        )
    _close_proposal(conn, case, principal, DeterminationState.IN_FORCE, note, computed)
    version = _bring_into_force(conn, settings, case, proposal, principal, reckoned)
    return Determined(version, State.DETERMINED, proposal.amount, computed.amount)


def _bring_into_force(
    conn: Connection,
    settings: Settings,
    case: Case,
    determination: Determination,
    principal: Principal,
    reckoned: Reckoned,
) -> int:
    """Record findings and the assessment with them, tell everyone. Out: the case's version."""
    finish_supplement(conn, case, SupplementState.CLOSED)
    if determination.findings:
        findings.insert(
            conn,
            case,
            determination.proposed_by,
            determination.bureau,
            determination.findings,
        )
    assess.put_down(conn, settings, reckoned)
    is_second = principal.actor != determination.proposed_by
    event = desk.note(
        conn,
        case,
        "determination.made",
        principal.actor,
        to_state=State.DETERMINED,
        bureau=determination.bureau,
        granted=determination.granted,
        amount=None if determination.amount is None else str(determination.amount),
        proposed_by=determination.proposed_by if is_second else None,
        standing_in_for=principal.standing_in_for(Right.APPROVE) if is_second else None,
    )
    # The assessment has counted the version up already.
    version: int = conn.exec_driver_sql(
        "UPDATE application SET determined_amount = %(amount)s WHERE id = %(id)s RETURNING version",
        {"amount": determination.amount, "id": case.id},
    ).scalar_one()
    tell.enterprise(conn, settings, case, event)
    if case.lead_bureau != determination.bureau:
        tell.lead(conn, settings, case, event)
    return version


def _insert(
    conn: Connection, case: Case, determination: Determination, state: DeterminationState
) -> None:
    conn.exec_driver_sql(
        "INSERT INTO determination (application_id, granted, amount, computed, reason, findings,"
        " bureau, from_state, proposed_by, proposed_at, state)"
        " VALUES (%(id)s, %(granted)s, %(amount)s, %(computed)s, %(reason)s, %(findings)s::jsonb,"
        "  %(bureau)s, %(from_state)s, %(actor)s, app_now(), %(state)s)",
        {
            "id": case.id,
            "granted": determination.granted,
            "amount": determination.amount,
            "computed": determination.computed,
            "reason": determination.reason,
            "findings": json.dumps(list(determination.findings), ensure_ascii=False),
            "bureau": determination.bureau,
            "from_state": determination.from_state.value,
            "actor": determination.proposed_by,
            "state": state.value,
        },
    )


def supersede(conn: Connection, case: Case) -> None:
    """End the determination in force, because a review reopened the case."""
    conn.exec_driver_sql(
        "UPDATE determination SET state = 'superseded'"
        " WHERE application_id = %(id)s AND state = 'in_force'",
        {"id": case.id},
    )


def _proposed(conn: Connection, case: Case) -> Determination:
    row = conn.exec_driver_sql(
        "SELECT granted, amount, reason, findings, bureau, proposed_by, from_state, computed"
        " FROM determination WHERE application_id = %(id)s AND state = 'proposed'",
        {"id": case.id},
    ).one()
    return Determination(
        granted=row.granted,
        amount=row.amount,
        reason=row.reason,
        findings=row.findings,
        bureau=row.bureau,
        proposed_by=row.proposed_by,
        from_state=State(row.from_state),
        computed=row.computed,
    )


def _close_proposal(
    conn: Connection,
    case: Case,
    principal: Principal,
    state: DeterminationState,
    note: str,
    computed: Computed | None = None,
) -> None:
    """Write what the second person decided, and what the rules computed for it then."""
    conn.exec_driver_sql(
        "UPDATE determination SET state = %(state)s, decided_by = %(actor)s,"
        " decided_at = app_now(), decision_note = %(note)s,"
        " computed = CASE WHEN %(tried)s THEN %(computed)s::numeric ELSE computed END"
        " WHERE application_id = %(id)s AND state = 'proposed'",
        {
            "id": case.id,
            "state": state.value,
            "actor": principal.actor,
            "note": note,
            "tried": computed is not None,
            "computed": computed.amount if computed else None,
        },
    )
