"""Which bureaus get a daily digest (每日提要) next, and when.

Its letter is written when it is sent: `casework.delivery.digest`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from casework.outbox import deliveries
from config.settings import Settings
from rules.workdays import add_working_days, is_working_day
from store import ledger
from vocabulary.deliveries import Recipient
from vocabulary.work import Stage
from vocabulary.zone import CHINA


def collect(
    conn: Connection, settings: Settings, recipients: Sequence[Recipient], now: datetime
) -> None:
    """See to it that the bureaus among the recipients, and their heads, get a digest next.

    Nothing happens where there is none to send: no DIGEST_AT, no channel but the inbox.
    """
    at = settings.practice.digest
    bureaus = sorted(
        {str(to) for to in recipients if to.bureau and deliveries.ways_to_bureau(settings, to)}
    )
    if at is None or not bureaus:
        return
    day = now.date()
    if now.timetz().replace(tzinfo=None) >= at or not is_working_day(day):
        day, _ = add_working_days(day, 1)
    rows = conn.exec_driver_sql(
        "INSERT INTO digest (bureau, day, created_at)"
        " SELECT bureau, %(day)s, %(now)s FROM unnest(%(bureaus)s::text[]) AS u (bureau)"
        " ORDER BY bureau ON CONFLICT DO NOTHING RETURNING id",
        {"day": day, "now": now, "bureaus": bureaus},
    ).scalars()
    due = datetime.combine(day, at, CHINA)
    ledger.add(conn, Stage.DIGEST, [(digest, due) for digest in rows])
