"""How bureaus are reached, on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from marshmallow import fields

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Text
from vocabulary.deliveries import Channel, DeliveryState


class WrittenWaySchema(StrictSchema):
    """One way to reach somebody."""

    channel = Text(
        max_length=20, required=True, **about("渠道代码", "email、sms、dingtalk 或 wecom")
    )
    address = Text(
        max_length=2000,
        **about("地址", "邮箱、手机号或机器人的地址；机器人的不填即保持原来的", personal=True),
    )
    secret = Text(max_length=200, **about("钉钉机器人的加签密钥", personal=True))


class AddressesSchema(StrictSchema):
    """How a bureau, or its head, is to be reached."""

    ways = BoundedList(
        fields.Nested(WrittenWaySchema),
        least=0,
        most=4,
        required=True,
        allow_none=True,
        **about("各渠道", "按尝试的顺序；空的为只用收件箱，null 为恢复部署文件所写的"),
    )


class AddressTestSchema(StrictSchema):
    """Which address is tried."""

    channel = Text(max_length=20, required=True, **about("渠道代码"))


@answer
class AddressWay:
    """A way to a recipient."""

    channel: Annotated[Channel, about("渠道代码")]
    channel_text: Annotated[str, about("渠道")]
    shown: Annotated[str, about("地址", "机器人的只有主机名，其余是密钥")]
    open: Annotated[bool, about("渠道是否已配置")]
    test_state: Annotated[DeliveryState | None, about("最近一次测试的结果")]
    tested_at: Annotated[datetime | None, about("最近一次测试的时间")]
    test_error: Annotated[str | None, about("最近一次测试失败的原因")]


@answer
class ReachedBureau:
    """How a bureau, or its head, is reached."""

    to: Annotated[str, about("单位代码", "负责人的后面加 :supervisor")]
    name: Annotated[str, about("单位或其负责人")]
    ways: Annotated[list[AddressWay], about("各渠道", "按尝试的顺序")]
    changed_by: Annotated[str | None, about("更改人", "没有更改过的为 null")]
    changed_at: Annotated[datetime | None, about("更改时间")]


@answer
class AddressList:
    """All of them."""

    items: Annotated[list[ReachedBureau], about("有地址的单位，和更改过地址的单位")]
