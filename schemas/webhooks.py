"""Endpoints of other systems on the wire: what is registered, how it fares, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from marshmallow import fields

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Text
from vocabulary.event_data import Cause

_LONGEST_URL: Final = 500
_MOST_TYPES: Final = 100


def _event_types() -> BoundedList:
    return BoundedList(
        Text(max_length=60),
        least=0,
        most=_MOST_TYPES,
        **about("事件类别", "如 application.assessed，见 docs/events.md；空列表为全部"),
    )


class NewWebhookSchema(StrictSchema):
    """An endpoint to be registered."""

    url = Text(max_length=_LONGEST_URL, required=True, **about("地址", "https 的公网地址"))
    event_types = _event_types()


class WebhookChangeSchema(StrictSchema):
    """What of an endpoint is to be otherwise; what is left out stays."""

    url = Text(max_length=_LONGEST_URL, **about("地址", "https 的公网地址"))
    event_types = _event_types()
    enabled = fields.Boolean(**about("是否启用", "启用后从此刻起推送；停用期间的可再请求重发"))


@answer
class Webhook:
    """An endpoint and how it fares."""

    id: Annotated[int, about("编号")]
    bureau: Annotated[str, about("单位代码")]
    client: Annotated[int | None, about("申报渠道", "首个令牌的编号；单位自己的为 null")]
    url: Annotated[str, fields.Url, about("地址")]
    event_types: Annotated[Sequence[str], about("事件类别", "空列表为全部")]
    created_at: Annotated[datetime, about("登记时间")]
    disabled_at: Annotated[datetime | None, about("停用时间")]
    disabled_reason: Annotated[Cause | None, about("停用缘由代码")]
    secrets: Annotated[int, about("有效的签名密钥数")]
    failures: Annotated[int, about("连续失败次数")]
    closed_until: Annotated[datetime | None, about("暂停推送到何时", "连续失败后")]
    pending: Annotated[int, about("待推送的件数")]
    sent: Annotated[int, about("已推送的件数")]
    failed: Annotated[int, about("未能推送的件数")]


@answer
class Webhooks:
    """The endpoints of a bureau or of a sending system."""

    items: Annotated[list[Webhook], about("推送地址", "先登记的在前")]


@answer
class WebhookAdded:
    """An endpoint just registered."""

    id: Annotated[int, about("编号")]
    secret: Annotated[str, about("签名密钥", "只显示这一次，whsec_ 开头")]


@answer
class WebhookSecret:
    """A new signing secret."""

    secret: Annotated[str, about("签名密钥", "只显示这一次；原有的再有效 24 小时")]


@answer
class Replayed:
    """What is sent again."""

    deliveries: Annotated[int, about("重新推送的件数")]


@answer
class WebhookAttempt:
    """One attempt."""

    at: Annotated[datetime, about("时间")]
    event: Annotated[int, about("事件编号", "消息的 webhook-id 为 wenqi- 加此编号")]
    type: Annotated[str, about("事件类别")]
    receipt: Annotated[str | None, about("受理编号", "测试事件没有")]
    status: Annotated[int | None, about("答复的状态码", "没有答复的为 null")]
    answer: Annotated[str | None, about("答复的开头", "只留 ASCII 字符，疑似个人信息的已遮盖")]
    error: Annotated[str | None, about("未成功的缘由", "成功的为 null")]


@answer
class WebhookAttempts:
    """The latest attempts."""

    items: Annotated[list[WebhookAttempt], about("推送经过", "新的在前，最多 100 次")]
