"""Visits (走访) on the wire."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Final

from marshmallow import ValidationError, fields

from schemas.accounts import Colleague
from schemas.applicant import Applicant
from schemas.given_contact import GivenContact
from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.bounded import BoundedList
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Described, Text, Whole
from schemas.kit.filters import FilterSchema
from schemas.kit.paging import BEFORE, LIMIT, LIMIT_MAX, NEXT, one_of
from schemas.kit.refusals import said
from schemas.requests import AskSchema
from vocabulary.cases import State
from vocabulary.fulfilment import WaiverFound
from vocabulary.visits import VisitResult, VisitState

_CLOCK: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


class ClockField(Described, fields.Field[time]):
    """A time of day written ``HH:MM``."""

    def read(self, value: Any) -> time:
        if not isinstance(value, str) or not _CLOCK.fullmatch(value):
            raise ValidationError(said("invalid_clock"))
        return time.fromisoformat(value)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_CLOCK.pattern}$", "examples": ["14:30"]}


class VisitConfirmationSchema(StrictSchema):
    """A visit confirmed (确认走访)."""

    planned_on = DateField(**about("走访日期", "不填即为已排的日期"))
    starts_at = ClockField(**about("开始时间", "如 14:30；不填表示当日不定时"))


class VisitMoveSchema(StrictSchema):
    """A visit moved (改期)."""

    planned_on = DateField(required=True, **about("走访日期", "须为工作日且当日未排满"))
    starts_at = ClockField(**about("开始时间"))
    reason = Text(max_length=500, lines=True, required=True, **about("改期理由"))


class VisitOutcomeSchema(StrictSchema):
    """What came of a visit (走访结果)."""

    visited_on = DateField(required=True, **about("走访日期", "受理之日至今天"))
    result = Choice(VisitResult, required=True, **about("结果", "上门未遇的另行安排走访"))
    note = Text(max_length=4000, lines=True, required=True, **about("走访记录"))
    waiver = Choice(
        WaiverFound, **about("减免是否落实", "有待房东单位落实的减免时填；已落实的即登记减免")
    )
    requests = BoundedList(fields.Nested(AskSchema), least=0, most=50, **about("企业提出的诉求"))


class VisitCorrectionSchema(StrictSchema):
    """The day of a visit put right (更正走访日期)."""

    visited_on = DateField(required=True, **about("走访日期", "受理之日至今天"))
    reason = Text(max_length=500, lines=True, required=True, **about("更正理由"))


class VisitAssignmentSchema(StrictSchema):
    """Who is to do a visit (指派走访人员)."""

    to = Text(max_length=80, **about("走访人员", "在单位内的名称；不填为取消指派"))


class SeenVisitSchema(StrictSchema):
    """A visit, and the version of it that the caller has read."""

    visit = Whole(low=1, high=2**31 - 1, required=True, **about("走访编号"))
    version = Whole(low=1, high=2**31 - 1, required=True, **about("所读的版本", "见列表的 version"))


class VisitAssignmentsSchema(VisitAssignmentSchema):
    """Visits to be given to somebody together (批量指派走访人员)."""

    visits = BoundedList(
        fields.Nested(SeenVisitSchema),
        least=1,
        most=LIMIT_MAX,
        required=True,
        **about("走访", "逐家指派，一家不成不影响其他"),
    )


class CapacitySchema(StrictSchema):
    """How many visits a bureau does in a day."""

    visits_per_day = Whole(
        low=1,
        high=1_000_000,
        required=True,
        allow_none=True,
        **about("每日走访家数", "null 表示用系统默认值"),
    )


class VisitQuerySchema(FilterSchema):
    """Filters of the list of visits."""

    state = fields.String(validate=one_of(VisitState), **about("状态代码"))
    open = fields.Boolean(**about("是否尚未走访"))
    planned_from = DateField(**about("计划日期自"))
    planned_to = DateField(**about("计划日期至", "含当日"))
    mine = fields.Boolean(
        **about("是否只列本人的", "指派给本人的走访，和还没有指派、涉及本人经办案件的走访")
    )
    before, limit = BEFORE, LIMIT


@answer
class VisitedApplication:
    """An application that a visit is about."""

    receipt: Annotated[str, about("受理编号")]
    provision: Annotated[str, about("条款代码")]
    lead_bureau: Annotated[str | None, about("牵头单位代码")]
    state: Annotated[State, about("状态代码")]


@answer
class Visit:
    """A visit as the enterprise sees it."""

    bureau: Annotated[str, about("单位代码")]
    bureau_name: Annotated[str, about("走访单位")]
    planned_on: Annotated[date, about("计划日期")]
    starts_at: Annotated[time | None, about("开始时间")]
    provisional: Annotated[bool, about("是否暂定", "还没有排期，或该年度节假日安排尚未公布")]
    basis: Annotated[str, about("日期由来")]
    state: Annotated[VisitState, about("状态代码")]
    state_text: Annotated[str, about("状态")]
    visited_on: Annotated[date | None, about("实际走访日期")]
    result: Annotated[VisitResult | None, about("结果代码")]


@answer
class PlannedVisit(Visit):
    """A visit as its bureaus see it."""

    id: Annotated[int, about("编号")]
    version: Annotated[int, about("版本")]
    enterprise: Annotated[Applicant, about("企业")]
    address: Annotated[str | None, about("走访地址", "联系人所附的第一个地址")]
    contacts: Annotated[
        list[GivenContact],
        about("企业联系人", "已核实身份的各份申请所填，每份一个，各附受理编号"),
    ]
    promised_on: Annotated[date, about("承诺日期")]
    applications: Annotated[
        list[VisitedApplication], about("所涉申请", "同一企业的多份申请合并走访")
    ]
    waiver_due: Annotated[
        Decimal | None, about("待房东单位落实的减免金额", "没有的为 null；记录走访结果时一并登记")
    ]
    assignee: Annotated[Colleague | None, about("走访人员", "没有指派的为 null")]
    result_text: Annotated[str | None, about("结果")]
    note: Annotated[str | None, about("走访记录")]


@answer
class VisitPage:
    """One page of visits."""

    items: Annotated[list[PlannedVisit], about("走访", "新的在前")]
    next: Annotated[int | None, NEXT]


@answer
class VisitDone:
    """What became of one visit of many."""

    visit: Annotated[int, about("走访编号")]
    done: Annotated[bool, about("是否已指派")]
    enterprise: Annotated[str | None, about("企业名称", "不是本单位的走访为 null")] = None
    code: Annotated[str | None, about("未指派的原因代码")] = None
    message: Annotated[str | None, about("未指派的原因")] = None


@answer
class VisitDoneList:
    """What became of many visits."""

    results: Annotated[list[VisitDone], about("逐家结果")]


@answer
class PlanDay:
    """A day of a bureau's plan."""

    day: Annotated[date, about("日期")]
    booked: Annotated[int, about("已排家数")]
    capacity: Annotated[int, about("每日可走访家数")]


@answer
class VisitWeek:
    """A bureau's week of visits."""

    first: Annotated[date, about("周一")]
    last: Annotated[date, about("周日")]
    today: Annotated[date, about("今天")]
    days: Annotated[list[PlanDay], about("工作日，和有走访的其他日子")]
    items: Annotated[list[PlannedVisit], about("本单位承担的走访", "按日期和时间")]
    is_more: Annotated[bool, about("是否还有没列出的")]
    earlier: Annotated[int, about("更早的、没有记录结果的家数")]
    earliest: Annotated[date | None, about("其中最早的日期")]


@answer
class RouteStop:
    """A visit of a day, with what to ask there."""

    visit: Annotated[PlannedVisit, about("走访")]
    ask: Annotated[list[str], about("要问的", "待认定的条件，未答复的诉求")]


@answer
class VisitRoute:
    """A day's visits in the order to go."""

    day: Annotated[date, about("日期")]
    stops: Annotated[list[RouteStop], about("走访")]


@answer
class CapacityInForce:
    """The number in force."""

    visits_per_day: Annotated[int, about("每日走访家数")]
