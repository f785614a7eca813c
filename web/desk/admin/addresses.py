"""Where each bureau is reached: changed here, and tried with a message whose outcome comes back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from flask import Response, request

from api.services import services
from casework.outbox import bureau_addresses, written_addresses
from casework.outbox.bureau_addresses import AddressUnknown, Reached, TestUnderWay
from casework.outbox.written_addresses import Written
from casework.people.access import Principal
from casework.people.rights import Right
from config import channels
from config.channels import ROBOTS
from vocabulary.deliveries import Channel, Recipient
from web.desk.admin.parts import ADDRESSES, Errors, admin_page, bureau_names
from web.desk.admin.spoken import failed
from web.desk.guard import desk
from web.desk.pages import desk_pages
from web.desk.told import tell
from web.parts.page import go_to
from web.parts.posted import posted

pages = desk_pages("admin-addresses")

_PLACES: Final = range(1, len(channels.CONTACT_CHANNELS) + 1)
_CHANNELS: Final = [(each, Channel(each).label) for each in channels.CONTACT_CHANNELS]


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
    written = [Written(row.channel, row.address, row.secret) for row in rows]
    contacts, wrong = written_addresses.read(made.db, made.settings, Recipient.parse(to), written)
    faults = [(f"{each.part}-{each.place + 1}", each.said) for each in wrong]
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
    known = written_addresses.recipients()
    return {text: each.called(names.__getitem__) for text, each in known.items()}


def _typed() -> Iterator[Row]:
    for place in _PLACES:
        channel, address, secret = (
            posted().get(f"{name}-{place}", "").strip() for name in ("channel", "address", "secret")
        )
        if channel or address:
            yield Row(channel, address, secret)


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
        failed=failed,
        rows=list(zip(_PLACES, [*shown, *[Row()] * (len(_PLACES) - len(shown))], strict=True)),
    )
