"""A burst of failed codes, tokens, links or logins is told to the operator, once an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from casework import events
from casework.delivery import house_letters
from casework.events import NewEvent
from casework.operations import bursts
from casework.operations.bursts import Burst
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.parties import Actor

log = structlog.get_logger(__name__)

QUIET: Final = timedelta(hours=1)
_LOCK: Final = 0x77656E7169_A1E7
SUBJECT: Final = "告警：短时间内多次凭证有误"
_TEXT: Final = """\
最近十分钟内，查询码、令牌、链接、验证码或登录失败共 {tries} 次，多数来自 {network}。

查看明细：wenqi audit list --type access.failed
"""


def run(db: Database, settings: Settings) -> Burst | None:
    """Tell of a burst that nobody was told of within the last hour. Returns it, else None."""
    with db.transaction() as conn:
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(%(lock)s)", {"lock": _LOCK})
        burst = bursts.of_late(conn)
        if burst.tries < settings.auditing.failed_tries_alert:
            return None
        told = conn.exec_driver_sql(
            "SELECT EXISTS (SELECT FROM event WHERE type = 'access.alert'"
            " AND recorded_at > now() - %(quiet)s)",
            {"quiet": QUIET},
        ).scalar_one()
        if told:
            return None
        data = {"tries": burst.tries, "address": burst.most_from}
        events.write(conn, [NewEvent(EventType.ACCESS_ALERT, Actor.SYSTEM, data=data)])
    log.error("access.burst", count=burst.tries, address=burst.most_from)
    if (to := settings.auditing.operator_mail) is not None:
        text = _TEXT.format(tries=burst.tries, network=burst.most_from)
        house_letters.mail(db, settings, to=to, subject=SUBJECT, text=text)
    return burst
