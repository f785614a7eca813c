"""What was written about an application in columns of their own, and where messages about it went,
for its applicant's copy.

What events refer to (`casework.docket.reasons`), requests and documents are not among it. Of
determinations those that ever held: what a second person has not confirmed is nobody's yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection

from casework.personal import texts
from vocabulary.deliveries import Channel
from vocabulary.event_data import NOT_KEPT

_ACCOUNT: Final = "payment_account.particulars"
_CALLED: Final[Mapping[str, str]] = {
    "supplement.reason": "要求补正的说明",
    "determination.reason": "认定的理由",
    "review.reason": "申请复核的理由",
    "review.note": "复核的答复",
    "rating.comment": "对办理的评价",
    _ACCOUNT: "填写的收款账户",
}
_READ: Final = """
SELECT at, place, row, stored FROM (
    SELECT requested_at AS at, 'supplement.reason' AS place, id AS row, reason AS stored
        FROM supplement WHERE application_id = %(id)s
    UNION ALL SELECT coalesce(decided_at, proposed_at), 'determination.reason', id, reason
        FROM determination WHERE application_id = %(id)s AND state IN ('in_force', 'superseded')
    UNION ALL SELECT requested_at, 'review.reason', id, reason
        FROM review WHERE application_id = %(id)s
    UNION ALL SELECT decided_at, 'review.note', id, note
        FROM review WHERE application_id = %(id)s
    UNION ALL SELECT rated_at, 'rating.comment', application_id, comment
        FROM rating WHERE application_id = %(id)s
    UNION ALL SELECT given_at, 'payment_account.particulars', id, particulars
        FROM payment_account WHERE application_id = %(id)s
) AS w WHERE stored <> ALL(%(nothing)s::text[]) ORDER BY at, place, row
"""
_SENT: Final = (
    "SELECT coalesce(sent_at, created_at) AS at, event_id, channel, address FROM delivery"
    " WHERE application_id = %(id)s AND recipient_kind = 'enterprise' AND channel <> 'portal'"
    " AND state = 'sent' ORDER BY id"
)


class Written(NamedTuple):
    """A text, and what it is."""

    at: datetime
    what: str
    text: str


class Sent(NamedTuple):
    """A message to the applicant; `channel` as people call it, `address` None once purged."""

    at: datetime
    channel: str
    address: str | None


def read(conn: Connection, application_id: int) -> list[Written]:
    """In the order in which it was written; nothing of what was purged."""
    rows = conn.exec_driver_sql(_READ, {"id": application_id, "nothing": ["", NOT_KEPT]})
    return [Written(row.at, _CALLED[row.place], _opened(*row[1:])) for row in rows]


def sent(conn: Connection, application_id: int) -> list[Sent]:
    """The messages that went out."""
    rows = conn.exec_driver_sql(_SENT, {"id": application_id})
    return [
        Sent(row.at, Channel(row.channel).label, _address(row.address, row.event_id, row.channel))
        for row in rows
    ]


def _address(stored: str | None, event: int, channel: str) -> str | None:
    return texts.unseal(stored, "delivery.address", f"{event}:{channel}")


def _opened(place: str, row: int, stored: str) -> str:
    text = texts.unseal(stored, place, row) or ""
    return "，".join(json.loads(text).values()) if place == _ACCOUNT else text
