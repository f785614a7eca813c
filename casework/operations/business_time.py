"""Business time: the database's clock plus an offset that only a test or demonstration moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from casework.errors import Forbidden
from config.settings import Settings
from rules import workdays
from store.db import Database, app_now


class TimeTravelRefused(Forbidden):
    """Business time may only be moved where ALLOW_TIME_TRAVEL=1."""

    code = "time_travel_refused"
    title = "本环境不允许调整业务时间"
    message = "本环境不允许调整业务时间。"


def now(db: Database) -> datetime:
    """Business time, in Asia/Shanghai."""
    with db.statement() as conn:
        return app_now(conn)


def working_days_left(db: Database, until: date) -> int:
    """How many working days lie after today, up to and including `until`; 0 if none."""
    return workdays.working_days_between(now(db).date(), until)


def advance(db: Database, settings: Settings, by: timedelta) -> datetime:
    """Move business time forward for everyone on this database. Returns business time now.

    Only the owner of the tables may write the clock (DATABASE_OWNER_URL).

    Raises TimeTravelRefused unless ALLOW_TIME_TRAVEL=1, and for a step backwards: leases and
    events must not come to lie in the future.
    """
    if not settings.allow_time_travel:
        raise TimeTravelRefused(english="Only where ALLOW_TIME_TRAVEL=1 is business time moved.")
    if by < timedelta(0):
        raise TimeTravelRefused(
            "业务时间只能向前调整。", english="Business time is moved forward only."
        )
    owners = Database(settings.owner_url, pool_size=1)
    try:
        with owners.transaction() as conn:
            conn.exec_driver_sql(
                "UPDATE clock SET offset_seconds = offset_seconds + %(seconds)s WHERE id = 1",
                {"seconds": int(by.total_seconds())},
            )
    finally:
        owners.close()
    return now(db)
