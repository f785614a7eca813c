"""Recording official findings (认定意见); the application is then assessed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection

from casework import desk, notices
from casework.access import Principal
from casework.desk import Case, Versions
from casework.errors import InvalidFinding, NotPermitted
from casework.rights import Right
from casework.states import Act
from rules import PROVISIONS
from rules.provision import Finder, Provision
from store import ledger
from store.db import Database
from store.vocabulary import Stage

log = structlog.get_logger(__name__)


def record(
    db: Database,
    principal: Principal,
    receipt: str,
    findings: Sequence[Mapping[str, Any]],
    *,
    versions: Versions | None = None,
) -> int:
    """Record findings and queue the re-assessment, in one transaction.

    In: per finding `condition` (code), `result` (bool), `note` (why), optionally `item` (such as
    "leases/0") and `evidence`; the versions the caller has seen. Per condition and item the latest
    finding counts. Out: how many were recorded. Raises NotPermitted, CaseNotFound, VersionChanged,
    InvalidFinding, IllegalMove.
    """
    principal.require(Right.RECORD_FINDING)
    if not findings:
        raise InvalidFinding("至少需要一项认定意见。")
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        desk.check(case, Act.RECORD_FINDING)
        check(case, principal.bureau, findings)
        insert(conn, case, principal.actor, principal.bureau, findings)
        desk.save(conn, case)
        ledger.add(conn, Stage.ASSESS, [(case.id, None)])
    log.info("findings.recorded", receipt=case.receipt, count=len(findings))
    return len(findings)


def check(case: Case, bureau: str, findings: Sequence[Mapping[str, Any]]) -> None:
    """Raises InvalidFinding or NotPermitted for findings this bureau cannot make of this case."""
    provision = PROVISIONS[case.provision]
    notice = notices.edition(case.notice_id).notice
    for finding in findings:
        _check(provision, case.facts, finding)
        if notice.reserved_to(finding["condition"]) not in (None, bureau):
            raise NotPermitted("该条件须经区政府决策，本单位不能作出认定。")


def _check(provision: Provision, facts: Mapping[str, Any], finding: Mapping[str, Any]) -> None:
    code, item = finding["condition"], finding.get("item")
    try:
        condition = provision.condition(code)
    except KeyError:
        raise InvalidFinding(f"本条款没有条件 {code}。") from None
    if condition.finder is Finder.NONE:
        raise InvalidFinding(f"条件 {code} 由系统按所报事实判定，不作人工认定。")
    if item is None:
        return
    items = range(len(facts.get(provision.items) or ())) if provision.items else ()
    named = {f"{provision.items}/{position}" for position in items}
    if item not in named or condition not in provision.item_conditions:
        raise InvalidFinding(f"条件 {code} 没有项目 {item}。")


def insert(
    conn: Connection,
    case: Case,
    actor: str,
    bureau: str,
    findings: Sequence[Mapping[str, Any]],
) -> None:
    """Write findings and their event; the caller has checked them and has the case locked."""
    conn.exec_driver_sql(
        "INSERT INTO official_finding (application_id, condition, item, result, note, evidence,"
        " actor, bureau, recorded_at)"
        " SELECT %(id)s, condition, item, result, note, evidence, %(actor)s, %(bureau)s, app_now()"
        " FROM unnest(%(conditions)s::text[], %(items)s::text[], %(results)s::bool[],"
        "  %(notes)s::text[], %(evidence)s::text[])"
        "  AS u (condition, item, result, note, evidence)",
        {
            "id": case.id,
            "actor": actor,
            "bureau": bureau,
            "conditions": [finding["condition"] for finding in findings],
            "items": [finding.get("item") for finding in findings],
            "results": [finding["result"] for finding in findings],
            "notes": [finding["note"] for finding in findings],
            "evidence": [finding.get("evidence") for finding in findings],
        },
    )
    desk.note(
        conn,
        case,
        "finding.recorded",
        actor,
        bureau=bureau,
        count=len(findings),
        conditions=sorted({finding["condition"] for finding in findings}),
    )
