"""Recording official findings (认定意见); the application is then assessed again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from casework import notices
from casework.access import Principal
from casework.errors import CaseNotFound, IllegalMove, InvalidFinding, NotPermitted
from casework.receipt import normalise
from rules import PROVISIONS
from rules.provision import Finder, Provision
from store import ledger
from store.db import Database
from store.vocabulary import Stage, State

log = structlog.get_logger(__name__)


def record(
    db: Database, principal: Principal, receipt: str, findings: Sequence[Mapping[str, Any]]
) -> int:
    """Record findings and queue the re-assessment, in one transaction.

    In: per finding `condition` (code), `result` (bool), `note` (why), optionally `item` (such as
    "leases/0") and `evidence`. Per condition and item the latest finding counts.
    Out: how many were recorded. Raises NotPermitted, CaseNotFound, InvalidFinding, IllegalMove.
    """
    principal.require_writer()
    if not findings:
        raise InvalidFinding("至少需要一项认定意见。")
    with db.transaction() as conn:
        application = _lock_case(conn, principal, normalise(receipt))
        if application.state == State.RECEIVED:
            raise IllegalMove("申请尚未评定，暂不能记录认定意见。")
        provision = PROVISIONS[application.provision]
        notice = notices.edition(application.notice_id).notice
        for finding in findings:
            _check(provision, application.facts, finding)
            if notice.reserved_to(finding["condition"]) not in (None, principal.bureau):
                raise NotPermitted("该条件须经区政府决策，本单位不能作出认定。")
        _insert(conn, principal, application.id, findings)
        ledger.add(conn, Stage.ASSESS, [(application.id, None)])
    log.info("findings.recorded", receipt=application.receipt, count=len(findings))
    return len(findings)


def _lock_case(conn: Connection, principal: Principal, receipt: str) -> Row[Any]:
    row = conn.exec_driver_sql(
        "SELECT id, receipt, notice_id, provision, facts, state FROM application"
        " WHERE receipt = %(receipt)s"
        " AND (lead_bureau = %(bureau)s OR copied_bureaus @> ARRAY[%(bureau)s]::text[])"
        " FOR NO KEY UPDATE",
        {"receipt": receipt, "bureau": principal.bureau},
    ).one_or_none()
    if row is None:
        raise CaseNotFound
    return row


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


def _insert(
    conn: Connection,
    principal: Principal,
    application_id: int,
    findings: Sequence[Mapping[str, Any]],
) -> None:
    conn.exec_driver_sql(
        "INSERT INTO official_finding (application_id, condition, item, result, note, evidence,"
        " actor, bureau, recorded_at)"
        " SELECT %(id)s, condition, item, result, note, evidence, %(actor)s, %(bureau)s, app_now()"
        " FROM unnest(%(conditions)s::text[], %(items)s::text[], %(results)s::bool[],"
        "  %(notes)s::text[], %(evidence)s::text[])"
        "  AS u (condition, item, result, note, evidence)",
        {
            "id": application_id,
            "actor": principal.actor,
            "bureau": principal.bureau,
            "conditions": [finding["condition"] for finding in findings],
            "items": [finding.get("item") for finding in findings],
            "results": [finding["result"] for finding in findings],
            "notes": [finding["note"] for finding in findings],
            "evidence": [finding.get("evidence") for finding in findings],
        },
    )
    conn.exec_driver_sql(
        "INSERT INTO event (application_id, type, actor, data, at)"
        " VALUES (%(id)s, 'finding.recorded', %(actor)s, %(data)s::jsonb, app_now())",
        {
            "id": application_id,
            "actor": principal.actor,
            "data": json.dumps(
                {
                    "bureau": principal.bureau,
                    "count": len(findings),
                    "conditions": sorted({finding["condition"] for finding in findings}),
                }
            ),
        },
    )
