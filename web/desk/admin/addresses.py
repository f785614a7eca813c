"""Where each bureau is reached: changed here, and tried with a message whose outcome comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from flask import Response, request

from api.services import services
from casework.outbox import bureau_addresses
from casework.outbox.bureau_addresses import AddressUnknown, Reached, TestUnderWay
from casework.people.access import Principal
from casework.people.rights import Right
from config import channels
from config.channels import ROBOTS, ChannelFileError, Contact
from vocabulary.deliveries import Channel, Recipient
from web.desk.admin.parts import ADDRESSES, Errors, admin_page, bureau_names
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.page import go_to
from web.parts.posted import posted

pages = desk_pages("admin-addresses")

_PLACES: Final = range(1, len(channels.CONTACT_CHANNELS) + 1)
_CHANNELS: Final = [(each, Channel(each).label) for each in channels.CONTACT_CHANNELS]

_INSIDE: Final = (
    "机器人的地址须以 https:// 开头，且不能在内网；内网的机器人由运维人员写入部署的文件。"
)


class Row(NamedTuple):
    """One way as the form has it; a robot's address is its key, is not shown, and stays where
    nothing is typed."""

    channel: str = ""
    address: str = ""
    secret: str = ""
    is_kept: bool = False


@pages.route(ADDRESSES, methods=["GET"])
@desk(Right.ADMINISTER)
def listing(principal: Principal) -> Response:
    del principal
    made = services()
    reached = bureau_addresses.list_all(made.db, made.settings)
    asked = request.args.get("to", "")
    names = _recipients()
    if asked not in names:
        return _listed(reached)
    held = next((each.ways for each in reached if str(each.to) == asked), ())
    rows = [
        Row(way.channel.value, "" if way.channel.value in ROBOTS else way.shown, is_kept=True)
        for way in held
    ]
    return _listed(reached, to=asked, rows=rows)


@pages.route(ADDRESSES, methods=["POST"])
@desk(Right.ADMINISTER)
def change(principal: Principal) -> Response:
    made, to = services(), posted().get("to", "")
    if to not in _recipients():
        raise AddressUnknown
    rows = list(_typed())
    contacts, faults = _read(rows, made.settings.bureau_contacts().get(to, ()))
    if faults:
        reached = bureau_addresses.list_all(made.db, made.settings)
        return _listed(reached, faults, to=to, rows=rows, status=422)
    wanted = None if posted().get("deployed") else contacts
    bureau_addresses.change(made.db, made.settings, Recipient.parse(to), wanted, principal.actor)
    return tell(go_to(ADDRESSES), "已更改，半分钟内起用。已告知原来的地址。")


@pages.route(f"{ADDRESSES}/test", methods=["POST"])
@desk(Right.ADMINISTER)
def send_test(principal: Principal) -> Response:
    made, sent = services(), posted()
    to, channel = sent.get("to", ""), sent.get("channel", "")
    if to not in _recipients():
        raise AddressUnknown
    try:
        bureau_addresses.send_test(
            made.db, made.settings, Recipient.parse(to), channel, principal.actor
        )
    except TestUnderWay as refused:
        reached = bureau_addresses.list_all(made.db, made.settings)
        return _listed(reached, [(f"{to}-{channel}", refused.detail)], status=409)
    return tell(go_to(ADDRESSES), "测试消息已在发送，稍后刷新本页看结果。")


def _recipients() -> dict[str, str]:
    """Every bureau and its head, by recipient."""
    names = bureau_names()
    every = [Recipient(each, is_head=is_head) for each in names for is_head in (False, True)]
    return {str(each): each.called(names.__getitem__) for each in every}


def _typed() -> Iterator[Row]:
    for place in _PLACES:
        channel, address, secret = (
            posted().get(f"{name}-{place}", "").strip() for name in ("channel", "address", "secret")
        )
        if channel or address:
            yield Row(channel, address, secret)


def _read(rows: list[Row], present: tuple[Contact, ...]) -> tuple[list[Contact], Errors]:
    """What was typed as ways, in order, or what is wrong."""
    kept = {each.channel: each for each in present if each.channel in ROBOTS}
    found: list[Contact] = []
    faults: Errors = []
    for place, row in enumerate(rows, start=1):
        if not row.address and row.channel in kept:
            found.append(kept[row.channel])
            continue
        secret = {"secret": row.secret} if row.secret else {}
        try:
            [read] = channels.contacts([{"channel": row.channel, "address": row.address, **secret}])
        except ChannelFileError:
            label = dict(_CHANNELS).get(row.channel)
            said = f"这不是{label}的地址，或者密钥填在了别的渠道。" if label else "请选择渠道。"
            faults.append((f"address-{place}" if label else f"channel-{place}", said))
            continue
        if bureau_addresses.is_inside(services().settings, read):
            faults.append((f"address-{place}", _INSIDE))
        if read.channel in [each.channel for each in found]:
            faults.append((f"channel-{place}", "同一个渠道只能有一个地址。"))
        found.append(read)
    return found, faults


def _listed(
    reached: list[Reached],
    errors: Errors | None = None,
    *,
    to: str = "",
    rows: list[Row] | None = None,
    status: int = 422,
) -> Response:
    shown = (rows or [])[: len(_PLACES)]
    return admin_page(
        "admin_addresses.html",
        errors,
        status=status,
        reached=reached,
        recipients=_recipients(),
        channels=_CHANNELS,
        to=to,
        rows=list(zip(_PLACES, [*shown, *[Row()] * (len(_PLACES) - len(shown))], strict=True)),
    )
