"""Recording official findings (认定意见); the application is then assessed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection

from casework.acts import determination_rules
from casework.decision.loading import finding_key
from casework.docket import desk
from casework.docket.bulk import each
from casework.docket.desk import Case, Versions
from casework.docket.finders import Document, finders
from casework.errors import Invalid, NotPermitted
from casework.notices import editions
from casework.notices.editions import Edition
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import texts
from rules.model import FALSE, UNKNOWN, OfficialFinding
from rules.model import Case as FiledCase
from rules.provision import Condition, Finder, Provision, View
from schemas.bulk import DoneList
from schemas.findings import Finding
from store import ledger, predicates
from store.db import Database
from vocabulary.cases import Act, State
from vocabulary.events import EventType
from vocabulary.people import Role
from vocabulary.work import Stage

log = structlog.get_logger(__name__)


class InvalidFinding(Invalid):
    """The finding names a condition or item the application does not have, or says nothing."""

    code = "invalid_finding"
    title = "认定内容无效"
    message = "认定内容无效。"


class EvidenceRequired(InvalidFinding):
    """A finding "met" goes against what the applicant says itself, and names nothing it rests on.
    `pointer`: where the body should (RFC 6901)."""

    code = "evidence_required"
    title = "须写明依据材料"

    def __init__(self, condition: str, place: int) -> None:
        super().__init__(
            f"条件 {condition}：申报单位自己填报的情况与此相反。记录为符合的，请逐件办理，写明"
            "依据材料；填报有误的，也可以要求补正。"
        )
        self.pointer = f"/findings/{place}/evidence"


def record(
    db: Database,
    principal: Principal,
    receipt: str,
    findings: Sequence[Finding],
    *,
    versions: Versions | None = None,
) -> int:
    """Record findings and queue the re-assessment, in one transaction.

    What a bureau's system records is evidence: it is shown to the officers, and changes nothing
    until a person finds or determines it. Takes the versions the caller has seen. Returns how many
    were recorded. Raises NotPermitted, CaseNotFound, VersionChanged, InvalidFinding, IllegalMove.
    """
    principal.require(Right.RECORD_FINDING)
    if not findings:
        raise InvalidFinding("至少需要一项认定意见。")
    with db.transaction() as conn:
        case = desk.open_case(conn, principal, receipt, versions)
        desk.check(case, Act.RECORD_FINDING)
        check(conn, case, principal.bureau, findings, determination_rules.document(conn, case))
        by_system = principal.role is Role.SYSTEM
        insert(conn, case, principal.actor, principal.bureau, findings, by_system=by_system)
        desk.save(conn, case)
        if not by_system:
            ledger.add(conn, Stage.ASSESS, [(case.id, None)])
    log.info("findings.recorded", receipt=case.receipt, count=len(findings))
    return len(findings)


def record_many(
    db: Database,
    principal: Principal,
    seen: Mapping[str, int],
    findings: Sequence[Finding],
) -> DoneList:
    """Record the same findings on several cases, each in a transaction of its own.

    `versions`: by receipt what the caller has seen. Returns what `bulk.each` does. Raises
    NotPermitted.
    """
    principal.require(Right.RECORD_FINDING)

    def one(receipt: str) -> None:
        record(db, principal, receipt, findings, versions=frozenset({seen[receipt]}))

    return each(seen, one)


def check(
    conn: Connection,
    case: Case,
    bureau: str,
    findings: Sequence[Finding],
    document: Document,
) -> None:
    """Raises InvalidFinding, EvidenceRequired or NotPermitted for findings this bureau cannot make
    of this case, or not so."""
    edition = editions.edition(case.notice_id)
    provision, notice = edition.provisions[case.provision], edition.notice
    denied = _denied(conn, case)
    for place, finding in enumerate(findings):
        condition = _condition(provision, case.facts, finding)
        bureaus = case.lead_bureau, case.copied_bureaus
        may = finders(notice, document, *bureaus, condition.code, finding.item)
        if not may:
            raise InvalidFinding(f"条件 {condition.code} 的各项须由不同单位认定，请逐项写明项目。")
        if bureau not in may:
            names = "、".join(notice.name_of(each) for each in may)
            raise NotPermitted(f"条件 {condition.code} 须由{names}认定，本单位不能记录认定意见。")
        if finding.result and finding.place not in denied:
            _check_effect(case, document, condition, finding.item)
        if (
            finding.result
            and not finding.evidence
            and condition.finder is Finder.SETTLES
            and _is_answered(case, document, condition)
            and _says_otherwise(conn, case, edition, condition)
        ):
            raise EvidenceRequired(condition.code, place)


def _is_answered(case: Case, document: Document, condition: Condition) -> bool:
    """Whether something other than a person may have answered a condition, or a person has."""
    rows = [row for row in document["findings"] if row["code"] == condition.code]
    return case.state is State.SUPPLEMENTED or any(row["result"] != UNKNOWN for row in rows)


def _says_otherwise(conn: Connection, case: Case, edition: Edition, condition: Condition) -> bool:
    """Whether the applicant's own facts fail a condition, whatever was found since."""
    if condition not in edition.provisions[case.provision].conditions:
        return False
    received_on = conn.exec_driver_sql(
        f"SELECT {predicates.day('received_at')} FROM application WHERE id = %(id)s",  # noqa: S608 -- a constant
        {"id": case.id},
    ).scalar_one()
    filed = FiledCase(case.enterprise, case.facts, received_on)
    view = View(filed, edition.notice, edition.notice.in_force(received_on))
    return condition.check(view).truth is FALSE


