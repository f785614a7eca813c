"""Locking and reading the applications that are to be assessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from casework.decision.candidate import Candidate, Standing
from casework.docket import states
from casework.docket.ruling import Ruling
from casework.errors import PermanentError
from casework.notices import editions
from casework.notices.editions import Edition
from casework.personal import index_key, parts, texts
from casework.personal.encryption import Unreadable
from config.keys import KeyMissing
from config.notices import NoticeDataError
from rules.keys import pseudonymised
from rules.model import Case, OfficialFinding
from store import predicates
from store.encoding import numbers
from vocabulary.cases import Act, State
from vocabulary.zone import CHINA

_LOCK = f"""
SELECT id, receipt, notice_id, provision, uscc, enterprise, facts, personal, state, received_at,
    outcome, amount, lead_bureau, copied_bureaus, visit_id,
    {predicates.VERIFIED} AS is_verified, is_trial,
    CASE WHEN transfers > 0 THEN lead_bureau END AS kept_lead,
    (SELECT app_now()) AS app_now,
    state = 'awaiting_supplement' AND EXISTS (SELECT FROM supplement AS s
        WHERE s.application_id = a.id AND s.state = 'open') AS supplement_open,
    CASE WHEN state IN ('determined', 'under_review') THEN
        (SELECT jsonb_build_object('granted', d.granted, 'amount', d.amount::text,
            'computed', d.computed::text)
         FROM determination AS d WHERE d.application_id = a.id
         AND d.state = 'in_force') END AS ruling,
    EXISTS (SELECT FROM parameter_set AS p WHERE p.notice_id = a.notice_id
        AND p.hash = ANY(%(hashes)s::bytea[])) AS edition_known
FROM application AS a WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608 -- constants


@dataclass(frozen=True, slots=True)
class Supposed:
    """A person's determination taken for one in force, with the findings it rests on, keyed as
    the rules want."""

    ruling: Ruling
    findings: Mapping[str, OfficialFinding]


@dataclass(slots=True)
class Loaded:
    """Locked applications that are to be assessed. `failed`: application id -> why it cannot be;
    `now`: business time in Asia/Shanghai, None where there is no application at all;
    `new_editions`: those they are assessed by that may not be stored yet."""

    candidates: list[Candidate] = field(default_factory=list)
    failed: dict[int, Exception] = field(default_factory=dict)
    now: datetime | None = None
    new_editions: list[Edition] = field(default_factory=list)


def load(conn: Connection, ids: Sequence[int], supposed: Mapping[int, Supposed]) -> Loaded:
    """Lock and read applications; those that are not assessed any more are left out."""
    rows = conn.exec_driver_sql(_LOCK, {"ids": numbers(ids), "hashes": editions.hashes()}).all()
    loaded = Loaded()
    for missing in set(ids) - {row.id for row in rows}:
        loaded.failed[missing] = PermanentError("there is no such application")
    if not rows:
        return loaded
    loaded.now = rows[0].app_now.astimezone(CHINA)
    stood = {word: State(word) for word in {row.state for row in rows}}
    assessable = {word for word, state in stood.items() if states.is_legal(state, Act.ASSESS)}
    rows = [row for row in rows if row.state in assessable]
    again = [row.id for row in rows if stood[row.state] is not State.RECEIVED]
    findings = _findings(conn, again)
    serials = _serials(conn, again)
    known: dict[str, Edition] = {}
    index: bytes | None = None
    for row in rows:
        edition = known.get(row.notice_id)
        if edition is None:
            try:
                edition = known[row.notice_id] = editions.edition(row.notice_id)
            except NoticeDataError as error:  # it stops the applications under it, no others
                loaded.failed[row.id] = error
                continue
            if not row.edition_known:
                loaded.new_editions.append(edition)
        state, ruling = stood[row.state], _ruling(row.ruling)
        was = _standing(row, state, serials.get(row.id, 0), ruling)
        try:
            found = _official(findings.get(row.id, ()))
            enterprise, facts = parts.put_back(row.receipt, row.enterprise, row.facts, row.personal)
            provision = edition.provisions.get(row.provision)
            if provision and provision.person and provision.items:
                index = index or index_key.read(conn)
                facts = pseudonymised(facts, provision.items, provision.person, index)
        except (KeyMissing, Unreadable) as error:
            loaded.failed[row.id] = PermanentError(str(error))
            continue
        if person := supposed.get(row.id):
            ruling, was = person.ruling, was._replace(state=State.DETERMINED)
            found = {**found, **person.findings}
        loaded.candidates.append(
            Candidate(
                application_id=row.id,
                receipt=row.receipt,
                provision=row.provision,
                edition=edition,
                was=was,
                case=Case(
                    enterprise=enterprise,
                    facts=facts,
                    received_on=row.received_at.astimezone(CHINA).date(),
                    findings=found,
                ),
                ruling=ruling,
            )
        )
    return loaded


def _standing(row: Row[Any], state: State, serial: int, ruling: Ruling | None) -> Standing:
    return Standing(
        state=state,
        uscc=row.uscc,
        outcome=row.outcome,
        amount=row.amount,
        bureaus=(row.lead_bureau, *row.copied_bureaus) if row.lead_bureau else (),
        serial=serial,
        granted=ruling is not None and ruling.granted,
        kept_lead=row.kept_lead,
        supplement_open=row.supplement_open,
        visit_id=row.visit_id,
        is_verified=row.is_verified,
        is_trial=row.is_trial,
    )


def _ruling(found: Mapping[str, Any] | None) -> Ruling | None:
    if found is None:
        return None
    return Ruling(found["granted"], _yuan(found["amount"]), _yuan(found["computed"]))


def _yuan(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _findings(conn: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """The latest official finding per application, condition and item, as stored."""
    if not ids:
        return {}
    rows = conn.exec_driver_sql(
        "SELECT DISTINCT ON (application_id, condition, item)"
        "  id, application_id, condition, item, result, bureau, note"
        " FROM official_finding WHERE application_id = ANY(%(ids)s) AND NOT by_system"
        " ORDER BY application_id, condition, item, id DESC",
        {"ids": list(ids)},
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.application_id, []).append(row)
    return found


def _official(rows: Iterable[Row[Any]]) -> dict[str, OfficialFinding]:
    """Official findings, keyed as the rules want. Raises KeyMissing, Unreadable."""
    return {
        finding_key(row.condition, row.item): OfficialFinding(
            result=row.result,
            bureau=row.bureau,
            note=texts.unseal(row.note, "official_finding.note", row.id) or "",
        )
        for row in rows
    }


def finding_key(condition: str, item: str | None) -> str:
    """How the rules are told what an official finding is about."""
    return condition if item is None else f"{condition}@{item}"


def _serials(conn: Connection, ids: Sequence[int]) -> dict[int, int]:
    if not ids:
        return {}
    rows = conn.exec_driver_sql(
        "SELECT application_id, max(serial) FROM assessment"
        " WHERE application_id = ANY(%(ids)s) GROUP BY application_id",
        {"ids": list(ids)},
    )
    return {row[0]: row[1] for row in rows}
