"""Putting messages on their way: one delivery row per event, recipient and channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection

from casework.outbox import choices, digest
from casework.outbox.choices import Choice
from casework.personal import texts
from config.channels import ROBOTS, Contact
from config.settings import Settings
from schemas.kit.telephone import read_telephone
from store import ledger
from store.encoding import numbers
from vocabulary.deliveries import APPLICANT, OPERATOR, Channel, Recipient, RecipientKind
from vocabulary.event_sets import CARRY_A_CODE, MATTERS
from vocabulary.events import EventType
from vocabulary.identity import CONFIRMABLE
from vocabulary.matters import Matter, Telling
from vocabulary.work import Stage

_AT_ONCE = (Channel.INBOX, Channel.PORTAL)

_WRITE = """
INSERT INTO delivery (event_id, application_id, visit_id, recipient_kind, recipient, channel,
    address, state, created_at, sent_at, in_digest)
SELECT event, application, visit, kind, recipient, channel, address,
    CASE WHEN at_once THEN 'sent' ELSE 'pending' END, (SELECT app_now()),
    CASE WHEN at_once THEN (SELECT app_now()) END, in_digest
FROM unnest(%(events)s::bigint[], %(applications)s::bigint[], %(visits)s::bigint[],
    %(kinds)b::text[], %(recipients)b::text[], %(channels)b::text[], %(addresses)b::text[],
    %(digests)s::boolean[])
    AS u (event, application, visit, kind, recipient, channel, address, in_digest),
    LATERAL (SELECT channel IN ('inbox', 'portal')) AS l (at_once)
