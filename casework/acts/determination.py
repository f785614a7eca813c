"""A determination (认定) as it is kept: proposed or in force, and what comes with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection

from casework.acts import findings
from casework.acts.supplement import finish as finish_supplement
from casework.decision import assess
from casework.decision.assess import Reckoned
from casework.decision.loading import Supposed
from casework.docket import desk, tell
from casework.docket.desk import Case
from casework.docket.ruling import Ruling
from casework.fulfilment import opening
from casework.personal import texts
from config.settings import Settings
from schemas.basis import Basis
from schemas.findings import Finding
from schemas.kit.answers import build
from vocabulary.cases import DeterminationState, State, SupplementState
from vocabulary.events import EventType
from vocabulary.parties import Actor

FINDINGS: Final = "determination.findings"
NOTE: Final = "determination.decision_note"


@dataclass(frozen=True, slots=True)
class Determination:
    """A ruling with who made it, why, and on which findings.

    `basis`: the document of an amount without arithmetic; `despite`: receipts of grants on the same
    lease to another enterprise, of which whoever made it knew.
    """

    ruling: Ruling
    reason: str
    findings: Sequence[Finding]
    bureau: str
    proposed_by: str
    from_state: State
    basis: Basis | None = None
    despite: Sequence[str] = ()


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


def reckon(conn: Connection, case: Case, determination: Determination) -> Reckoned:
    """Assess a case as if a determination were in force. Raises what the assessment raises."""
    rests_on = findings.as_official(determination.bureau, determination.findings)
    return assess.reckon_one(conn, case.id, Supposed(determination.ruling, rests_on))


def bring_into_force(
    conn: Connection,
    settings: Settings,
    case: Case,
    determination: Determination,
    actor: str,
    reckoned: Reckoned,
    stands_in: str | None = None,
    up_to: Decimal | None = None,
) -> int:
    """Record findings and the assessment with them, tell everyone. Returns the case's version.

    Takes who decides last, and in whose place as the second person; up to how many yuan nobody
    needs to decide, where nobody did.
    """
    finish_supplement(conn, case, SupplementState.CLOSED)
    by, bureau, ruling = determination.proposed_by, determination.bureau, determination.ruling
    if determination.findings:
        findings.insert(conn, case, by, bureau, determination.findings)
    assess.put_down(conn, settings, reckoned)
    is_second = actor != by
    event = desk.note(
        conn,
        case,
        EventType.DETERMINATION_MADE,
        actor,
        to_state=State.DETERMINED,
        bureau=bureau,
        granted=ruling.granted,
        amount=None if ruling.amount is None else str(ruling.amount),
        proposed_by=by if is_second else None,
        standing_in_for=stands_in,
        automatic=None if up_to is None else str(up_to),
    )
    # The assessment has counted the version up already.
    version: int = conn.exec_driver_sql(
        "UPDATE application SET determined_amount = %(amount)s WHERE id = %(id)s RETURNING version",
        {"amount": ruling.amount, "id": case.id},
    ).scalar_one()
    tell.concerned(conn, settings, case, event, knows=bureau if up_to is None else None)
    opening.open_for(conn, settings, case)
    return version


def insert(
    conn: Connection, case: Case, determination: Determination, state: DeterminationState
) -> None:
    """Write a determination down as it was made; `computed` is what the rules said to it."""
    basis, reason, row = determination.basis, determination.reason, None
    if determination.proposed_by != Actor.SYSTEM:  # whose sentence is ours, and which is by chunks
        row = texts.fresh_id(conn, "determination")
        reason = texts.seal(reason, "determination.reason", row) or ""
    found = None
    if row and determination.findings:
        listed = [asdict(each) for each in determination.findings]
        found = texts.seal(json.dumps(listed, ensure_ascii=False), FINDINGS, row)
    conn.exec_driver_sql(
        "INSERT INTO determination (id, application_id, granted, amount, computed, reason,"
        " findings, bureau, from_state, proposed_by, proposed_at, state, basis, despite)"
        " OVERRIDING SYSTEM VALUE"
        " VALUES (coalesce(%(row)s::bigint,"
        "   nextval(pg_get_serial_sequence('determination', 'id'))), %(id)s, %(granted)s,"
        "  %(amount)s, %(computed)s, %(reason)s,"
        "  coalesce(to_jsonb(%(findings)s::text), '[]'),"
        "  %(bureau)s, %(from_state)s, %(actor)s, app_now(), %(state)s,"
        "  %(basis)s::jsonb, %(despite)s)",
        {
            "row": row,
            "id": case.id,
            "granted": determination.ruling.granted,
            "amount": determination.ruling.amount,
            "computed": determination.ruling.computed,
            "reason": reason,
            "findings": found,
            "bureau": determination.bureau,
            "from_state": determination.from_state.value,
            "actor": determination.proposed_by,
            "state": state.value,
            "basis": basis and json.dumps(asdict(basis), ensure_ascii=False, default=str),
            "despite": list(determination.despite),
        },
    )


def supersede(conn: Connection, case: Case) -> None:
    """End the determination in force, because a review reopened the case."""
    conn.exec_driver_sql(
        "UPDATE determination SET state = 'superseded'"
        " WHERE application_id = %(id)s AND state = 'in_force'",
        {"id": case.id},
    )


def proposed(conn: Connection, case: Case) -> Determination:
    """The determination that waits for a second person."""
    row = conn.exec_driver_sql(
        "SELECT id, granted, amount, reason, findings, bureau, proposed_by, from_state, computed,"
        " basis, despite FROM determination WHERE application_id = %(id)s AND state = 'proposed'",
        {"id": case.id},
    ).one()
    return Determination(
        ruling=Ruling(row.granted, row.amount, row.computed),
        reason=texts.unseal(row.reason, "determination.reason", row.id) or "",
        findings=[Finding(**each) for each in rests_on(row.findings, row.id)],
        bureau=row.bureau,
        proposed_by=row.proposed_by,
        from_state=State(row.from_state),
        basis=row.basis and build(Basis, row.basis),
        despite=tuple(row.despite),
    )


def reject_proposal(conn: Connection, case: Case, actor: str, note: str) -> None:
    """Write down that a second person did not consent, and why."""
    row = _proposal(conn, case)
    conn.exec_driver_sql(
        "UPDATE determination SET state = 'rejected', decided_by = %(actor)s,"
        " decided_at = app_now(), decision_note = %(note)s WHERE id = %(id)s",
        {"id": row, "actor": actor, "note": texts.seal(note, NOTE, row)},
    )


def approve_proposal(
    conn: Connection, case: Case, actor: str, note: str, computed: Decimal | None
) -> None:
    """Write down that a second person consents, and what the rules compute for it now, yuan."""
    row = _proposal(conn, case)
    conn.exec_driver_sql(
        "UPDATE determination SET state = 'in_force', decided_by = %(actor)s,"
        " decided_at = app_now(), decision_note = %(note)s, computed = %(computed)s"
        " WHERE id = %(id)s",
        {"id": row, "actor": actor, "note": texts.seal(note, NOTE, row), "computed": computed},
    )


def rests_on(stored: object, row: int) -> list[dict[str, Any]]:
    """The findings of a determination as its column holds them. Raises KeyMissing, Unreadable."""
    if not isinstance(stored, str):
        kept: list[dict[str, Any]] = list(stored or ())  # type: ignore[call-overload]
        return kept  # none, or of an earlier release
    found: list[dict[str, Any]] = json.loads(texts.unseal(stored, FINDINGS, row) or "[]")
    return found


def _proposal(conn: Connection, case: Case) -> int:
    found: int = conn.exec_driver_sql(
        "SELECT id FROM determination WHERE application_id = %(id)s AND state = 'proposed'",
        {"id": case.id},
    ).scalar_one()
    return found
