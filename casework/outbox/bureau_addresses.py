"""Where each bureau, or its head, is reached: as the deployment's file has it, or as an
administrator changed it; and a message to try one address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import orjson
import structlog
from sqlalchemy import Connection, Row

from casework import events
from casework.errors import Conflict, NotFound
from casework.events import NewEvent
from casework.outbox import deliveries, urls
from casework.outbox.deliveries import Notification
from casework.personal import texts
from config import channels
from config.channels import ROBOTS, Contact
from config.settings import Settings
from schemas.inbox import AddressChange
from store.db import Database
from store.encoding import to_json
from vocabulary.deliveries import Channel, DeliveryState, Recipient
from vocabulary.events import EventType

log = structlog.get_logger(__name__)

_PLACE: Final = "bureau_address.contacts"
_LATEST: Final = "SELECT DISTINCT ON (recipient) * FROM bureau_address ORDER BY recipient, id DESC"
_CHANGED: Final = f"SELECT * FROM ({_LATEST}) AS l WHERE contacts IS NOT NULL"  # noqa: S608 -- constants
_SHOWN: Final = timedelta(days=30)
_MOST: Final = 20
_TRIED: Final = """
SELECT DISTINCT ON (d.recipient, d.channel) d.recipient, d.channel, d.state, d.created_at,
    d.last_error
FROM event AS e JOIN delivery AS d ON d.event_id = e.id WHERE e.type = %(type)s
ORDER BY d.recipient, d.channel, d.id DESC
"""
_WAITING: Final = (
    "SELECT EXISTS (SELECT FROM event AS e JOIN delivery AS d ON d.event_id = e.id"
    " WHERE e.type = %(type)s AND d.recipient = %(to)s AND d.channel = %(channel)s"
    "  AND d.state IN ('pending', 'sending'))"
)


class AddressUnknown(NotFound):
    """The bureau is not reached so."""

    code = "address_unknown"
    title = "没有这个联系地址"
    message = "没有这个单位的这个联系地址，或者这个渠道还没有配置。"


class TestUnderWay(Conflict):
    """The test before is not through."""

    code = "test_under_way"
    title = "上一条测试消息还没有发完"
    message = "上一条测试消息还没有发完，请稍后刷新再看。"


class Tried(NamedTuple):
    """What became of the latest test. `error`: why the latest attempt failed, as the channel said
    it."""

    state: DeliveryState
    at: datetime
    error: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a recipient. `shown`: of a robot the host alone, the rest is its key; `is_open`:
    whether the deployment has what the channel needs."""

    channel: Channel
    shown: str
    is_open: bool
    tried: Tried | None


@dataclass(frozen=True, slots=True)
class Reached:
    """How a recipient is reached, in order of trial; by whom and when it was changed, if it was."""

    to: Recipient
    ways: Sequence[Way]
    changed_by: str | None
    changed_at: datetime | None


def stored(conn: Connection) -> tuple[tuple[str, tuple[Contact, ...]], ...]:
    """By recipient what was changed and not taken back. What cannot be read leaves the recipient
    with what the deployment's file says, and the log names it."""
    found = []
    for row in conn.exec_driver_sql(_CHANGED):
        contacts = _contacts(row)
        if contacts is None:
            log.error("address.unreadable", recipient=row.recipient, row=row.id)
        else:
            found.append((row.recipient, contacts))
    return tuple(found)


def unreadable(conn: Connection) -> list[str]:
    """The recipients whose addresses in force cannot be read."""
    return [row.recipient for row in conn.exec_driver_sql(_CHANGED) if _contacts(row) is None]


def list_all(db: Database, settings: Settings) -> list[Reached]:
    """Every recipient that has an address, and whose addresses were changed."""
    with db.statement() as conn:
        changed = {row.recipient: row for row in conn.exec_driver_sql(_LATEST)}
        others = dict(stored(conn))
        tests = conn.exec_driver_sql(_TRIED, {"type": EventType.ADDRESS_TESTED}).all()
    present = settings.deployed.bureau_contacts() | others
    tried = {
        (row.recipient, row.channel): Tried(
            DeliveryState(row.state), row.created_at, row.last_error
        )
        for row in tests
    }
    found = []
    for name in sorted({*present, *changed}):
        ways = [
            Way(
                Channel(each.channel),
                _shown(each),
                deliveries.is_open(settings, each.channel),
                tried.get((name, each.channel)),
            )
            for each in present.get(name, ())
        ]
        row = changed.get(name)
        found.append(
            Reached(
                Recipient.parse(name),
                ways,
                row.changed_by if row else None,
                row.changed_at if row else None,
            )
        )
    return found


