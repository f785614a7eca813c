"""How bureaus are reached: read, changed and tried by administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from api.blueprints import Resource, Told
from api.services import services
from casework.notices import editions
from casework.outbox import bureau_addresses, written_addresses
from casework.outbox.bureau_addresses import Reached
from casework.outbox.written_addresses import Written
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.addresses import (
    AddressesSchema,
    AddressList,
    AddressTestSchema,
    AddressWay,
    ReachedBureau,
)

blueprint = Resource("addresses", __name__, url_prefix="/api/v1", description="单位地址（管理员）")


@blueprint.officer(
    "GET /addresses",
    Right.ADMINISTER,
    "列出单位地址",
    "各单位和单位负责人在系统外收通知的地址，由谁更改过，最近一次测试的结果。机器人的地址只显示主机名。",
    told=Told(200, AddressList, "单位地址"),
)
def listing(principal: Principal) -> AddressList:
    del principal
    made = services()
    found = bureau_addresses.list_all(made.db, made.settings)
    return AddressList(items=[_shown(each) for each in found])


@blueprint.officer(
    "PUT /addresses/<to>",
    Right.ADMINISTER,
    "更改单位地址",
    "半分钟内起用，并告知原来的地址。机器人的地址须在公网上。",
    takes=AddressesSchema(),
    told=Told(200, ReachedBureau, "已更改"),
)
def change(
    principal: Principal, to: str, ways: Sequence[Mapping[str, Any]] | None
) -> ReachedBureau:
    made = services()
    written = None if ways is None else [Written(**each) for each in ways]
    reached = written_addresses.change(made.db, made.settings, to, written, principal.actor)
    return _shown(reached)


@blueprint.officer(
    "POST /addresses/<to>/test",
    Right.ADMINISTER,
    "测试单位地址",
    "向这一个地址发一条测试消息；结果稍后在列表中。",
    takes=AddressTestSchema(),
    conflicts=True,
    told=Told(204, None, "已在发送"),
)
def send_test(principal: Principal, to: str, channel: str) -> Response:
    made, whom = services(), written_addresses.recipient(to)
    bureau_addresses.send_test(made.db, made.settings, whom, channel, principal.actor)
    return Response(status=204)


def _shown(reached: Reached) -> ReachedBureau:
    return ReachedBureau(
        to=str(reached.to),
        name=reached.to.called(editions.known_bureau_name),
        ways=[
            AddressWay(
                channel=way.channel,
                channel_text=way.channel.label,
                shown=way.shown,
                open=way.is_open,
                test_state=way.tried.state if way.tried else None,
                tested_at=way.tried.at if way.tried else None,
                test_error=way.tried.error if way.tried else None,
            )
            for way in reached.ways
        ],
        changed_by=reached.changed_by,
        changed_at=reached.changed_at,
    )
