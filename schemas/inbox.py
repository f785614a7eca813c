"""A bureau's inbox on the wire."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from marshmallow import fields

from schemas.delegations import Delegation
from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Whole
from schemas.kit.paging import BEFORE, BIGGEST_ID, LIMIT, LIMIT_MAX, NEXT
from schemas.practice import PracticeChange
from vocabulary.outcomes import Outcome

MessageKind = Literal["assessment", "visit", "casework"]


class InboxQuerySchema(StrictSchema):
    """Filters of the inbox."""

    unread = fields.Boolean(**about("只看未读"))
    before, limit = BEFORE, LIMIT


class ReadMessagesSchema(StrictSchema):
    """Messages that have been read."""

    ids = BoundedList(
        Whole(low=1, high=BIGGEST_ID),
        least=1,
        most=LIMIT_MAX,
        required=True,
        **about("消息编号"),
    )


@answer
class Message:
    """One message of a bureau's inbox, as things stood when it was told."""

    id: Annotated[int, about("编号")]
    kind: Annotated[
        MessageKind,
        about("类别", "assessment（核对结果）、visit（走访提醒）或 casework（办理动态）"),
    ]
    at: Annotated[datetime, about("送达时间")]
    read_at: Annotated[datetime | None, about("阅读时间")]
    receipt: Annotated[str, about("受理编号")]
    provision: Annotated[str, about("条款代码")]
    enterprise: Annotated[str, about("申报单位")]
    leads: Annotated[bool, about("是否由本单位牵头")]
    outcome: Annotated[Outcome | None, about("结果代码")]
    outcome_text: Annotated[str | None, about("结果")]
    amount: Annotated[Decimal | None, about("金额")]
    planned_on: Annotated[date | None, about("走访日期")]
    text: Annotated[str, about("摘要")]


@answer
class AddressChange:
    """That a bureau, or its head, is told of things elsewhere from then on."""

    of_head: Annotated[bool, about("是否负责人的地址", "否则是单位的")]
    changed_by: Annotated[str, about("由谁更改")]
    changed_at: Annotated[datetime, about("更改时间")]


@answer
class InboxPage:
    """One page of the inbox."""

    items: Annotated[list[Message], about("消息", "新的在前")]
    delegations: Annotated[
        list[Delegation], about("与本人有关的代办", "本人被代办或代他人办理，含待确认的")
    ]
    practice: Annotated[
        list[PracticeChange], about("等本人同意的本地做法变更", "由另一位管理员提出；只有管理员有")
    ]
    addresses: Annotated[list[AddressChange], about("收通知的地址的更改", "一个月以内的，新的在前")]
    next: Annotated[int | None, NEXT]


@answer
class Marked:
    """Messages marked as read."""

    marked: Annotated[list[int], about("此前未读、现已标记的消息编号")]