def lately(conn: Connection, recipients: Sequence[str]) -> list[AddressChange]:
    """What of these recipients' addresses was changed within a month, newest first."""
    rows = conn.exec_driver_sql(
        "SELECT recipient, changed_by, changed_at FROM bureau_address"
        " WHERE recipient = ANY(%(names)s) AND changed_at > app_now() - %(shown)s"
        " ORDER BY id DESC LIMIT %(most)s",
        {"names": list(recipients), "shown": _SHOWN, "most": _MOST},
    )
    return [
        AddressChange(
            of_head=Recipient.parse(row.recipient).is_head,
            changed_by=row.changed_by,
            changed_at=row.changed_at,
        )
        for row in rows
    ]


def is_inside(settings: Settings, way: Contact) -> bool:
    """Whether a robot's address shows that it is not one on the public internet, and is not the
    operator's own word. What its name resolves to is judged when it is called."""
    if way.channel not in ROBOTS or deliveries.is_deployed(settings, way):
        return False
    try:
        host = urls.check_url(way.address, public_only=True).hostname
    except urls.AddressRefused:
        return True
    return urls.is_plainly_private(host or "")


def change(
    db: Database, settings: Settings, to: Recipient, contacts: Sequence[Contact] | None, actor: str
) -> None:
    """Give a recipient other addresses, in order of trial; none: it has its inbox alone; None: as
    the deployment's file has it. Whoever is reached at the address until now is told there, the
    head or the bureau beside it at theirs, and the inbox says so (`lately`).

    `settings`: with the addresses until now.
    """
    name = str(to)
    with db.transaction() as conn:
        made = texts.fresh_id(conn, "bureau_address")
        listed = None if contacts is None else to_json([_listed(each) for each in contacts])
        conn.exec_driver_sql(
            "INSERT INTO bureau_address (id, recipient, contacts, changed_by, changed_at)"
            " OVERRIDING SYSTEM VALUE VALUES (%(id)s, %(to)s, %(contacts)s, %(actor)s, app_now())",
            {"id": made, "to": name, "contacts": texts.seal(listed, _PLACE, made), "actor": actor},
        )
        noted = NewEvent(EventType.ADDRESS_CHANGED, actor, data={"bureau": name})
        [event_id] = events.write(conn, [noted])
        # Its head is told as well, or the bureau where it was the head's: the old address may be
        # nobody's, and a robot's, which is its key and not stored, is the new one's by then.
        beside = Recipient(to.bureau, is_head=not to.is_head)
        for whom in (to, beside):
            until_now = deliveries.ways_to_bureau(settings, whom)
            told = [way for way in until_now if way.channel not in ROBOTS] or until_now
            deliveries.write(conn, [_message(event_id, whom, way) for way in told[:1]])
    log.info("address.changed", recipient=name)


def send_test(db: Database, settings: Settings, to: Recipient, channel: str, actor: str) -> None:
    """Put a test message on its way to one address. Raises AddressUnknown, TestUnderWay."""
    with db.transaction() as conn:
        contacts = settings.deployed.bureau_contacts() | dict(stored(conn))
        ways = [each for each in contacts.get(str(to), ()) if each.channel == channel]
        if not ways or not deliveries.is_open(settings, channel):
            raise AddressUnknown
        asked = {"type": EventType.ADDRESS_TESTED, "to": str(to), "channel": channel}
        if conn.exec_driver_sql(_WAITING, asked).scalar():
            raise TestUnderWay
        made = NewEvent(EventType.ADDRESS_TESTED, actor, data={"bureau": str(to)})
        [event_id] = events.write(conn, [made])
        deliveries.write(conn, [_message(event_id, to, ways[0])])


def _message(event_id: int, to: Recipient, way: Contact) -> Notification:
    address = None if way.channel in ROBOTS else way.address
    return Notification(event_id, None, None, to, Channel(way.channel), address)


def _contacts(row: Row[Any]) -> tuple[Contact, ...] | None:
    try:
        items = orjson.loads(texts.shown(row.contacts, _PLACE, row.id) or "")
        return channels.contacts(items) if items else ()
    except ValueError:  # of an earlier release, or written by hand
        return None


def _listed(contact: Contact) -> dict[str, str]:
    secret = {} if contact.secret is None else {"secret": contact.secret}
    return {"channel": contact.channel, "address": contact.address, **secret}


def _shown(contact: Contact) -> str:
    if contact.channel in ROBOTS:
        return urlsplit(contact.address).hostname or ""
    return contact.address
