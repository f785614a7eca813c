"""What has happened in a bureau's cases that its daily digest (每日提要) says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from casework.docket import reasons
from casework.notices import editions
from vocabulary.event_sets import MATTERS
from vocabulary.events import EventType
from vocabulary.matters import Telling

NEWS_DAYS: Final = 14
"""What happened longer ago than that is no news, even where no digest was sent."""


def since_digest(conn: Connection, bureau: str, now: datetime) -> tuple[list[str], list[str]]:
    """What has happened since the digest before and is told by it: what a bureau has to act on,
    and what it has nothing to do for."""
    rows = conn.exec_driver_sql(
        "SELECT e.type, e.data, a.name, a.receipt FROM delivery AS d"
        " JOIN event AS e ON e.id = d.event_id JOIN application AS a ON a.id = d.application_id"
        " WHERE d.recipient = %(bureau)s AND d.channel = 'inbox' AND e.type <> ALL(%(listed)s)"
        # What an earlier release wrote is told as usual.
        " AND coalesce(d.in_digest, e.type = ANY(%(usual)s))"
        " AND d.created_at > greatest(%(since)s, (SELECT max(m.at) FROM digest AS g"
        "  JOIN event AS m ON m.id = g.event_id"
        "  WHERE g.bureau = %(bureau)s AND g.day < %(today)s)) ORDER BY d.id",
        {
            "bureau": bureau,
            "listed": [kind.value for kind, each in MATTERS.items() if each.is_listed],
            "usual": [kind.value for kind, each in MATTERS.items() if each.usual is Telling.DIGEST],
            "since": now - timedelta(days=NEWS_DAYS),
            "today": now.date(),
        },
    ).all()
    names = editions.known_bureau_name
    data = reasons.with_reasons(conn, [row.data for row in rows])
    acts: list[str] = []
    news: list[str] = []
    for row, said in zip(rows, data, strict=True):
        kind = EventType(row.type)
        (news if MATTERS[kind].is_news else acts).append(
            f"{row.name}（{row.receipt}）：{kind.sentence(said, names)}"
        )
    return acts, news
