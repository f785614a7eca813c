"""Visits as a feed that calendar programs subscribe to (iCalendar, RFC 5545): a bureau's, or those
of one person: given to them, or to nobody and about a case that they work on.

The address holds a secret, because calendar programs send no tokens. It opens this feed and
nothing else, is kept as a keyed hash only, and can be revoked.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import Connection, Row

from casework import events
from casework.docket import trail
from casework.errors import NotFound
from casework.events import NewEvent
from casework.followup import visit_contacts, visit_event
from casework.followup.visit_event import Entry
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
from vocabulary.visits import VisitState, is_guess

if TYPE_CHECKING:  # loaded by the first who asks for a calendar
    from icalendar import Alarm, Event

log = structlog.get_logger(__name__)

LOOK_BACK_DAYS: Final = 60
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
    v.version, v.created_at, a.name, {visit_contacts.OF_VISIT} AS contacts,
    (SELECT string_agg(o.receipt, '、' ORDER BY o.id) FROM application AS o
        WHERE o.visit_id = v.id) AS receipts,
    ARRAY(SELECT o.id FROM application AS o WHERE o.visit_id = v.id) AS cases
FROM visit AS v {predicates.OF_VISIT}
WHERE v.bureau = %(bureau)s AND v.planned_on >= %(since)s
    AND (%(visitor)s::text IS NULL OR {predicates.OF_VISITOR})
ORDER BY v.planned_on, v.id
"""  # noqa: S608 -- a constant


_IN_FORCE: Final = "(revoked_at IS NULL AND created_at > app_now() - %(days)s * interval '1 day')"
_OF_MAKER: Final = "(%(maker)s::text IS NULL OR own AND created_by = %(maker)s)"


class FeedNotFound(NotFound):
    """No such calendar feed, revoked, or not this bureau's; deliberately one answer."""

    code = "feed_not_found"
    title = "没有找到该日历订阅"
    message = "没有找到该日历订阅，或已被撤销。"


def create(
    db: Database, settings: Settings, principal: Principal, label: str, *, own: bool = False
) -> NewFeed:
    """A new subscription to the bureau's visits, or to the person's own. Returns its id and its
    address, shown this once. Raises NotPermitted.
    """
    principal.require(_right(own=own))
    secret = secrets.token_urlsafe(32)
    with db.transaction() as conn:
        feed_id = conn.exec_driver_sql(
            "INSERT INTO calendar_feed (bureau, secret_hash, label, created_by, created_at,"
            "  token_id, own) VALUES (%(bureau)s, %(hash)s, %(label)s, %(actor)s, app_now(),"
            "  %(token)s, %(own)s)"
            " RETURNING id",
            {
                "bureau": principal.bureau,
                "hash": _hash(settings, secret),
                "label": label,
                "actor": principal.actor,
                "token": principal.token,
                "own": own,
            },
        ).scalar_one()
        _note(conn, EventType.FEED_SHARED, principal, feed_id)
    log.info("calendar.shared", bureau=principal.bureau, feed=feed_id)
    url = f"{settings.public_url}/api/v1/calendar/{secret}.ics"
    return NewFeed(id=feed_id, label=label, url=url)


def list_all(
    db: Database, settings: Settings, principal: Principal, *, own: bool = False
) -> list[Feed]:
    """All subscriptions of the bureau in force, or the person's own; their addresses are not on
    record. Raises NotPermitted."""
    principal.require(_right(own=own))
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT id, label, own, created_by, created_at FROM calendar_feed"  # noqa: S608
            f" WHERE bureau = %(bureau)s AND {_OF_MAKER} AND {_IN_FORCE} ORDER BY id",
            {
                "bureau": principal.bureau,
                "maker": principal.actor if own else None,
                "days": settings.practice.feed_days,
            },
        )
        return [Feed(**row) for row in rows.mappings()]


def revoke(db: Database, principal: Principal, feed_id: int, *, own: bool = False) -> None:
    """End a subscription of the bureau at once, or one of the person's own. Raises NotPermitted,
    FeedNotFound."""
    principal.require(_right(own=own))
    with db.transaction() as conn:
        ended = conn.exec_driver_sql(
            "UPDATE calendar_feed SET revoked_at = app_now() WHERE id = %(id)s"  # noqa: S608
            f" AND bureau = %(bureau)s AND {_OF_MAKER} AND revoked_at IS NULL RETURNING id",
            {
                "id": feed_id,
                "bureau": principal.bureau,
                "maker": principal.actor if own else None,
            },
        ).one_or_none()
        if ended is None:
            raise FeedNotFound
        _note(conn, EventType.FEED_REVOKED, principal, feed_id)
    log.info("calendar.revoked", bureau=principal.bureau, feed=feed_id)


