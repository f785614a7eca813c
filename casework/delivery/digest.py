"""A bureau's daily digest (每日提要): one message instead of one per visit and promised day.

The first message of a day that goes into a digest makes it. What it says is put together when it
is sent, from how things stand then: what has been done meanwhile is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from casework import events
from casework.delivery.messages import PRODUCT, Event, Letter
from casework.docket import happened, promises
from casework.docket.promises import FACTS, Promise
from casework.errors import PermanentError
from casework.events import NewEvent
from casework.notices import editions
from casework.outbox import deliveries
from casework.work.run import ChunkResult, run_items
from config.settings import Settings
from rules.workdays import add_working_days
from store import predicates
from store.db import Database, app_now
from store.ledger import Item
from vocabulary.days import plain_day
from vocabulary.deliveries import Recipient
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.promises import Level
from vocabulary.work import Stage

log = structlog.get_logger(__name__)

LINES = 30
"""Entries of one heading; the rest is counted and found through the API."""

LOOK_BACK_DAYS = 400
"""What has been late for longer than a year is in the report of what is overdue."""

_Entry = tuple[Row[Any], Promise]


def run(
    db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool = False
) -> ChunkResult:
    """Put the digests of these work items on their way. Raises RetryableError if the database
    went away."""
    return run_items(
        db, settings, Stage.DIGEST, item_ids, partial(_send, settings), careful=careful
    )


def _send(settings: Settings, conn: Connection, items: list[Item]) -> dict[int, Exception]:
    now = app_now(conn)
    rows = conn.exec_driver_sql(
        "SELECT id, bureau, day, event_id FROM digest WHERE id = ANY(%(ids)s)"
        " ORDER BY id FOR UPDATE",
        {"ids": [item.subject_id for item in items]},
    ).all()
    for row in rows:
        to = Recipient.parse(row.bureau)
        if row.event_id is None and letter(conn, settings, to, now) is not None:
            _put_on_its_way(conn, settings, row, to, now)
    return {
        item.id: PermanentError("there is no such digest")
        for item in items
        if item.subject_id not in {row.id for row in rows}
    }


def _put_on_its_way(
    conn: Connection, settings: Settings, row: Row[Any], to: Recipient, now: datetime
) -> None:
    data = {"bureau": row.bureau, "day": row.day.isoformat()}
    made = NewEvent(EventType.DIGEST_MADE, Actor.SYSTEM, data=data)
    [event_id] = events.write(conn, [made], now)
    conn.exec_driver_sql(
        "UPDATE digest SET event_id = %(event)s WHERE id = %(id)s",
        {"event": event_id, "id": row.id},
    )
    deliveries.write(conn, deliveries.outside(settings, event_id, to))
    log.info("digest.made", bureau=row.bureau, event_id=event_id)


def letter(conn: Connection, settings: Settings, to: Recipient, now: datetime) -> Letter | None:
    """The digest as things stand: visits to come, what is overdue, what is due soon.

    A bureau's head is told of what has been late too long and of nothing else. None
    if there is nothing to say.
    """
    bureau = to.bureau or ""
    late, soon = _promises(conn, settings, bureau, now)
    if to.is_head:
        return _to_head(settings, bureau, late, now)
    visits = _visits(conn, bureau, now.date())
    acts, news = happened.since_digest(conn, bureau, now)
    if not (visits or late or soon or acts or news):
        return None
    lines = [f"{editions.known_bureau_name(bureau)}：以下为{plain_day(now)}需要办理的事项。", ""]
    lines += _part("已逾期", [_line(*entry) for entry in late])
    lines += _part("即将到期", [_line(*entry) for entry in soon])
    coming = [f"{plain_day(row.planned_on)} {row.name}（{row.receipt}）" for row in visits]
    lines += _part("近期走访", coming)
    lines += _part("其他须办理的", acts)
    lines += _part("其他动态（无须办理）", news)
    link = f"{settings.public_url}/api/v1/inbox"
    lines.append(f"办理地址：{link}")
    brief = f"今日提要：逾期{len(late)}件，即将到期{len(soon)}件，近期走访{len(visits)}家"
    brief += f"，其他须办理{len(acts)}件" if acts else ""
    brief += f"，其他动态{len(news)}件。" if news else "。"
    subject = f"【{PRODUCT}】每日提要（{plain_day(now)}）"
    return Letter(subject, "\n".join(lines) + "\n", brief, link)


def _to_head(
    settings: Settings, bureau: str, late: Sequence[_Entry], now: datetime
) -> Letter | None:
    entries = [
        each for each in late if promises.level(settings.practice, each[1], now) is Level.ESCALATED
    ]
    if not entries:
        return None
    link = f"{settings.public_url}/api/v1/cases?overdue=true"
    name = editions.known_bureau_name(bureau)
    lines = [
        f"{name}负责人：以下事项逾期未办，请督办（{plain_day(now)}）。",
        "",
        *_part("须督办", [_line(*entry) for entry in entries]),
        f"办理地址：{link}",
    ]
    brief = f"督办提要：{name}逾期未办{len(entries)}件，请督办。"
    subject = f"【{PRODUCT}】督办提要（{plain_day(now)}）"
    return Letter(subject, "\n".join(lines) + "\n", brief, link)


def name_of(row: Row[Any]) -> str:
    """What stands for the receipt number in the message id of what is about no case. Takes event
    id, type and data."""
    if row.type != EventType.DIGEST_MADE:
        return f"house-{row.event_id}"
    return f"digest-{row.data.get('bureau')}-{row.data.get('day')}"


def letter_or_fail(conn: Connection, settings: Settings, event: Event, now: datetime) -> Letter:
    """The letter of a digest that is being sent. Raises PermanentError if all is done by now."""
    made = letter(conn, settings, Recipient.parse(event.data["bureau"]), now)
    if made is None:
        raise PermanentError("digest: everything in it has been done")
    return made


def _visits(conn: Connection, bureau: str, today: date) -> Sequence[Row[Any]]:
    last, _ = add_working_days(today, 2)
    return conn.exec_driver_sql(
        "SELECT v.planned_on, a.name, a.receipt FROM visit AS v"  # noqa: S608 -- a constant
        f" {predicates.OF_VISIT}"
        " WHERE v.planned_on BETWEEN %(today)s AND %(last)s"
        "  AND v.state IN ('scheduled', 'confirmed', 'reminded')"
        "  AND (v.bureau = %(bureau)s OR v.id IN (SELECT visit_id FROM application"
        "   WHERE lead_bureau = %(bureau)s AND visit_id IN (SELECT id FROM visit"
        "    WHERE planned_on BETWEEN %(today)s AND %(last)s)))"
        # One whose reminder was told at once is not told again.
        "  AND (SELECT d.in_digest FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        "   WHERE d.application_id IN (SELECT id FROM application WHERE visit_id = v.id)"
        "   AND d.recipient = %(bureau)s AND d.channel = 'inbox' AND e.type = 'visit.reminded'"
        "   ORDER BY d.id DESC LIMIT 1) IS NOT FALSE"
        " ORDER BY v.planned_on, v.id",
        {"bureau": bureau, "today": today, "last": last},
    ).all()


def _promises(
    conn: Connection, settings: Settings, bureau: str, now: datetime
) -> tuple[list[_Entry], list[_Entry]]:
    """What was pointed out to a bureau or its head and still stands: overdue, due soon."""
    rows = conn.exec_driver_sql(
        f"SELECT a.id, a.name, a.receipt, {FACTS} AS facts"  # noqa: S608 -- a constant
        " FROM application AS a WHERE a.id IN (SELECT d.application_id FROM delivery AS d"
        "  JOIN event AS e ON e.id = d.event_id WHERE d.recipient = ANY(%(recipients)s)"
        "   AND d.channel = 'inbox' AND d.in_digest IS NOT FALSE"
        "   AND e.type LIKE 'promise.%%' AND e.at > %(since)s)"
        " ORDER BY a.id",
        {
            # What was pointed out to the head alone, the bureau's day having passed meanwhile.
            "recipients": [str(Recipient(bureau)), str(Recipient(bureau, is_head=True))],
            "since": now - timedelta(days=LOOK_BACK_DAYS),
        },
    ).all()
    late: list[_Entry] = []
    soon: list[_Entry] = []
    for row in rows:
        for promise in promises.open_promises(settings.practice, row.facts, now.date()):
            if promise.bureau != bureau or promise.is_applicants:
                continue
            level = promises.level(settings.practice, promise, now)
            if level is Level.DUE_SOON:
                soon.append((row, promise))
            elif level is not None:
                late.append((row, promise))
    return late, soon


def _line(row: Row[Any], promise: Promise) -> str:
    return f"{promise.kind.label}：{row.name}（{row.receipt}），期限{plain_day(promise.due_on)}"


def _part(heading: str, entries: Sequence[str]) -> list[str]:
    if not entries:
        return []
    shown = [f"  {number}. {entry}" for number, entry in enumerate(entries[:LINES], start=1)]
    if len(entries) > LINES:
        shown.append(f"  ……共{len(entries)}项")
    return [f"{heading}（{len(entries)}）", *shown, ""]
