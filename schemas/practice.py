"""Local practice and its changes, on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import DateField, Text
from vocabulary.practice import ChangeState


class PracticeProposalSchema(StrictSchema):
    """A value that is proposed."""

    name = Text(max_length=60, required=True, **about("哪一项", "变量名"))
    value = Text(max_length=500, **about("新的值", "写法同环境变量；不填即恢复部署时的值"))
    valid_from = DateField(required=True, **about("从哪天起", "今天以后的一天"))
    reason = Text(max_length=1000, lines=True, required=True, **about("理由", "至少10个字"))


class PracticeQuerySchema(StrictSchema):
    """Which changes are asked for."""

    name = Text(max_length=60, **about("只看这一项", "变量名"))


@answer
class Parameter:
    """An item of local practice as it is today."""

    name: Annotated[str, about("变量名")]
    meaning: Annotated[str, about("含义")]
    value: Annotated[str, about("现在的值")]
    deployed: Annotated[str, about("部署时的值")]
    default: Annotated[str, about("程序的缺省值")]
    form: Annotated[str, about("写法或范围")]
    fixed: Annotated[str | None, about("不能在运行中改的原因")]
    since: Annotated[date | None, about("从哪天起", "为空的自部署起未变")]
    proposed_by: Annotated[str | None, about("提出人")]
    confirmed_by: Annotated[str | None, about("同意人")]
    reason: Annotated[str | None, about("理由")]


@answer
class PracticeList:
    """All local practice."""

    items: Annotated[list[Parameter], about("本地做法")]


@answer
class PracticeChange:
    """A change of local practice that was proposed."""

    id: Annotated[int, about("编号")]
    name: Annotated[str, about("变量名")]
    value: Annotated[str | None, about("新的值", "为空即恢复部署时的值")]
    valid_from: Annotated[date, about("从哪天起")]
    reason: Annotated[str, about("理由")]
    state: Annotated[ChangeState, about("状态")]
    proposed_by: Annotated[str, about("提出人")]
    proposed_at: Annotated[datetime, about("提出时间")]
    confirmed_by: Annotated[str | None, about("同意人")]
    confirmed_at: Annotated[datetime | None, about("同意时间")]
    ended_by: Annotated[str | None, about("撤回或者不同意的人")]
    ended_at: Annotated[datetime | None, about("撤回时间")]


@answer
class PracticeChangeList:
    """Changes of local practice."""

    items: Annotated[list[PracticeChange], about("变更")]
