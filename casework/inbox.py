"""A bureau's inbox: what it has been told, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from casework import paging, words
from casework.access import Principal
from casework.dossier import local
from rules.explain import OUTCOME_TEXT
from store.db import Database

ASSESSMENT, VISIT = "assessment", "visit"


def list_messages(
    db: Database,
    principal: Principal,
    *,
    unread: bool = False,
    before: int | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """The messages of the principal's own bureau.

    In: only unread ones?; go on below this id; at most so many. Out: `items`, `next`. Each item
    shows the case as it was when told (outcome, amount), not as it is now.
    """
    size = paging.bounded(limit)
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT d.id, d.sent_at, d.read_at, d.visit_id, e.data, a.receipt, a.provision,"
            "  a.name, a.lead_bureau = d.recipient AS leads"
            " FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
            " JOIN application AS a ON a.id = d.application_id"
            " WHERE d.recipient = %(bureau)s AND d.channel = 'inbox'"
            "  AND (%(before)s::bigint IS NULL OR d.id < %(before)s)"
            "  AND (NOT %(unread)s OR d.read_at IS NULL)"
            " ORDER BY d.id DESC LIMIT %(limit)s",
            {"bureau": principal.bureau, "before": before, "unread": unread, "limit": size + 1},
        ).all()
    return paging.page(rows, size, _message)


def mark_read(db: Database, principal: Principal, ids: Sequence[int]) -> list[int]:
    """Mark messages of the principal's bureau as read. Out: those that were unread until now."""
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "UPDATE delivery SET read_at = app_now() WHERE id = ANY(%(ids)s)"
            " AND recipient = %(bureau)s AND channel = 'inbox' AND read_at IS NULL RETURNING id",
            {"ids": list(ids), "bureau": principal.bureau},
        )
        return sorted(row[0] for row in rows)


def _message(row: Row[Any]) -> dict[str, Any]:
    data = row.data
    about_visit = row.visit_id is not None
    outcome = data.get("outcome")
    return {
        "id": row.id,
        "kind": VISIT if about_visit else ASSESSMENT,
        "at": local(row.sent_at),
        "read_at": None if row.read_at is None else local(row.read_at),
        "receipt": row.receipt,
        "provision": row.provision,
        "enterprise": row.name,
        "leads": bool(row.leads),
        "outcome": outcome,
        "outcome_text": OUTCOME_TEXT[outcome] if outcome else None,
        "amount": data.get("amount"),
        "planned_on": data.get("planned_on"),
        "text": (
            f"走访提醒：{row.name}，{data['planned_on']}"
            if about_visit
            else f"{row.name}：{OUTCOME_TEXT[data['outcome']]}，{words.amount_text(data['amount'])}"
        ),
    }
