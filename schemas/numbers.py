"""A bureau's work in numbers, on the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from marshmallow import fields, validate

from schemas.cases import CaseTotals
from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about

KEPT_DAYS: Final = 400
DEFAULT_DAYS: Final = 30


class NumbersQuerySchema(StrictSchema):
    """How far back the days go."""

    days = fields.Integer(
        validate=validate.Range(1, KEPT_DAYS),
        **about("往前多少天", f"默认 {DEFAULT_DAYS}，最多 {KEPT_DAYS}"),
    )


@answer
class DayNumbers:
    """How a bureau's work stood when a day began."""

    day: Annotated[date, about("日期")]
    open: Annotated[int, about("还有事要办的件数")]
    overdue: Annotated[int, about("已逾期的件数")]
    unassigned: Annotated[int, about("还有事要办、还没有指派的件数")]


@answer
class BureauNumbers:
    """A bureau's work now, and on days before."""

    today: Annotated[date, about("今天")]
    open: Annotated[CaseTotals, about("还有事要办的案件")]
    overdue: Annotated[CaseTotals, about("已逾期的案件")]
    unassigned: Annotated[CaseTotals, about("还有事要办、还没有指派的案件")]
    received: Annotated[CaseTotals, about("近7天受理的案件")]
    received_before: Annotated[CaseTotals, about("上一个7天受理的案件")]
    days: Annotated[
        list[DayNumbers], about("每天开始时的件数", "旧的在前；没有记录的日子不列，系统不补记")
    ]
