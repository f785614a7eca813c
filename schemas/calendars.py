"""Subscriptions to visits on the wire: to a bureau's, or to a person's own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from marshmallow import fields

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.names import Name


class CalendarRequestSchema(StrictSchema):
    """A new calendar subscription."""

    label = Name(max_length=100, required=True, **about("用途", "如使用人或日历名称"))


@answer
class Feed:
    """A calendar subscription."""

    id: Annotated[int, about("编号")]
    label: Annotated[str, about("用途")]
    own: Annotated[bool, about("是否只含建立人自己的走访")]
    created_by: Annotated[str, about("建立人")]
    created_at: Annotated[datetime, about("建立时间")]


@answer
class FeedList:
    """The subscriptions in force."""

    items: Annotated[list[Feed], about("日历订阅")]


@answer
class NewFeed:
    """A subscription just made."""

    id: Annotated[int, about("编号")]
    label: Annotated[str, about("用途")]
    url: Annotated[str, fields.Url, about("订阅地址", "只显示这一次；持有者即可查看走访日历")]