def _condition(provision: Provision, facts: Mapping[str, Any], finding: Finding) -> Condition:
    code, item = finding.place
    try:
        condition = provision.condition(code)
    except KeyError:
        raise InvalidFinding(f"本条款没有条件 {code}。") from None
    if condition.finder is Finder.NONE:
        raise InvalidFinding(
            f"条件 {code} 由系统按所报事实核对，不作人工认定；事实有误的，请要求补正。"
        )
    if item is None:
        return condition
    items = range(len(facts.get(provision.items) or ())) if provision.items else ()
    named = {f"{provision.items}/{position}" for position in items}
    if item not in named or condition not in provision.item_conditions:
        raise InvalidFinding(f"条件 {code} 没有项目 {item}。")
    return condition


def _denied(conn: Connection, case: Case) -> set[tuple[str, str | None]]:
    """Conditions (and items) last found not met: finding them met takes that back."""
    rows = conn.exec_driver_sql(
        "SELECT DISTINCT ON (condition, item) condition, item, result FROM official_finding"
        " WHERE application_id = %(id)s AND NOT by_system ORDER BY condition, item, id DESC",
        {"id": case.id},
    )
    return {(row.condition, row.item) for row in rows if not row.result}


def _check_effect(
    case: Case, document: Mapping[str, Any], condition: Condition, item: str | None
) -> None:
    """A finding "met" on what the computer decides would change nothing. Raises InvalidFinding."""
    if condition.finder is Finder.SETTLES or case.state is State.SUPPLEMENTED:
        return  # after a supplement the computer's answer is not known yet
    rows = [
        row
        for row in document["findings"]
        if row["code"] == condition.code and item in (None, row.get("item"))
    ]
    if condition.finder is Finder.OPEN and any(
        row.get("found_by") or row.get("cause") in ("finding", "reading") for row in rows
    ):
        return
    why = "系统按所报事实核对为符合，无须认定"
    if any(row["result"] == "false" for row in rows):
        why = "系统按所报事实核对为不符合"
    elif any(row["result"] == "unknown" for row in rows):
        why = "所需事实尚未填报"
    raise InvalidFinding(
        f"条件 {condition.code}：{why}，记录为符合不会生效；只能记录不符合，事实有误的请要求补正。"
    )


def as_official(bureau: str, findings: Sequence[Finding]) -> dict[str, OfficialFinding]:
    """Findings that a bureau makes today, keyed as the rules want, before they are recorded."""
    return {
        finding_key(*finding.place): OfficialFinding(
            result=finding.result,
            bureau=bureau,
            note=finding.note,
        )
        for finding in findings
    }


def _sealed(ids: Sequence[int], findings: Sequence[Finding]) -> dict[str, list[str | None]]:
    """What was written to findings, for the rows that they are to have."""
    made = list(zip(ids, findings, strict=True))
    return {
        "notes": [texts.seal(each.note, "official_finding.note", id_) for id_, each in made],
        "evidence": [
            texts.seal(each.evidence, "official_finding.evidence", id_) for id_, each in made
        ],
    }


def insert(
    conn: Connection,
    case: Case,
    actor: str,
    bureau: str,
    findings: Sequence[Finding],
    *,
    by_system: bool = False,
) -> None:
    """Write findings and their event; the caller has checked them and has the case locked."""
    ids = texts.fresh_ids(conn, "official_finding", len(findings))
    conn.exec_driver_sql(
        "INSERT INTO official_finding (id, application_id, condition, item, result, note, evidence,"
        " actor, bureau, by_system, recorded_at)"
        " OVERRIDING SYSTEM VALUE"
        " SELECT u.id, %(id)s, condition, item, result, note, evidence, %(actor)s, %(bureau)s,"
        "  %(by_system)s, app_now()"
        " FROM unnest(%(ids)s::bigint[], %(conditions)s::text[], %(items)s::text[],"
        "  %(results)s::bool[], %(notes)s::text[], %(evidence)s::text[])"
        "  AS u (id, condition, item, result, note, evidence)",
        {
            "id": case.id,
            "ids": ids,
            "actor": actor,
            "bureau": bureau,
            "by_system": by_system,
            "conditions": [finding.condition for finding in findings],
            "items": [finding.item for finding in findings],
            "results": [finding.result for finding in findings],
            **_sealed(ids, findings),
        },
    )
    desk.note(
        conn,
        case,
        EventType.EVIDENCE_RECORDED if by_system else EventType.FINDING_RECORDED,
        actor,
        bureau=bureau,
        count=len(findings),
        conditions=sorted({finding.condition for finding in findings}),
    )
