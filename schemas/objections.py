"""Objections (异议) to what is publicised, on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from marshmallow import fields

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import Text, YesNo
from schemas.kit.paging import BEFORE, LIMIT, NEXT
from vocabulary.fulfilment import ObjectionState


class NewObjectionSchema(StrictSchema):
    """An objection, and where a code reaches whoever makes it."""

    contact = Text(
        max_length=254,
        required=True,
        **about("联系方式", "手机号码或电子邮箱，用来接收验证码", personal=True),
    )
    words = Text(max_length=2000, lines=True, required=True, **about("异议内容", personal=True))


class ObjectionCodeSchema(StrictSchema):
    """The code that is typed back."""

    objection = Text(max_length=80, required=True, **about("异议凭据", "提出异议时答复的"))
    code = Text(max_length=12, required=True, **about("验证码", "收到的六位数字"))


class ObjectionQuerySchema(StrictSchema):
    """Paging of the list of objections."""

    open = fields.Boolean(**about("是否待答复", "true 只看待答复的"))
    before, limit = BEFORE, LIMIT


class ObjectionAnswerSchema(StrictSchema):
    """The bureau's answer."""

    sustained = YesNo(required=True, **about("是否成立", "true 停止兑现，false 继续兑现"))
    words = Text(max_length=2000, lines=True, required=True, **about("答复", "提出异议的人能看到"))


@answer
class Objected:
    """The answer to an objection; the same whether or not a code was sent."""

    objection: Annotated[str, about("异议凭据", "只显示这一次；填回验证码和查看答复时使用")]
    minutes: Annotated[int, about("验证码几分钟内有效")]


@answer
class ObjectionStanding:
    """How an objection stands, for who made it."""

    state: Annotated[ObjectionState, about("状态代码")]
    state_text: Annotated[str, about("状态")]
    answer: Annotated[str | None, about("答复")]
    answered_on: Annotated[date | None, about("答复日期")]
    stops: Annotated[bool, about("答复前是否暂停兑现", "公示期满后提出的不暂停")]


@answer
class Objection:
    """An objection, for the bureau that answers it."""

    id: Annotated[int, about("编号")]
    receipt: Annotated[str, about("受理编号")]
    contact: Annotated[str | None, about("提出人的联系方式", "已核实")]
    words: Annotated[str, about("异议内容")]
    state: Annotated[ObjectionState, about("状态代码")]
    state_text: Annotated[str, about("状态")]
    made_at: Annotated[datetime | None, about("提出时间")]
    due_on: Annotated[date, about("答复期限", "本地做法，通知未规定")]
    provisional: Annotated[bool, about("期限是否暂定")]
    stops: Annotated[bool, about("是否暂停兑现", "公示期满后提出的不暂停")]
    repeated: Annotated[bool, about("是否同一人在答复后再次提出")]
    answer: Annotated[str | None, about("答复")]
    answered_by: Annotated[str | None, about("由谁答复")]
    answerable: Annotated[bool, about("本人现在能否答复", "清单中不列，为 false")]


@answer
class ObjectionPage:
    """One page of objections."""

    items: Annotated[list[Objection], about("异议", "新的在前")]
    next: Annotated[int | None, NEXT]
