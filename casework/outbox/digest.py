"""Which bureaus get a daily digest (每日提要) next, and when.

Its letter is written when it is sent: `casework.delivery.digest`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time

from sqlalchemy import Connection

from rules.workdays import add_working_days, is_working_day
from store import ledger
from store.db import app_now
from vocabulary.work import Stage
from vocabulary.zone import CHINA


def collect(conn: Connection, recipients: Collection[str], at: time) -> None:
    """See to it that these recipients get a digest next. Takes when it is sent."""
    now = app_now(conn)
    day = now.date()
    if now.timetz().replace(tzinfo=None) >= at or not is_working_day(day):
        day, _ = add_working_days(day, 1)
    rows = conn.exec_driver_sql(
        "INSERT INTO digest (bureau, day, created_at)"
        " SELECT bureau, %(day)s, %(now)s FROM unnest(%(bureaus)s::text[]) AS u (bureau)"
        " ORDER BY bureau ON CONFLICT DO NOTHING RETURNING id",
        {"day": day, "now": now, "bureaus": sorted(recipients)},
    ).scalars()
    due = datetime.combine(day, at, CHINA)
    ledger.add(conn, Stage.DIGEST, [(digest, due) for digest in rows])
