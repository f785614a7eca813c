"""A bureau's visit calendar as a feed that calendar programs subscribe to (iCalendar, RFC 5545).

The address holds a secret, because calendar programs send no tokens. It opens this feed and
nothing else, is kept as a keyed hash only, and can be revoked.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from icalendar import Alarm, Calendar, Event, vDuration
from sqlalchemy import Connection, Row

from casework import events
from casework.docket import trail
from casework.errors import NotFound
from casework.events import NewEvent
from casework.notices import editions
from casework.people import access
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import credentials
from config.settings import Settings
from schemas.calendars import Feed, NewFeed
from store import predicates
from store.db import Database, app_now
from vocabulary.events import EventType
from vocabulary.links import defused
from vocabulary.visits import VisitState
from vocabulary.zone import CHINA

log = structlog.get_logger(__name__)

PRODUCT_ID: Final = "-//Wenqi//Visits//ZH"
LOOK_BACK_DAYS: Final = 60
VISIT_LENGTH: Final = timedelta(hours=1)
REFRESH: Final = timedelta(hours=1)
BEFORE_HOUR: Final = timedelta(hours=1)
BEFORE_DAY: Final = timedelta(hours=15)
"""A visit without an hour begins at midnight: people are reminded at nine of the day before."""

_STATUS: Final = {
    VisitState.CONFIRMED: "CONFIRMED",
    VisitState.DONE: "CONFIRMED",
    VisitState.CANCELLED: "CANCELLED",
}
_VISITS: Final = f"""
SELECT v.id, {predicates.VISIT_DAY} AS day, v.starts_at, v.provisional, v.basis, v.state,
    v.version, v.created_at, a.name,
    (SELECT string_agg(o.receipt, '、' ORDER BY o.id) FROM application AS o
        WHERE o.visit_id = v.id) AS receipts,
    ARRAY(SELECT o.id FROM application AS o WHERE o.visit_id = v.id) AS cases
FROM visit AS v {predicates.OF_VISIT}
WHERE v.bureau = %(bureau)s AND v.planned_on >= %(since)s
ORDER BY v.planned_on, v.id
"""  # noqa: S608 -- a constant


_IN_FORCE: Final = "(revoked_at IS NULL AND created_at > app_now() - %(days)s * interval '1 day')"


class FeedNotFound(NotFound):
    """No such calendar feed, revoked, or not this bureau's; deliberately one answer."""

    code = "feed_not_found"
    title = "没有找到该日历订阅"
    message = "没有找到该日历订阅，或已被撤销。"


def create(db: Database, settings: Settings, principal: Principal, label: str) -> NewFeed:
    """A new subscription for the bureau. Returns its id and its address, shown this once.

    Raises NotPermitted.
    """
    principal.require(Right.SHARE_CALENDAR)
    secret = secrets.token_urlsafe(32)
    with db.transaction() as conn:
        feed_id = conn.exec_driver_sql(
            "INSERT INTO calendar_feed (bureau, secret_hash, label, created_by, created_at,"
            "  token_id) VALUES (%(bureau)s, %(hash)s, %(label)s, %(actor)s, app_now(), %(token)s)"
            " RETURNING id",
            {
                "bureau": principal.bureau,
                "hash": _hash(settings, secret),
                "label": label,
                "actor": principal.actor,
                "token": principal.token,
            },
        ).scalar_one()
        _note(conn, EventType.FEED_SHARED, principal, feed_id)
    log.info("calendar.shared", bureau=principal.bureau, feed=feed_id)
    url = f"{settings.public_url}/api/v1/calendar/{secret}.ics"
    return NewFeed(id=feed_id, label=label, url=url)


def list_all(db: Database, settings: Settings, principal: Principal) -> list[Feed]:
    """The bureau's subscriptions in force; their addresses are not on record. Raises
    NotPermitted."""
    principal.require(Right.SHARE_CALENDAR)
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT id, label, created_by, created_at FROM calendar_feed"  # noqa: S608 -- a constant
            f" WHERE bureau = %(bureau)s AND {_IN_FORCE} ORDER BY id",
            {"bureau": principal.bureau, "days": settings.practice.feed_days},
        )
        return [Feed(**row) for row in rows.mappings()]


