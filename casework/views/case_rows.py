"""Cases as rows of a list: what an officer decides by at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy import Row

from casework.decision import overlaps
from casework.docket.finders import waiting
from casework.docket.promises import FACTS, Promise
from casework.notices import editions
from casework.personal import parts
from casework.views.case_selection import Asked, late, promised
from config.settings import Settings
from schemas.applicant import Applicant
from schemas.cases import Assignee, CaseSummary, Reachable
from schemas.kit.answers import build
from schemas.promises import Deadline
from store import predicates
from vocabulary.cases import State
from vocabulary.identity import IdentityLevel, level_text
from vocabulary.outcomes import Outcome

_PROMISED: Final = f"{FACTS} AS promised, "
_ROWS: Final = f"""
app_now() AS now, a.id, a.receipt, a.notice_id, a.provision, a.name, a.uscc, a.identity,
    a.identity_checked_at, a.state, a.outcome, a.amount,
    a.determined_amount, a.received_at, a.acknowledged_at, a.version,
    a.lead_bureau = %(bureau)s AS leads, nullif(s.document, jsonb_build_object()) AS document,
    {parts.GIVEN} AS given, c.label AS assignee, c.name AS assignee_name,
    CASE WHEN a.state = 'determined' THEN {predicates.GRANT_IN_FORCE} END AS granted
FROM application AS a
LEFT JOIN assessment AS s ON s.application_id = a.id AND s.in_force
LEFT JOIN account AS c ON c.actor = a.assignee
WHERE a.id = ANY(%(ids)s::bigint[])
"""
_UNDECIDED: Final = frozenset(
    {State.AWAITING_DETERMINATION, State.AWAITING_SUPPLEMENT, State.SUPPLEMENTED}
)


def read(asked: Asked, ids: Sequence[int]) -> list[CaseSummary]:
    """The cases with these ids, in this order; what was read of their days before is not again."""
    values = {"ids": list(ids), "bureau": asked.principal.bureau}
    days = asked.work.days if asked.work else {}
    read = "SELECT " + ("" if days else _PROMISED) + _ROWS
    rows = {row.id: row for row in asked.conn.exec_driver_sql(read, values)}
    meeting = overlaps.meeting_others(asked.conn, ids)
    shown = partial(_case, asked.settings, meeting, days)
    return [shown(rows[each]) for each in ids if each in rows]


def standing_text(state: State, granted: bool | None) -> str:
    """Where a case stands, with granted and refused told apart."""
    if granted is None:
        return state.label
    return "已准予" if granted else "未准予"


def _reachable(row: Row[Any]) -> Reachable | None:
    contact = parts.shown_contact(row.given)
    return Reachable(name=contact.get("name"), phone=contact.get("phone")) if contact else None


def _case(
    settings: Settings, meeting: set[int], days: Mapping[int, list[Promise]], row: Row[Any]
) -> CaseSummary:
    document = row.document or {"findings": ()}
    found = days[row.id] if days else promised(settings, row)
    state = State(row.state)
    waits = waiting(document) if state in _UNDECIDED else ()
    outcome = Outcome(row.outcome) if row.outcome else None
    known = editions.provision_text(row.notice_id, row.provision)
    return build(
        CaseSummary,
        row,
        provision_title=known.get("title", row.provision),
        measure=known.get("measure"),
        enterprise=Applicant(name=row.name, uscc=row.uscc),
        contact=_reachable(row),
        identity_text=level_text(
            IdentityLevel(row.identity), is_checked=row.identity_checked_at is not None
        ),
        identity_checked=row.identity_checked_at is not None,
        state_text=state.label,
        standing_text=standing_text(state, row.granted),
        outcome_text=outcome and outcome.result(determined=state.is_ruled),
        acknowledged=row.acknowledged_at is not None,
        deadline=found[0].shown(Deadline) if found else None,
        deadlines=[each.shown(Deadline) for each in found],
        overdue=late(settings, found, row.now),
        waiting_for=list(dict.fromkeys(each["code"] for each in waits)),
        questions=list(document.get("questions", ())),
        duplicate=row.id in meeting,
        assignee=Assignee(label=row.assignee, name=row.assignee_name) if row.assignee else None,
    )
