"""Follow-up on the wire: visits, requests, calendar feeds; what is sent and what is answered."""

from __future__ import annotations

import re
from datetime import time
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from schemas.bureau import one_of
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import Choice, DateField, Described, Text, Whole
from schemas.kit.paging import BEFORE, LIMIT
from schemas.kit.refusals import said
from schemas.kit.response_fields import listed, moment, text, thing
from vocabulary.forms import Field
from vocabulary.requests import RequestSource, RequestState
from vocabulary.visits import VisitResult, VisitState

_CLOCK: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


class ClockField(Described, fields.Field[time]):
    """A time of day written ``HH:MM``."""

    def read(self, value: Any) -> time:
        if not isinstance(value, str) or not _CLOCK.fullmatch(value):
            raise ValidationError(said("invalid_format"))
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


class AskSchema(StrictSchema):
    """What an enterprise asks (诉求)."""

    field = Choice(Field, **about("所属方面", "属于(十四)所列四个方面的填写，按该方面分办"))
    words = Text(max_length=2000, lines=True, required=True, **about("诉求内容"))


class VisitOutcomeSchema(StrictSchema):
    """What came of a visit (走访结果)."""

    visited_on = DateField(required=True, **about("走访日期"))
    result = Choice(VisitResult, required=True, **about("结果", "上门未遇的另行安排走访"))
    note = Text(max_length=4000, lines=True, required=True, **about("走访记录"))
    requests = fields.List(
        fields.Nested(AskSchema), validate=validate.Length(max=50), **about("企业提出的诉求")
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


class RequestTransferSchema(StrictSchema):
    """A request handed to the bureau that can answer it (转办)."""

    bureau = Text(max_length=40, required=True, **about("转办单位代码"))
    reason = Text(max_length=1000, lines=True, required=True, **about("理由"))


class RequestAnswerSchema(StrictSchema):
    """The answer to a request (答复)."""

    answer = Text(
        max_length=4000, lines=True, required=True, attribute="words", **about("答复内容")
    )


class CalendarRequestSchema(StrictSchema):
    """A new calendar subscription."""

    label = Text(max_length=100, required=True, **about("用途", "如使用人或日历名称"))


class VisitQuerySchema(StrictSchema):
    """Filters of the list of visits."""

    state = fields.String(validate=one_of(VisitState), **about("状态代码"))
    open = fields.Boolean(**about("是否尚未走访"))
    planned_from = DateField(**about("计划日期自"))
    planned_to = DateField(**about("计划日期至", "含当日"))
    before, limit = BEFORE, LIMIT


class RequestQuerySchema(StrictSchema):
    """Filters of the list of requests."""

    state = fields.String(validate=one_of(RequestState), **about("状态代码"))
    mine = fields.Boolean(**about("是否由本单位答复"))
    overdue = fields.Boolean(**about("是否逾期未答复"))
    before, limit = BEFORE, LIMIT


class PromiseSchema(Schema):
    """Something still to be done, by when, and how the day comes about."""

    promise = text("事项代码")
    bureau = text("单位代码")
    bureau_name = text("单位")
    due_on = fields.Date(required=True, **about("期限"))
    provisional = fields.Boolean(required=True, **about("是否暂定", "该年度节假日安排尚未公布"))
    paused = fields.Boolean(required=True, **about("是否暂停计算", "等待补正期间不计"))
    basis = text("期限由来")
    text = text("事项")  # last: from here on the name is the field's


class OwnRequestSchema(Schema):
    """A request as the enterprise sees it."""

    id = fields.Integer(required=True, **about("编号"))
    field = text("所属方面", null=True)
    words = text("诉求内容")
    bureau = text("单位代码")
    bureau_name = text("答复单位")
    opened_at = moment("登记时间")
    due_on = fields.Date(required=True, **about("答复期限"))
    provisional = fields.Boolean(required=True, **about("期限是否暂定"))
    basis = text("期限由来")
    state = text("状态代码")
    state_text = text("状态")
    answer = text("答复", null=True)
    closed_at = moment("办结时间", null=True)
    version = fields.Integer(required=True, **about("版本"))


class FollowedEnterpriseSchema(Schema):
    """Who is visited or asks."""

    name = text("名称")
    uscc = text("统一社会信用代码", null=True)


class RequestSchema(OwnRequestSchema):
    """A request as its bureaus see it."""

    receipt = text("受理编号")
    enterprise = fields.Nested(FollowedEnterpriseSchema, required=True, **about("企业"))
    contact = thing("企业联系人")
    visit = fields.Integer(required=True, allow_none=True, **about("所出自的走访"))
    source = text("来源", "、".join(f"{source} {source.label}" for source in RequestSource))
    transfers = fields.Integer(required=True, **about("转办次数"))


class VisitedApplicationSchema(Schema):
    """An application that a visit is about."""

    receipt = text("受理编号")
    provision = text("条款代码")
    lead_bureau = text("牵头单位代码", null=True)
    state = text("状态代码")


class PlannedVisitSchema(Schema):
    """A visit as its bureaus see it."""

    id = fields.Integer(required=True, **about("编号"))
    version = fields.Integer(required=True, **about("版本"))
    bureau = text("单位代码")
    bureau_name = text("走访单位")
    enterprise = fields.Nested(FollowedEnterpriseSchema, required=True, **about("企业"))
    contact = thing("企业联系人")
    planned_on = fields.Date(required=True, **about("计划日期"))
    promised_on = fields.Date(required=True, **about("承诺日期"))
    starts_at = text("开始时间", null=True)
    provisional = fields.Boolean(required=True, **about("是否暂定"))
    basis = text("日期由来")
    state = text("状态代码")
    state_text = text("状态")
    applications = listed(VisitedApplicationSchema, "所涉申请", "同一企业的多份申请合并走访")
    visited_on = fields.Date(required=True, allow_none=True, **about("实际走访日期"))
    result = text("结果代码", null=True)
    result_text = text("结果", null=True)
    note = text("走访记录", null=True)


class _PageSchema(Schema):
    next = fields.Integer(
        required=True, allow_none=True, **about("下一页", "作为 before 传入；没有更多时为 null")
    )


class VisitPageSchema(_PageSchema):
    """One page of visits."""

    items = listed(PlannedVisitSchema, "走访", "新的在前")


class RequestPageSchema(_PageSchema):
    """One page of requests."""

    items = listed(RequestSchema, "诉求", "新的在前")


class ChangedSchema(Schema):
    """A visit or request was changed."""

    id = fields.Integer(required=True, **about("编号"))
    version = fields.Integer(required=True, **about("版本"))
    requests = fields.List(fields.Integer(), **about("新登记的诉求编号"))


class OpenedRequestSchema(Schema):
    """A request was put on record."""

    id = fields.Integer(required=True, **about("编号"))


class CapacityInForceSchema(Schema):
    """The number in force."""

    visits_per_day = fields.Integer(required=True, **about("每日走访家数"))


class FeedSchema(Schema):
    """A calendar subscription."""

    id = fields.Integer(required=True, **about("编号"))
    label = text("用途")
    created_by = text("建立人")
    created_at = moment("建立时间")


class FeedListSchema(Schema):
    """The subscriptions in force."""

    items = listed(FeedSchema, "日历订阅")


class NewFeedSchema(Schema):
    """A subscription just made."""

    id = fields.Integer(required=True, **about("编号"))
    label = text("用途")
    url = fields.Url(required=True, **about("订阅地址", "只显示这一次；持有者即可查看走访日历"))
