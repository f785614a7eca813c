"""A bureau's inbox: what it has been told, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Row

from casework.docket import practice, reasons, trail
from casework.notices import editions
from casework.outbox import bureau_addresses
from casework.people import delegations
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.inbox import AddressChange, InboxPage, Message, MessageKind
from schemas.kit import paging
from store.db import Database
from vocabulary.deliveries import Recipient
from vocabulary.event_data import Data, result_text, sum_text
from vocabulary.events import EventType
from vocabulary.outcomes import Outcome


def list_messages(
    db: Database,
    principal: Principal,
    *,
    unread: bool = False,
    before: int | None = None,
    limit: int | None = None,
) -> InboxPage:
    """The messages of the principal's own bureau.

    Each item shows the case as it was when told (outcome, amount), not as it is now. Beside them
    stand the delegations that concern the person, what of local practice waits for their word, and
    where the bureau is told of things elsewhere of late; an administrator has no messages about
    cases. That they were looked at is an event. Raises NotPermitted.
    """
    principal.require(Right.READ_INBOX)
    size = paging.bounded(limit)
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(
            "SELECT d.id, d.sent_at, d.read_at, e.type, e.data, a.id AS application, a.receipt,"
            "  a.provision, a.notice_id, a.name,"
            "  a.lead_bureau, d.recipient"
            " FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
            " JOIN application AS a ON a.id = d.application_id"
            " WHERE d.recipient = ANY(%(names)s) AND d.channel = 'inbox'"
            "  AND (%(before)s::bigint IS NULL OR d.id < %(before)s)"
            "  AND (NOT %(unread)s OR d.read_at IS NULL)"
            " ORDER BY d.id DESC LIMIT %(limit)s",
            {
                "names": _names(principal),
                "before": before,
                "unread": unread,
                "limit": size + 1,
            },
        ).all()
        told = reasons.by_id(conn, rows)
        shown = [row.application for row in rows[:size]]
        trail.looked(conn, principal, EventType.ACCESS_INBOX_LISTED, shown)
        beside = partial(
            InboxPage,
            delegations=delegations.concerning(conn, principal),
            practice=practice.asked_of(conn, principal),
            addresses=bureau_addresses.lately(conn, _names(principal)),
        )
    return paging.page(
        beside,
        rows,
        size,
        lambda row: _message(row, told[row.id]),
    )


def redirected(db: Database, principal: Principal) -> list[AddressChange]:
    """Where the bureau is told of things elsewhere of late, beside its messages. Raises
    NotPermitted."""
    principal.require(Right.READ_INBOX)
    with db.statement() as conn:
        return bureau_addresses.lately(conn, _names(principal))


def mark_read(db: Database, principal: Principal, ids: Sequence[int]) -> list[int]:
    """Mark messages of the principal's bureau as read. Returns those that were unread until now.

    Raises NotPermitted.
    """
    principal.require(Right.MARK_INBOX)
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "UPDATE delivery SET read_at = app_now() WHERE id = ANY(%(ids)s)"
            " AND recipient = ANY(%(names)s) AND channel = 'inbox' AND read_at IS NULL"
            " RETURNING id",
            {"ids": list(ids), "names": _names(principal)},
        )
        return sorted(row[0] for row in rows)


def _names(principal: Principal) -> list[str]:
    """The recipients whose messages the principal reads: a bureau's head has some alone."""
    own = [Recipient(principal.bureau)] if principal.may(Right.LIST_CASES) else []
    if principal.may(Right.READ_ESCALATIONS):
        own.append(Recipient(principal.bureau, is_head=True))
    return [str(to) for to in own]


def _message(row: Row[Any], told: Data) -> Message:
    outcome = Outcome(told["outcome"]) if told.get("outcome") else None
    planned_on, amount = told.get("planned_on"), told.get("amount")
    return Message(
        id=row.id,
        kind=_kind(row),
        at=row.sent_at,
        read_at=row.read_at,
        receipt=row.receipt,
        provision=row.provision,
        enterprise=row.name,
        leads=Recipient.parse(row.recipient).bureau == row.lead_bureau,
        outcome=outcome,
        outcome_text=outcome and result_text(told),
        amount=amount and Decimal(amount),
        planned_on=planned_on and date.fromisoformat(planned_on),
        text=_text(row, told),
    )


def _kind(row: Row[Any]) -> MessageKind:
    match row.type:
        case EventType.VISIT_REMINDED:
            return "visit"
        case EventType.APPLICATION_ASSESSED:
            return "assessment"
        case _:
            return "casework"


def _text(row: Row[Any], data: Data) -> str:
    match _kind(row):
        case "visit":
            return f"走访提醒：{row.name}，{data['planned_on']}"
        case "assessment":
            much = sum_text(data["outcome"], data["amount"])
            return f"{row.name}：{result_text(data)}" + (f"，{much}" if much else "")
        case _:
            names = editions.names_of(row.notice_id)
            return f"{row.name}：{EventType(row.type).sentence(data, names)}"
