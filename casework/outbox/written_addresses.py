"""Addresses of a bureau, or of its head, as an administrator writes them: read, judged, changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from casework.errors import WrongPart
from casework.notices import editions
from casework.outbox import bureau_addresses
from casework.outbox.bureau_addresses import AddressUnknown, Reached
from config import channels
from config.channels import CONTACT_CHANNELS, ROBOTS, ChannelFileError, Contact
from config.settings import Settings
from store.db import Database
from vocabulary.deliveries import Channel, Recipient

_INSIDE: Final = (
    "机器人的地址须以 https:// 开头，且不能在内网；内网的机器人由运维人员写入部署的文件。"
)


class AddressRefused(WrongPart):
    """One of the ways is none."""

    code = "invalid_address"
    title = "联系地址有误"
    message = "联系地址有误。"


class Written(NamedTuple):
    """One way as somebody writes it; a robot's address is its key, and stays where none is
    written."""

    channel: str
    address: str = ""
    secret: str = ""


class Fault(NamedTuple):
    """What is wrong with one way: which, from 0, and which part of it."""

    place: int
    part: str
    said: str
    english: str


def recipients() -> dict[str, Recipient]:
    """Every bureau of a notice and its head, by how it is written."""
    bureaus = {each: None for one in editions.every() for each in editions.bureau_ids(one.notice)}
    every = [Recipient(each, is_head=is_head) for each in bureaus for is_head in (False, True)]
    return {str(each): each for each in every}


def recipient(written: str) -> Recipient:
    """A bureau, or its head. Raises AddressUnknown."""
    found = recipients().get(written)
    if found is None:
        raise AddressUnknown(english=f"{written[:60]!r} is no bureau, and no bureau's head")
    return found


def read(
    db: Database, settings: Settings, to: Recipient, written: Sequence[Written]
) -> tuple[list[Contact], list[Fault]]:
    """What was written as ways, in order, and what is wrong with it."""
    with db.statement() as conn:
        # As they are now: who else serves requests may not have heard of the last change yet.
        changed = dict(bureau_addresses.stored(conn))
    present = (settings.deployed.bureau_contacts() | changed).get(str(to), ())
    kept = {each.channel: each for each in present if each.channel in ROBOTS}
    found: list[Contact] = []
    faults: list[Fault] = []
    for place, each in enumerate(written):
        if not each.address and each.channel in kept:
            way = kept[each.channel]
        else:
            secret = {"secret": each.secret} if each.secret else {}
            try:
                [way] = channels.contacts(
                    [{"channel": each.channel, "address": each.address, **secret}]
                )
            except ChannelFileError:
                faults.append(_unreadable(place, each.channel))
                continue
            if bureau_addresses.is_inside(settings, way):
                faults.append(
                    Fault(place, "address", _INSIDE, "a robot's address is https and public")
                )
        if way.channel in [other.channel for other in found]:
            said = "同一个渠道只能有一个地址。"
            faults.append(Fault(place, "channel", said, "a channel has one address"))
        found.append(way)
    return found, faults


def change(
    db: Database, settings: Settings, to: str, written: Sequence[Written] | None, actor: str
) -> Reached:
    """Give a recipient the ways that are written; None: as the deployment's file has it.

    How it is reached then. Raises AddressUnknown, AddressRefused for the first that is none.
    """
    whom, contacts = recipient(to), None
    if written is not None:
        contacts, faults = read(db, settings, whom, written)
        if faults:
            refused = AddressRefused(faults[0].said, english=faults[0].english)
            refused.pointer = f"/ways/{faults[0].place}/{faults[0].part}"
            raise refused
    bureau_addresses.change(db, settings, whom, contacts, actor)
    [reached] = [each for each in bureau_addresses.list_all(db, settings) if each.to == whom]
    return reached


def _unreadable(place: int, channel: str) -> Fault:
    if channel not in CONTACT_CHANNELS:
        english = f"a channel is one of {', '.join(CONTACT_CHANNELS)}"
        return Fault(place, "channel", "请选择渠道。", english)
    said = f"这不是{Channel(channel).label}的地址，或者密钥填在了别的渠道。"
    return Fault(place, "address", said, f"that is no address of {channel}")