def revoke(db: Database, principal: Principal, feed_id: int) -> None:
    """End a subscription at once. Raises NotPermitted, FeedNotFound."""
    principal.require(Right.SHARE_CALENDAR)
    with db.transaction() as conn:
        ended = conn.exec_driver_sql(
            "UPDATE calendar_feed SET revoked_at = app_now() WHERE id = %(id)s"
            " AND bureau = %(bureau)s AND revoked_at IS NULL RETURNING id",
            {"id": feed_id, "bureau": principal.bureau},
        ).one_or_none()
        if ended is None:
            raise FeedNotFound
        _note(conn, EventType.FEED_REVOKED, principal, feed_id)
    log.info("calendar.revoked", bureau=principal.bureau, feed=feed_id)


def read(db: Database, settings: Settings, secret: str) -> bytes:
    """The feed: the bureau's visits of the last 60 days and all to come, cancelled ones marked.

    That it was read is an event. Raises FeedNotFound (unknown, revoked, too old, and where
    whoever shared it could not share it now, alike).
    """
    with db.transaction() as conn:
        feed = conn.exec_driver_sql(
            "SELECT id, bureau, created_by, token_id FROM calendar_feed"  # noqa: S608 -- a constant
            f" WHERE secret_hash = ANY(%(hashes)s) AND {_IN_FORCE}",
            {"hashes": _hashes(settings, secret), "days": settings.practice.feed_days},
        ).one_or_none()
        if feed is None:
            raise FeedNotFound
        maker = access.maker(conn, feed.created_by, feed.token_id)
        if maker is None or maker.bureau != feed.bureau or not maker.may(Right.SHARE_CALENDAR):
            raise FeedNotFound
        now = app_now(conn)
        since = now.date() - timedelta(days=LOOK_BACK_DAYS)
        rows = conn.exec_driver_sql(_VISITS, {"bureau": feed.bureau, "since": since}).all()
        actor = f"{feed.bureau}:calendar/{feed.id}"
        cases = [each for row in rows for each in row.cases]
        kind = EventType.ACCESS_CALENDAR_READ
        made = trail.look(feed.bureau, actor, kind, cases, visits=len(rows))
        events.write(conn, [made] if made else [], now)
    return calendar(settings, feed.bureau, rows, now)


def _note(conn: Connection, kind: EventType, principal: Principal, feed: int) -> None:
    data = {"bureau": principal.bureau, "feed": feed}
    events.write(conn, [NewEvent(kind, principal.actor, data=data)])


def calendar(settings: Settings, bureau: str, rows: Sequence[Row[Any]], now: datetime) -> bytes:
    """The rows as an iCalendar object. `now`: when it was made."""
    made = Calendar()
    made.add("prodid", PRODUCT_ID)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"{editions.known_bureau_name(bureau)}走访")
    made.add("x-wr-timezone", "Asia/Shanghai")
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(REFRESH))
    for row in rows:
        made.add_component(_event(settings, row, now))
    # Only where an hour is named; a day is a day everywhere.
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(settings: Settings, row: Row[Any], now: datetime) -> Event:
    event = Event()
    # The same for ever, so that a moved visit moves in the calendar and is no second one.
    event.add("uid", f"visit-{row.id}@wenqi")
    event.add("sequence", row.version)
    event.add("dtstamp", now)
    if row.starts_at is None:
        event.add("dtstart", row.day)
        event.add("dtend", row.day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        starts = datetime.combine(row.day, row.starts_at, CHINA)
        event.add("dtstart", starts)
        event.add("dtend", starts + VISIT_LENGTH)
    provisional = "（暂定）" if row.provisional else ""
    event.add("summary", f"走访：{defused(row.name)}{provisional}")
    event.add("status", _STATUS.get(row.state, "TENTATIVE"))
    event.add("description", f"受理编号：{row.receipts or '无'}\n{row.basis}")
    event.add("url", f"{settings.public_url}/api/v1/visits/{row.id}")
    if row.state not in (VisitState.DONE, VisitState.CANCELLED):
        event.add_component(_alarm(row.name, BEFORE_HOUR if row.starts_at else BEFORE_DAY))
    return event


def _alarm(name: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"走访：{defused(name)}")
    alarm.add("trigger", -before)
    return alarm


def _hashes(settings: Settings, secret: str) -> list[bytes]:
    return credentials.token_hashes(settings.require_secret_key(), f"calendar:{secret}")


def _hash(settings: Settings, secret: str) -> bytes:
    return credentials.token_hash(settings.require_secret_key(), f"calendar:{secret}")
