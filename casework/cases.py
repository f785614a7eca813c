"""A bureau's cases: those it leads and those it is copied on, and no others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from casework import caps, dossier, offers, paging, progress, trail, words
from casework.access import Principal
from casework.errors import CaseNotFound
from casework.receipt import normalise
from casework.rights import Right
from casework.shown import local, yuan
from config.settings import Settings
from rules.explain import OUTCOME_TEXT
from store.db import Database


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the case list; None means any.

    `leading`: cases the bureau leads, or is copied on; `acknowledged`, `callback` (an open one):
    yes or no; `received_from`, `received_to`: days in Asia/Shanghai, both included; `q`: a receipt,
    a credit code, or part of a name.
    """

    state: str | None = None
    outcome: str | None = None
    provision: str | None = None
    leading: bool | None = None
    acknowledged: bool | None = None
    callback: bool | None = None
    received_from: date | None = None
    received_to: date | None = None
    q: str | None = None


ANY = Wanted()

_LIST = """
SELECT a.id, a.receipt, a.provision, a.name, a.uscc, a.state, a.outcome, a.amount,
    a.determined_amount, a.received_at, a.acknowledged_at, a.version,
    a.lead_bureau = %(bureau)s AS leads
FROM application AS a
WHERE (a.lead_bureau = %(bureau)s OR a.copied_bureaus @> ARRAY[%(bureau)s]::text[])
    AND (%(state)s::text IS NULL OR a.state = %(state)s)
    AND (%(outcome)s::text IS NULL OR a.outcome = %(outcome)s)
    AND (%(provision)s::text IS NULL OR a.provision = %(provision)s)
    AND (%(leading)s::bool IS NULL OR (a.lead_bureau = %(bureau)s) = %(leading)s)
    AND (%(acknowledged)s::bool IS NULL
        OR (a.acknowledged_at IS NOT NULL) = %(acknowledged)s)
    AND (%(callback)s::bool IS NULL OR %(callback)s = EXISTS (SELECT FROM callback AS c
        WHERE c.application_id = a.id AND c.bureau = %(bureau)s AND c.done_at IS NULL))
    AND (%(received_from)s::date IS NULL
        OR a.received_at >= %(received_from)s::date::timestamp AT TIME ZONE 'Asia/Shanghai')
    AND (%(received_to)s::date IS NULL
        OR a.received_at < (%(received_to)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')
    AND (%(q)s::text IS NULL OR a.receipt = %(number)s OR a.uscc = %(number)s
        OR a.name ILIKE %(like)s)
    AND (%(before)s::bigint IS NULL OR a.id < %(before)s)
ORDER BY a.id DESC LIMIT %(limit)s
"""


def list_cases(
    db: Database,
    principal: Principal,
    wanted: Wanted = ANY,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """The bureau's cases, newest first; that they were looked at is an event.

    In: filters; go on below this id; at most so many. Out: `items`, `next`. Raises NotPermitted.
    """
    principal.require(Right.LIST_CASES)
    size = paging.bounded(limit)
    values = {
        **asdict(wanted),
        "bureau": principal.bureau,
        "number": normalise(wanted.q) if wanted.q else None,
        "like": f"%{_literal(wanted.q)}%" if wanted.q else None,
        "before": before,
        "limit": size + 1,
    }
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(_LIST, values).all()
        shown = [row.receipt for row in rows[:size]]
        trail.looked(conn, principal, "access.cases_listed", receipts=shown)
    return paging.page(rows, size, _case)


def read(db: Database, settings: Settings, principal: Principal, receipt: str) -> dict[str, Any]:
    """One case with everything the applicant filed and every official finding.

    That it was read is an event. Raises NotPermitted, CaseNotFound if there is none or it is not
    this bureau's.
    """
    principal.require(Right.READ_CASE)
    with db.transaction() as conn:
        found = dossier.read(conn, settings, normalise(receipt))
        if found is None or principal.bureau not in _bureaus(found.row):
            raise CaseNotFound
        findings = conn.exec_driver_sql(
            "SELECT condition, item, result, note, evidence, actor, bureau, recorded_at"
            " FROM official_finding WHERE application_id = %(id)s ORDER BY id",
            {"id": found.row["id"]},
        ).all()
        cap = _cap(conn, found.row)
        trail.looked(conn, principal, "access.case_read", application_id=found.row["id"])
    return {
        **dossier.summary(found, officer=True),
        "leads": found.row["lead_bureau"] == principal.bureau,
        "casework": {
            **progress.for_bureau(found.row),
            "cap": cap,
            "actions": offers.to_bureau(principal, found.notice, found.row),
        },
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


def _cap(conn: Connection, row: Mapping[str, Any]) -> dict[str, str] | None:
    """What other applications of the institution were granted, as things stand: for officers, since
    anybody may name an institution."""
    claim = (row["document"] or {}).get("cap")
    if claim is None:
        return None
    used = caps.used(conn, claim["account"], row["id"])
    return {
        "account": claim["account"].partition(":")[2],
        "granted_elsewhere": str(used),
        "room": str(max(Decimal("0.00"), Decimal(claim["limit"]) - used)),
    }


def _literal(text: str) -> str:
    """Text for ILIKE in which nothing is a wildcard."""
    return re.sub(r"([\\%_])", r"\\\1", text)


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
        "determined_amount": yuan(row.determined_amount),
        "acknowledged": row.acknowledged_at is not None,
        "version": row.version,
        "received_at": local(row.received_at),
        "leads": bool(row.leads),
    }