"""
_About = tuple[int, int | None, int | None, Recipient]
_ONCE = "ON CONFLICT (event_id, recipient_kind, recipient, channel) DO NOTHING"


class Notification(NamedTuple):
    """Whom to tell of which event how."""

    event_id: int
    application_id: int | None  # None: about many, as a daily digest is
    visit_id: int | None
    recipient: Recipient
    channel: Channel
    address: str | None = None
    choice: Choice | None = None  # None: nobody chooses


def to_bureau(
    settings: Settings,
    kind: EventType | Matter,
    event_id: int,
    application_id: int,
    visit_id: int | None,
    bureau: str,
    *,
    to_head: bool = False,
) -> list[Notification]:
    """Tell a bureau, or its head: in its inbox, and over the first channel it can be reached by,
    when the bureau chose to be told of it (`write`).

    `kind`: the event's, or what it is about where its kind alone does not say that.
    """
    to = Recipient(bureau, is_head=to_head)
    return _to(
        settings, kind, (event_id, application_id, visit_id, to), ways_to_bureau(settings, to)
    )


def to_bureaus(
    settings: Settings, told: Sequence[tuple[EventType, int, int, str]]
) -> list[Notification]:
    """Tell many bureaus as `to_bureau` does one: (kind, event, application, bureau) each."""
    to = {bureau: Recipient(bureau) for *_, bureau in told}
    ways = {bureau: ways_to_bureau(settings, each) for bureau, each in to.items()}
    return [
        message
        for kind, event_id, application_id, bureau in told
        for message in _to(
            settings, kind, (event_id, application_id, None, to[bureau]), ways[bureau]
        )
    ]


def _to(
    settings: Settings, kind: EventType | Matter, about: _About, ways: Sequence[Contact]
) -> list[Notification]:
    matter = kind if isinstance(kind, Matter) else MATTERS[kind]
    choice = Choice(matter, settings.practice.digest)
    inbox = Notification(*about, Channel.INBOX, None, choice)
    return [inbox, *(_by(way, about)._replace(choice=choice) for way in ways[:1])]


def outside(settings: Settings, event_id: int, to: Recipient) -> list[Notification]:
    """Tell a bureau, or its head, of something about many applications, over the first channel
    only."""
    return [_by(way, (event_id, None, None, to)) for way in ways_to_bureau(settings, to)[:1]]


def to_enterprise(
    settings: Settings,
    event_id: int,
    application_id: int,
    visit_id: int | None,
    confirmed: Mapping[str, str],
) -> list[Notification]:
    """Tell the enterprise: on its status page, and over the first channel it can be reached by.

    `confirmed`: the addresses of its contact that are (`casework.personal.parts.confirmed`).
    """
    about = (event_id, application_id, visit_id, APPLICANT)
    ways = ways_to_enterprise(settings, confirmed)
    return [Notification(*about, Channel.PORTAL), *(_by(way, about) for way in ways[:1])]


def ways_of(
    settings: Settings, to: Recipient, event_type: str, confirmed: Mapping[str, str]
) -> tuple[Contact, ...]:
    """How a recipient can be told of an event outside this house, in order of trial. A code goes to
    the one address that it is for."""
    if to.kind is RecipientKind.BUREAU:
        return ways_to_bureau(settings, to)
    if to.kind is RecipientKind.APPLICANT and event_type not in CARRY_A_CODE:
        return ways_to_enterprise(settings, confirmed)
    return ()


def ways_to_bureau(settings: Settings, to: Recipient) -> tuple[Contact, ...]:
    """How a bureau, its head or the operator can be reached outside an inbox, in order of trial."""
    if to == OPERATOR:
        mail = settings.auditing.operator_mail
        return (Contact(Channel.EMAIL.value, mail),) if mail else ()
    contacts = _bureau_contacts(settings)
    # A bureau's head may have an address of their own.
    ways = contacts.get(str(to)) or contacts.get(to.bureau or "", ())
    return tuple(way for way in ways if is_open(settings, way.channel))


def ways_to_enterprise(settings: Settings, contact: Mapping[str, str]) -> tuple[Contact, ...]:
    """How an enterprise can be reached outside its status page, in order of trial.

    The last is a call by the bureau, where the deployment sends messages to enterprises at all.
    """
    addresses = {channel.value: address_over(channel, contact) for channel in CONFIRMABLE}
    channels = [each for each in settings.enterprise_channels if is_open(settings, each)]
    ways = [Contact(channel, address) for channel in channels if (address := addresses[channel])]
    if channels:
        ways.append(Contact(Channel.CALL.value, contact.get("phone") or ""))
    return tuple(ways)


def reaches_enterprises(settings: Settings) -> bool:
    """Whether the deployment sends messages to enterprises at all."""
    return any(is_open(settings, each) for each in settings.enterprise_channels)


def address_over(channel: Channel, contact: Mapping[str, str]) -> str | None:
    """A contact's address over a channel that confirms one; a landline takes no short message."""
    address = contact.get(CONFIRMABLE[channel][0])
    if address is None or channel is not Channel.SMS:
        return address
    phone = read_telephone(address)
    return phone.text_address if phone else None


def sends_codes(settings: Settings, channel: Channel) -> bool:
    """Whether a verification code can go over the channel, or to the demonstration's file."""
    return settings.codes_file is not None or is_open(settings, channel)


def hand_over(
    conn: Connection, failed: Notification, ways: Sequence[Contact], *, for_good: bool
) -> Channel | None:
    """Put a message that one channel could not deliver on its way over the recipient's next one.

    `for_good`: it never will, so that somebody may be called. None if there is none (left).
    """
    channels = [way.channel for way in ways]
    place = channels.index(failed.channel) if failed.channel in channels else len(ways)
    for way in ways[place + 1 :]:
        if way.channel == Channel.CALL and not for_good:
            continue
        about = (failed.event_id, failed.application_id, failed.visit_id, failed.recipient)
        if write(conn, [_by(way, about)]):
            return Channel(way.channel)
    return None


def settle_calls(conn: Connection, application_id: int, note: str) -> int:
    """Everything there was to tell by telephone was told, with this result. How much it was."""
    rows = conn.exec_driver_sql(
        "UPDATE delivery SET state = 'sent', sent_at = app_now() WHERE application_id = %(id)s"
        " AND channel = 'call' AND state = 'pending' RETURNING id",
        {"id": application_id},
    )
    told = rows.scalars().all()
    for call in told:
        conn.exec_driver_sql(
            "UPDATE delivery SET note = %(note)s WHERE id = %(id)s",
            {"id": call, "note": texts.seal(note, "delivery.note", call)},
        )
    return len(told)


