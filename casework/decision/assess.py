"""Assessing applications: decide, route, tell the bureaus, schedule the visit. By the chunk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection

from casework import editions
from casework.decision import benefits, cap_room, caps, recording
from casework.decision.benefits import Open, Ruling
from casework.decision.recording import Decision
from casework.docket import states
from casework.docket.states import Act
from casework.editions import Edition
from casework.errors import PermanentError
from casework.work import run as work
from casework.work.run import Report
from config.settings import Settings
from rules.model import Case, OfficialFinding, Outcome
from rules.notice import DISTRICT_GOVERNMENT
from rules.routing import route
from store.db import CHINA, Database
from store.encoding import numbers
from store.ledger import Item
from vocabulary.records import Stage, State

log = structlog.get_logger(__name__)


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> Report:
    """Assess the applications of these work items; everything commits in one transaction.

    In: ids of items of stage "assess"; those gone or held by another worker are passed over, so
    a doubled message has no second effect. `careful`: see `casework.work.run`. Raises
    RetryableError if the database went away.
    """
    edition = editions.edition(settings.notice_id)
    handler = partial(_assess, settings, edition)
    return work.run(db, settings, Stage.ASSESS, item_ids, handler, careful=careful)


def at_once(conn: Connection, settings: Settings, application_id: int) -> None:
    """Assess one application again within the caller's transaction, as a work item would.

    Raises what the assessment raises; the caller's transaction is then to be rolled back.
    """
    edition = editions.edition(settings.notice_id)
    failed = _assess(settings, edition, conn, [Item(id=0, subject_id=application_id, attempts=0)])
    for error in failed.values():
        raise error


def _assess(
    settings: Settings, edition: Edition, conn: Connection, items: list[Item]
) -> dict[int, Exception]:
    failed: dict[int, Exception] = {}
    by_subject: dict[int, list[int]] = {}
    for item in items:
        by_subject.setdefault(item.subject_id, []).append(item.id)
    known, standing, cases, now = _load(conn, edition, list(by_subject))
    for subject in by_subject.keys() - known:
        error = PermanentError("there is no such application")
        failed.update(dict.fromkeys(by_subject[subject], error))

    benefits.related(conn, cases)
    good: list[Open] = []
    for case in cases:
        try:
            case.decide(edition.notice)
        except Exception as error:  # noqa: BLE001 -- one bad case must not stop its neighbours
            failed.update(dict.fromkeys(by_subject[case.application_id], error))
        else:
            good.append(case)
    benefits.claim_benefits(conn, good, edition.notice)
    caps.claim(conn, good, edition.notice)

    decisions = [_decision(case, standing[case.application_id], edition) for case in good]
    recording.record(conn, settings, edition, decisions, now)
    cap_room.tell(conn, settings, good, standing, now)
    # Each application's own record of it is its event; a line per chunk names the ends of it.
    log.info(
        "applications.assessed",
        count=len(decisions),
        first=decisions[0].receipt if decisions else None,
        last=decisions[-1].receipt if decisions else None,
        failed=len(failed),
    )
    return failed


def _decision(case: Open, was: recording.Standing, edition: Edition) -> Decision:
    assessment = case.assessment
    if assessment is None:
        raise RuntimeError("a case reached recording without an assessment")
    return Decision(
        application_id=case.application_id,
        receipt=case.receipt,
        was=was,
        state=states.move(was.state, assessment.outcome, supplement_open=was.supplement_open),
        assessment=assessment,
        route=route(case.provision, case.case, edition.notice),
        decided_above=edition.notice.provisions[case.provision]["decider"] == DISTRICT_GOVERNMENT,
    )


def _load(
    conn: Connection, edition: Edition, ids: Sequence[int]
) -> tuple[set[int], dict[int, recording.Standing], list[Open], datetime]:
    """Lock and read applications.

    Out: which of them exist, how those that are still assessed stood, their open cases, business
    time.
    """
    rows = conn.exec_driver_sql(
        "SELECT id, receipt, provision, uscc, enterprise, facts, state, received_at,"
        " outcome, amount, lead_bureau, copied_bureaus, assigned_bureau, visit_id,"
        " (SELECT app_now()) AS app_now,"
        " state = 'awaiting_supplement' AND EXISTS (SELECT FROM supplement AS s"
        "  WHERE s.application_id = application.id AND s.state = 'open') AS supplement_open,"
        " CASE WHEN state IN ('determined', 'under_review') THEN"
        "  (SELECT jsonb_build_array(d.granted, d.amount::text, d.amount > d.computed,"
        "    d.computed::text)"
        "   FROM determination AS d WHERE d.application_id = application.id"
        "   AND d.state = 'in_force') END AS ruling,"
        " EXISTS (SELECT FROM parameter_set WHERE hash = %(hash)s) AS edition_known"
        " FROM application WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
        {"ids": numbers(ids), "hash": edition.hash},
    ).all()
    if rows and not rows[0].edition_known:
        editions.remember(conn, edition)
    now = rows[0].app_now if rows else datetime.now(CHINA)
    known = {row.id for row in rows}
    stood = {word: State(word) for word in {row.state for row in rows}}
    assessable = {word for word, state in stood.items() if states.is_legal(state, Act.ASSESS)}
    rows = [row for row in rows if row.state in assessable]
    again = [row.id for row in rows if stood[row.state] is not State.RECEIVED]
    findings = _findings(conn, again)
    serials = _serials(conn, again)
    standing: dict[int, recording.Standing] = {}
    cases: list[Open] = []
    for row in rows:
        standing[row.id] = recording.Standing(
            state=stood[row.state],
            uscc=row.uscc,
            outcome=row.outcome,
            amount=row.amount,
            bureaus=(row.lead_bureau, *row.copied_bureaus) if row.lead_bureau else (),
            serial=serials.get(row.id, 0),
            assigned=row.assigned_bureau,
            supplement_open=row.supplement_open,
            visit_id=row.visit_id,
            granted=row.ruling[0] if row.ruling else None,
        )
        case = Case(
            enterprise=row.enterprise,
            facts=row.facts,
            received_on=row.received_at.astimezone(CHINA).date(),
            findings=findings.get(row.id, {}),
        )
        cases.append(
            Open(
                row.id,
                row.receipt,
                row.provision,
                case,
                again=row.id in serials,
                ruling=_ruling(row.ruling),
                was_granted=row.outcome == Outcome.ELIGIBLE,
            )
        )
    return known, standing, cases, now.astimezone(CHINA)


def _ruling(found: Sequence[Any] | None) -> Ruling | None:
    if found is None:
        return None
    granted, amount, overrides, computed = found
    return Ruling(
        granted,
        None if amount is None else Decimal(amount),
        bool(overrides),
        None if computed is None else Decimal(computed),
    )


def _findings(conn: Connection, ids: Sequence[int]) -> dict[int, dict[str, OfficialFinding]]:
    """The latest official finding per application, condition and item, keyed as the rules want."""
    if not ids:
        return {}
    rows = conn.exec_driver_sql(
        "SELECT DISTINCT ON (application_id, condition, item)"
        "  application_id, condition, item, result, bureau, recorded_at, note"
        " FROM official_finding WHERE application_id = ANY(%(ids)s)"
        " ORDER BY application_id, condition, item, id DESC",
        {"ids": list(ids)},
    )
    found: dict[int, dict[str, OfficialFinding]] = {}
    for row in rows:
        key = row.condition if row.item is None else f"{row.condition}@{row.item}"
        found.setdefault(row.application_id, {})[key] = OfficialFinding(
            result=row.result,
            bureau=row.bureau,
            recorded_on=row.recorded_at.astimezone(CHINA).date(),
            note=row.note,
        )
    return found


def _serials(conn: Connection, ids: Sequence[int]) -> dict[int, int]:
    if not ids:
        return {}
    rows = conn.exec_driver_sql(
        "SELECT application_id, max(serial) FROM assessment"
        " WHERE application_id = ANY(%(ids)s) GROUP BY application_id",
        {"ids": list(ids)},
    )
    return {row[0]: row[1] for row in rows}
