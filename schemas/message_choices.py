"""When a bureau is told of what outside its inbox (消息设置), on the wire."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated

from marshmallow import fields

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice
from vocabulary.matters import Matter, Telling


class ChosenMessageSchema(StrictSchema):
    """When the bureau is told of one matter."""

    matter = Choice(Matter, required=True, **about("消息类别"))
    telling = Choice(Telling, required=True, **about("什么时候发"))


class ChosenMessagesSchema(StrictSchema):
    """What is chosen anew."""

    choices = BoundedList(
        fields.Nested(ChosenMessageSchema),
        least=1,
        most=len(Matter),
        required=True,
        **about("改了的消息类别", "没有列出的照旧"),
    )


@answer
class MessageChoice:
    """When a bureau is told of one matter outside its inbox."""

    matter: Annotated[Matter, about("消息类别的代码")]
    matter_text: Annotated[str, about("消息类别")]
    telling: Annotated[Telling, about("什么时候发")]
    usual: Annotated[Telling, about("没有选过的什么时候发")]
    allowed: Annotated[list[Telling], about("可以怎么选")]
    why: Annotated[str | None, about("为什么不能都选")]
    chosen_by: Annotated[str | None, about("由谁选定", "没有选过的为 null")]
    chosen_at: Annotated[datetime | None, about("选定时间")]


@answer
class MessageChoices:
    """When a bureau is told of what outside its inbox."""

    version: Annotated[int, about("版本", "即 ETag")]
    digest_at: Annotated[
        time | None, about("每日提要几点发", "null：不发每日提要，选了每日提要的立即发")
    ]
    items: Annotated[list[MessageChoice], about("各类消息")]