def read(db: Database, settings: Settings, secret: str) -> bytes:
    """The feed: the visits of the last 60 days and all to come, cancelled ones marked; where, and
    whom to reach, as long as whoever made it may read visits.

    That it was read is an event. Raises FeedNotFound (unknown, revoked, too old, and where
    whoever shared it could not share it now, alike).
    """
    with db.transaction() as conn:
        feed = conn.exec_driver_sql(
            "SELECT id, bureau, own, created_by, token_id FROM calendar_feed"  # noqa: S608 -- a constant
            f" WHERE secret_hash = ANY(%(hashes)s) AND {_IN_FORCE}",
            {"hashes": _hashes(settings, secret), "days": settings.practice.feed_days},
        ).one_or_none()
        if feed is None:
            raise FeedNotFound
        maker = access.maker(conn, feed.created_by, feed.token_id)
        if maker is None or maker.bureau != feed.bureau or not maker.may(_right(own=feed.own)):
            raise FeedNotFound
        now = app_now(conn)
        since = now.date() - timedelta(days=LOOK_BACK_DAYS)
        visitor = maker.actor if feed.own else None
        rows = conn.exec_driver_sql(
            _VISITS, {"bureau": feed.bureau, "since": since, "visitor": visitor}
        ).all()
        actor = f"{feed.bureau}:calendar/{feed.id}"
        cases = [each for row in rows for each in row.cases]
        kind = EventType.ACCESS_CALENDAR_READ
        made = trail.look(feed.bureau, actor, kind, cases, visits=len(rows))
        events.write(conn, [made] if made else [], now)
    with_contacts = maker.may(Right.READ_VISITS)
    return calendar(settings, feed.bureau, rows, now, with_contacts=with_contacts)


def _right(*, own: bool) -> Right:
    return Right.OWN_CALENDAR if own else Right.SHARE_CALENDAR


def _note(conn: Connection, kind: EventType, principal: Principal, feed: int) -> None:
    data = {"bureau": principal.bureau, "feed": feed}
    events.write(conn, [NewEvent(kind, principal.actor, data=data)])


def calendar(
    settings: Settings,
    bureau: str,
    rows: Sequence[Row[Any]],
    now: datetime,
    *,
    with_contacts: bool = True,
) -> bytes:
    """The rows as an iCalendar object. `now`: when it was made; `with_contacts`: whom to reach,
    and where."""
    from icalendar import vDuration

    heads = {
        "x-wr-calname": f"{editions.known_bureau_name(bureau)}走访",
        "x-wr-timezone": "Asia/Shanghai",
        "refresh-interval": vDuration(REFRESH, params={"VALUE": "DURATION"}),
        "x-published-ttl": vDuration(REFRESH),
    }
    made = (_event(settings, row, now, with_contacts=with_contacts) for row in rows)
    return visit_event.calendar(made, heads)


def _event(settings: Settings, row: Row[Any], now: datetime, *, with_contacts: bool) -> Event:
    given = row.contacts if with_contacts and row.contacts else ()
    contacts = [visit_contacts.shown(each) for each in given]
    to_ring = [
        f"联系人：{defused(each.name or '')} {each.phone}" for each in contacts if each.phone
    ]
    guess = is_guess(VisitState(row.state), is_provisional=row.provisional)
    entry = Entry(
        uid=f"visit-{row.id}@wenqi",
        sequence=row.version,
        day=row.day,
        starts_at=row.starts_at,
        summary=f"走访：{defused(row.name)}{'（暂定）' if guess else ''}",
        description="\n".join([f"受理编号：{row.receipts or '无'}", *to_ring, row.basis]),
        status=_STATUS.get(row.state, "TENTATIVE"),
        url=f"{settings.public_url}/desk/visits/{row.id}",
        place=defused(visit_contacts.address_of(contacts) or ""),
    )
    event = visit_event.event(entry, now)
    if row.state not in (VisitState.DONE, VisitState.CANCELLED):
        event.add_component(_alarm(row.name, BEFORE_HOUR if row.starts_at else BEFORE_DAY))
    return event


def _alarm(name: str, before: timedelta) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"走访：{defused(name)}")
    alarm.add("trigger", -before)
    return alarm


def _hashes(settings: Settings, secret: str) -> list[bytes]:
    return credentials.token_hashes(settings.require_secret_key(), f"calendar:{secret}")


def _hash(settings: Settings, secret: str) -> bytes:
    return credentials.token_hash(settings.require_secret_key(), f"calendar:{secret}")
