"""A bureau's cases: those it leads and those it is copied on, and no others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from casework import paging
from casework.acts import open_acts
from casework.decision import caps
from casework.docket import trail
from casework.docket.finders import waiting
from casework.docket.promises import FACTS, Promise, is_overdue, open_promises
from casework.errors import CaseNotFound
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from casework.views import dossier, name_search, progress
from config.settings import Settings
from schemas.applicant import Applicant
from schemas.cases import Case, CasePage, CaseSummary, Filed, Headroom
from schemas.findings import RecordedFinding
from schemas.kit.answers import build
from schemas.promises import Deadline
from store import predicates
from store.db import Database
from vocabulary.cases import State
from vocabulary.events import EventType
from vocabulary.identity import IdentityLevel, level_text
from vocabulary.outcomes import Outcome
from vocabulary.zone import CHINA


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the case list; None means any.

    `leading`: cases the bureau leads, or is copied on; `acknowledged`, `callback` (an open one),
    `to_call` (somebody to be told by telephone): yes or no; `received_from`, `received_to`: days in
    Asia/Shanghai, both included; `q`: a receipt, a credit code, or part of a name, a former one
    too, in any usual writing; `overdue`: a promised day is past, or none is; `waiting_for`: a
    condition that waits for an official; `question`: an open question's id;
    `identity`: how far it is known who files.
    """

    state: str | None = None
    outcome: str | None = None
    provision: str | None = None
    leading: bool | None = None
    acknowledged: bool | None = None
    callback: bool | None = None
    to_call: bool | None = None
    received_from: date | None = None
    received_to: date | None = None
    q: str | None = None
    overdue: bool | None = None
    waiting_for: str | None = None
    question: str | None = None
    identity: str | None = None


ANY = Wanted()

_WAITING = "'awaiting_determination', 'awaiting_supplement', 'supplemented'"
SCAN = 200
"""Cases read at a time where the promised days, which are derived, decide which are shown."""

_LIST = f"""
SELECT a.id, a.receipt, a.provision, a.name, a.uscc, a.identity,
    a.identity_checked_at, a.state, a.outcome, a.amount,
    a.determined_amount, a.received_at, a.acknowledged_at, a.version,
    a.lead_bureau = %(bureau)s AS leads, nullif(s.document, jsonb_build_object()) AS document,
    {FACTS} AS promised, app_now() AS now
FROM application AS a
LEFT JOIN assessment AS s ON s.application_id = a.id AND s.in_force
WHERE {predicates.ON_THE_CASE}
    AND (%(state)s::text IS NULL OR a.state = %(state)s)
    AND (%(outcome)s::text IS NULL OR a.outcome = %(outcome)s)
    AND (%(identity)s::text IS NULL OR a.identity = %(identity)s)
    AND (%(provision)s::text IS NULL OR a.provision = %(provision)s)
    AND (%(leading)s::bool IS NULL OR (a.lead_bureau = %(bureau)s) = %(leading)s)
    AND (%(acknowledged)s::bool IS NULL
        OR (a.acknowledged_at IS NOT NULL) = %(acknowledged)s)
    AND (%(callback)s::bool IS NULL OR %(callback)s = EXISTS (SELECT FROM callback AS c
        WHERE c.application_id = a.id AND c.bureau = %(bureau)s AND c.done_at IS NULL))
    AND (%(to_call)s::bool IS NULL OR %(to_call)s = EXISTS (SELECT FROM delivery AS d
        WHERE d.application_id = a.id AND d.channel = 'call' AND d.state = 'pending'))
    AND (%(received_from)s::date IS NULL
        OR {predicates.RECEIVED_FROM})
    AND (%(received_to)s::date IS NULL
        OR {predicates.RECEIVED_TO})
    {name_search.CONDITION}
    AND (%(waits)s::text IS NULL OR a.state IN ({_WAITING}) AND (
        s.document -> 'findings' @> %(for_finding)s::jsonb
        OR s.document -> 'findings' @> %(for_reading)s::jsonb))
    AND (%(question)s::text IS NULL OR s.document -> 'questions' ? %(question)s)
    AND (%(before)s::bigint IS NULL OR a.id < %(before)s)
ORDER BY a.id DESC LIMIT %(limit)s
"""  # noqa: S608 -- constants


