"""Lending a role during an absence (代办), on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import DateField, Text
from schemas.kit.names import Name
from vocabulary.people import Role


class DelegationRequestSchema(StrictSchema):
    """What is asked for."""

    to = Name(max_length=80, required=True, **about("代办人", "本单位账号的名称"))
    starts_on = DateField(**about("开始日", "不填即从现在起"))
    ends_on = DateField(required=True, **about("结束日", "含当日"))
    reason = Text(max_length=1000, lines=True, required=True, **about("理由"))
    absent = Name(max_length=80, **about("缺勤人", "不填即本人；管理员可为他人提出，经确认后生效"))


@answer
class Delegation:
    """A role lent during an absence."""

    id: Annotated[int, about("编号")]
    absent: Annotated[str, about("缺勤人")]
    to: Annotated[str, about("代办人")]
    role: Annotated[Role, about("所代角色")]
    starts_at: Annotated[datetime, about("自")]
    ends_at: Annotated[datetime, about("至")]
    reason: Annotated[str, about("理由")]
    requested_by: Annotated[str, about("提出人")]
    confirmed_by: Annotated[str | None, about("确认人", "为空的尚未确认，不能代办")]
    confirmed_at: Annotated[datetime | None, about("确认时间")]


@answer
class DelegationList:
    """The bureau's delegations."""

    items: Annotated[list[Delegation], about("代办安排")]