def address_of(stored: str | None, event_id: int, channel: str) -> str | None:
    """The address that a delivery's row holds."""
    row = f"{event_id}:{channel}"
    return texts.unseal(stored, "delivery.address", row)


def _stored(to: Notification) -> str | None:
    """An enterprise's address is a person's; a bureau's stands in the deployment's own file."""
    if to.recipient.kind is not RecipientKind.APPLICANT or to.channel in _AT_ONCE:
        return to.address
    row = f"{to.event_id}:{to.channel}"
    return texts.seal(to.address, "delivery.address", row)


def _by(way: Contact, about: _About) -> Notification:
    # A robot's address is its key: it is looked up when needed and never stored.
    address = None if way.channel in ROBOTS else way.address
    return Notification(*about, Channel(way.channel), address)


def is_open(settings: Settings, channel: str) -> bool:
    """Whether the deployment has what the channel needs."""
    if channel == Channel.EMAIL:
        return settings.smtp_url is not None
    return channel != Channel.SMS or settings.sms_gateway is not None


def is_deployed(settings: Settings, way: Contact) -> bool:
    """Whether the deployment's own file names the address: the operator's word that it may lie
    inside a network."""
    named = _bureau_contacts(settings.deployed).values()
    return any(way.address == each.address for ways in named for each in ways)


@lru_cache(maxsize=8)
def _bureau_contacts(settings: Settings) -> Mapping[str, tuple[Contact, ...]]:
    return settings.bureau_contacts()


def write(conn: Connection, notifications: Sequence[Notification], *, fresh: bool = False) -> int:
    """Write the rows; inbox and portal rows are themselves the message, others become work.

    A row that exists already (same event, recipient and channel) is left alone; `fresh`: none can
    exist, because the events were written in this transaction. Returns rows written.
    """
    if not notifications:
        return 0
    whens = _whens(conn, notifications)
    kept = [
        (each, when)
        for each, when in zip(notifications, whens, strict=True)
        if each.channel in _AT_ONCE or when in (None, Telling.AT_ONCE)
    ]
    outward = any(each.channel not in _AT_ONCE for each, _ in kept)
    result = conn.exec_driver_sql(
        _WRITE + ("" if fresh else _ONCE) + (" RETURNING id, channel" if outward else ""),
        {
            "events": numbers([n.event_id for n, _ in kept]),
            "applications": numbers([n.application_id for n, _ in kept]),
            "visits": numbers([n.visit_id for n, _ in kept]),
            "kinds": [n.recipient.kind.value for n, _ in kept],
            "recipients": [str(n.recipient) for n, _ in kept],
            "channels": [n.channel.value for n, _ in kept],
            "addresses": [_stored(n) for n, _ in kept],
            "digests": [None if when is None else when is Telling.DIGEST for _, when in kept],
        },
    )
    if not outward:
        return result.rowcount
    written = result.all()
    to_send = [row[0] for row in written if row[1] not in _AT_ONCE]
    if to_send:
        ledger.add(conn, Stage.NOTIFY, [(delivery_id, None) for delivery_id in to_send])
    return len(written)


def _whens(conn: Connection, messages: Sequence[Notification]) -> list[Telling | None]:
    """When each is told outside the inbox, its digest seen to; None where nobody chooses, or where
    nobody can be reached."""
    to = {str(n.recipient): n for n in messages if n.choice and n.channel not in _AT_ONCE}
    if not to:
        return [None] * len(messages)
    chosen = choices.chosen(conn, [each.recipient.bureau or "" for each in to.values()])
    whens = [
        n.choice.held(chosen.get((n.recipient.bureau or "", n.choice.matter)))
        if n.choice and str(n.recipient) in to
        else None
        for n in messages
    ]
    in_digest = {
        str(n.recipient): n.choice.digest_at
        for n, when in zip(messages, whens, strict=True)
        if when is Telling.DIGEST and n.choice and n.choice.digest_at
    }
    for at in set(in_digest.values()):
        digest.collect(conn, [name for name, when in in_digest.items() if when == at], at)
    return whens
