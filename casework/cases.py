"""A bureau's cases: those it leads and those it is copied on, and no others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from casework import dossier, paging, words
from casework.access import Principal
from casework.dossier import local, yuan
from casework.errors import CaseNotFound
from casework.receipt import normalise
from rules.explain import OUTCOME_TEXT
from store.db import Database


def list_cases(
    db: Database,
    principal: Principal,
    *,
    state: str | None = None,
    outcome: str | None = None,
    provision: str | None = None,
    leading: bool | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """The bureau's cases, newest first.

    In: exact filters (None: any); `leading` separates cases it leads from those it is copied on;
    go on below this id; at most so many. Out: `items`, `next`.
    """
    size = paging.bounded(limit)
    wanted = {
        "bureau": principal.bureau,
        "state": state,
        "outcome": outcome,
        "provision": provision,
        "leading": leading,
        "before": before,
        "limit": size + 1,
    }
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT id, receipt, provision, name, uscc, state, outcome, amount, received_at,"
            "  lead_bureau = %(bureau)s AS leads"
            " FROM application"
            " WHERE (lead_bureau = %(bureau)s OR copied_bureaus @> ARRAY[%(bureau)s]::text[])"
            "  AND (%(state)s::text IS NULL OR state = %(state)s)"
            "  AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)"
            "  AND (%(provision)s::text IS NULL OR provision = %(provision)s)"
            "  AND (%(leading)s::bool IS NULL OR (lead_bureau = %(bureau)s) = %(leading)s)"
            "  AND (%(before)s::bigint IS NULL OR id < %(before)s)"
            " ORDER BY id DESC LIMIT %(limit)s",
            wanted,
        ).all()
    return paging.page(rows, size, _case)


def read(db: Database, principal: Principal, receipt: str) -> dict[str, Any]:
    """One case with everything the applicant filed and every official finding.

    Raises CaseNotFound if there is none or it is not this bureau's.
    """
    with db.statement() as conn:
        found = dossier.read(conn, normalise(receipt))
        if found is None or principal.bureau not in _bureaus(found.row):
            raise CaseNotFound
        findings = conn.exec_driver_sql(
            "SELECT condition, item, result, note, evidence, actor, bureau, recorded_at"
            " FROM official_finding WHERE application_id = %(id)s ORDER BY id",
            {"id": found.row["id"]},
        ).all()
    return {
        **dossier.summary(found),
        "version": found.row["version"],
        "leads": found.row["lead_bureau"] == principal.bureau,
        "application": {
            "enterprise": found.row["enterprise"],
            "facts": found.row["facts"],
        },
        "official_findings": [
            {
                "condition": row.condition,
                "item": row.item,
                "result": row.result,
                "note": row.note,
                "evidence": row.evidence,
                "bureau": row.bureau,
                "actor": row.actor,
                "recorded_at": local(row.recorded_at),
            }
            for row in findings
        ],
    }


def _bureaus(row: Any) -> set[str]:
    return {row["lead_bureau"], *row["copied_bureaus"]}


def _case(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "receipt": row.receipt,
        "provision": row.provision,
        "enterprise": {"name": row.name, "uscc": row.uscc},
        "state": row.state,
        "state_text": words.STATE_TEXT[row.state],
        "outcome": row.outcome,
        "outcome_text": OUTCOME_TEXT[row.outcome] if row.outcome else None,
        "amount": yuan(row.amount),
        "received_at": local(row.received_at),
        "leads": bool(row.leads),
    }
