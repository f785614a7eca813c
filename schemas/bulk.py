"""The same act on many cases, on the wire."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from marshmallow import fields

from schemas.acts import ReasonSchema
from schemas.findings import FindingsSchema
from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Text, Whole
from schemas.kit.paging import LIMIT_MAX
from vocabulary.cases import State


class ReceiptsSchema(StrictSchema):
    """Cases to be acknowledged together (批量签收)."""

    receipts = BoundedList(
        Text(max_length=40),
        least=1,
        most=LIMIT_MAX,
        required=True,
        **about("受理编号", "逐件签收，一件不成不影响其他"),
    )


class AssignmentsSchema(ReceiptsSchema):
    """Cases to be given to a colleague together (批量指派)."""

    to = Text(max_length=80, **about("经办人", "在单位内的名称；不填为取消指派"))


class SeenCaseSchema(StrictSchema):
    """A case, and the version of it that the caller has read."""

    receipt = Text(max_length=40, required=True, **about("受理编号"))
    version = Whole(low=1, high=2**31 - 1, required=True, **about("所读的版本", "见列表的 version"))


def _cases() -> BoundedList:
    return BoundedList(
        fields.Nested(SeenCaseSchema),
        least=1,
        most=LIMIT_MAX,
        required=True,
        **about("案件", "逐件办理，一件不成不影响其他"),
    )


class ManyFindingsSchema(FindingsSchema):
    """The same findings on several cases (批量记录认定意见)."""

    cases = _cases()


class ManyGrantsSchema(ReasonSchema):
    """Several cases to be granted as computed (按计算结果批量准予)."""

    cases = _cases()


@answer
class Done:
    """What became of one case of many."""

    receipt: Annotated[str, about("受理编号")]
    done: Annotated[bool, about("是否已办理")]
    code: Annotated[str | None, about("未办理的原因代码")] = None
    message: Annotated[str | None, about("未办理的原因")] = None


@answer
class Granted(Done):
    """What became of one case of many that were to be granted as computed."""

    state: Annotated[State | None, about("状态代码", "determined 或 awaiting_approval")] = None
    state_text: Annotated[str | None, about("状态")] = None
    amount: Annotated[Decimal | None, about("认定金额")] = None


@answer
class GrantedList:
    """What became of many cases that were to be granted as computed."""

    results: Annotated[list[Granted], about("逐件结果")]


@answer
class DoneList:
    """What became of many cases."""

    results: Annotated[list[Done], about("逐件结果")]