def list_cases(
    db: Database,
    settings: Settings,
    principal: Principal,
    wanted: Wanted = ANY,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> CasePage:
    """The bureau's cases, newest first; that they were looked at is an event.

    Raises NotPermitted.
    """
    principal.require(Right.LIST_CASES)
    size = paging.bounded(limit)
    values = {
        **asdict(wanted),
        "bureau": principal.bureau,
        "waits": wanted.waiting_for,
        **{
            f"for_{cause}": json.dumps(
                [{"code": wanted.waiting_for, "result": "unknown", "cause": cause}]
            )
            for cause in ("finding", "reading")
        },
        "before": before,
        "limit": size + 1,
    }
    with db.transaction() as conn:
        values |= name_search.seek(conn, wanted.q).values()
        rows = _rows(conn, settings, values, size + 1, wanted.overdue)
        shown = [row.id for row in rows[:size]]
        trail.looked(conn, principal, EventType.ACCESS_CASES_LISTED, shown)
    return paging.page(CasePage, rows, size, partial(_case, settings))


def _rows(
    conn: Connection,
    settings: Settings,
    values: dict[str, Any],
    wanted: int,
    overdue: bool | None,
) -> list[Row[Any]]:
    """So many rows, newest first. Promised days are derived: each row is asked if it is late."""
    if overdue is None:
        return list(conn.exec_driver_sql(_LIST, values).all())
    found: list[Row[Any]] = []
    while len(found) < wanted:
        read = conn.exec_driver_sql(_LIST, {**values, "limit": SCAN}).all()
        found += [row for row in read if _is_overdue(settings, row) is overdue]
        if len(read) < SCAN:
            break
        values = {**values, "before": read[-1].id}
    return found[:wanted]


def _promised(settings: Settings, row: Row[Any]) -> list[Promise]:
    return open_promises(settings.practice, row.promised, row.now.astimezone(CHINA).date())


def _is_overdue(settings: Settings, row: Row[Any]) -> bool:
    practice = settings.practice
    return any(
        is_overdue(practice, promise, row.now.astimezone(CHINA))
        for promise in _promised(settings, row)
    )


def read(db: Database, settings: Settings, principal: Principal, receipt: str) -> Case:
    """One case with everything the applicant filed and every official finding.

    That it was read is an event. Raises NotPermitted, CaseNotFound if there is none or it is not
    this bureau's.
    """
    principal.require(Right.READ_CASE)
    with db.transaction() as conn:
        found = dossier.read(conn, settings, receipt)
        if found is None or principal.bureau not in _bureaus(found.row):
            raise CaseNotFound
        findings = conn.exec_driver_sql(
            "SELECT id, condition, item, result, note, evidence, actor, bureau, by_system,"
            " recorded_at"
            " FROM official_finding WHERE application_id = %(id)s ORDER BY id",
            {"id": found.row["id"]},
        ).all()
        cap = _cap(conn, found.row)
        trail.looked(conn, principal, EventType.ACCESS_CASE_READ, [found.row["id"]])
        # What it meets is shown with it: receipts, amounts and bureaus of other cases.
        met = [other.id for other, _ in found.met.others] if found.met else []
        trail.looked(conn, principal, EventType.ACCESS_OVERLAPS_READ, met)
    return dossier.summary(
        Case,
        found,
        officer=True,
        leads=found.row["lead_bureau"] == principal.bureau,
        casework=progress.for_bureau(
            found.row,
            cap,
            open_acts.to_bureau(principal, found.edition, found.row),
            found.bureau_name,
        ),
        application=build(Filed, found.row),
        official_findings=[_recorded(row) for row in findings],
    )


def _recorded(row: Row[Any]) -> RecordedFinding:
    said = {
        name: texts.unseal(row._mapping[name], f"official_finding.{name}", row.id)  # noqa: SLF001
        for name in ("note", "evidence")
    }
    return build(RecordedFinding, row, **said)


def _cap(conn: Connection, row: Mapping[str, Any]) -> Headroom | None:
    """What other applications of the institution were granted, as things stand: for officers, since
    anybody may name an institution."""
    claim = (row["document"] or {}).get("cap")
    if claim is None:
        return None
    used = caps.used(conn, claim["account"], row["id"])
    return Headroom(
        account=claim["account"].partition(":")[2],
        granted_elsewhere=used,
        headroom=max(Decimal("0.00"), Decimal(claim["limit"]) - used),
    )


def _bureaus(row: Any) -> set[str]:
    return {row["lead_bureau"], *row["copied_bureaus"]}


def _case(settings: Settings, row: Row[Any]) -> CaseSummary:
    document = row.document or {"findings": ()}
    promised = _promised(settings, row)
    waits = waiting(document) if f"'{row.state}'" in _WAITING else ()
    outcome = Outcome(row.outcome) if row.outcome else None
    return build(
        CaseSummary,
        row,
        enterprise=Applicant(name=row.name, uscc=row.uscc),
        identity_text=level_text(
            IdentityLevel(row.identity), is_checked=row.identity_checked_at is not None
        ),
        state_text=State(row.state).label,
        outcome_text=outcome and outcome.result(determined=State(row.state).is_ruled),
        acknowledged=row.acknowledged_at is not None,
        deadline=promised[0].shown(Deadline) if promised else None,
        overdue=_is_overdue(settings, row),
        waiting_for=list(dict.fromkeys(each["code"] for each in waits)),
        questions=list(document.get("questions", ())),
    )
