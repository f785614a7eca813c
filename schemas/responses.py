"""What the API answers, described for the OpenAPI document.

The answers are built by the use cases; these schemas describe them and do not filter them. Tests
hold real answers to the JSON Schema made from here.
"""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.applicant import Applicant
from schemas.contacts import Contact
from schemas.followup import PromiseSchema
from schemas.kit.answers import schema_of
from schemas.kit.describe import about
from schemas.kit.response_fields import listed as _list
from schemas.kit.response_fields import moment as _moment
from schemas.kit.response_fields import text as _text
from schemas.kit.response_fields import thing as _object
from schemas.kit.response_fields import yuan as _yuan
from schemas.progress import (
    CaseworkSchema,
    DeterminationInForceSchema,
    OpenSupplementSchema,
    RatingGivenSchema,
    ReviewSchema,
)
from schemas.requests import OwnRequest
from schemas.visits import Visit


class AcceptedSchema(Schema):
    """The answer to a submission."""

    receipt = _text("受理编号", "含校验位")
    access_code = _text("查询码", "只显示这一次，请妥善保存")
    received_at = _moment("受理时间")
    status_url = fields.Url(required=True, **about("查询地址"))


class NextStepSchema(Schema):
    """Who acts next, on what, by when."""

    who = _text("由谁办理", "system、applicant、bureau 或 nobody")
    action = _text("办理事项")
    by = fields.Date(required=True, allow_none=True, **about("何时前"))
    by_provisional = fields.Boolean(required=True, **about("日期是否暂定"))
    by_basis = _text("日期依据")
    contact = fields.Nested(
        schema_of(Contact), required=True, allow_none=True, **about("联系单位和联系人")
    )


class RoutedSchema(Schema):
    """The bureaus told."""

    lead = fields.Nested(schema_of(Contact), required=True, **about("牵头"))
    copies = _list(schema_of(Contact), "抄送")


class TimelineSchema(Schema):
    """One thing that happened."""

    at = _moment("时间")
    type = _text("类别")
    text = _text("说明")


class AssessedConditionSchema(Schema):
    """One condition's answer, with the notice's own words."""

    condition = _text("条件代码")
    item = _text("所涉项目", null=True)
    label = _text("条件")
    words = _text("通知原文")
    where = _text("出处")
    result = _text("结果代码", "true、false 或 unknown")
    result_text = _text("结果")
    explanation = _text("理由")
    facts = _object("所用事实")
    decider = _text("由谁认定")
    waits_for = fields.String(**about("等待", "applicant 或 official"))
    missing = fields.List(fields.String(), **about("缺少的事实", "JSON 指针"))
    question = fields.String(**about("所涉疑义编号"))


class ArithmeticSchema(Schema):
    """One line of arithmetic."""

    item = _text("所涉项目")
    label = _text("名称")
    steps = _text("算式")
    amount = _yuan("金额")
    standing = _text("处理代码")
    standing_text = _text("处理")
    reason = fields.String(**about("理由"))
    question = fields.String(**about("所涉疑义编号"))
    earlier_receipt = fields.String(**about("更早的受理编号", "仅经办人员可见"))


class AssessmentSchema(Schema):
    """The assessment in force, explained."""

    serial = fields.Integer(required=True, **about("第几次核对"))
    assessed_at = _moment("核对时间")
    rules_version = _text("规则版本")
    parameters_hash = _text("参数指纹")
    outcome = _text("结果代码")
    outcome_text = _text("结果")
    amount = _yuan("金额", null=True)
    amount_note = fields.String(**about("金额说明"))
    summary = _text("结论")
    clause = _object("条款", "出处和原文")
    findings = _list(AssessedConditionSchema, "逐项理由")
    arithmetic = _list(ArithmeticSchema, "算式")
    questions = _list(fields.Dict(), "所涉疑义", "通知未写明之处及所采的读法")
    missing = _list(fields.String(), "须补充的事实", "JSON 指针")
    needs_finding = _list(fields.Dict(), "须由人认定的条件")
    waiting = _list(fields.Dict(), "等待办结的事项", "重复、未缴租金等：理由、由谁办、须带什么")
    referrals = _list(fields.Dict(), "转介")
    would_alter = _list(fields.String(), "什么情况下结果会不同")
    parameters = _list(fields.Dict(), "所用参数", "含数值、来源和出处")
    cap = _object("上限")


class StatusSchema(Schema):
    """Everything the applicant may know about an application."""

    receipt = _text("受理编号")
    notice = _text("通知")
    provision = _text("条款代码")
    provision_title = _text("条款")
    enterprise = fields.Nested(schema_of(Applicant), required=True, **about("申报单位"))
    received_at = _moment("受理时间")
    state = _text("状态代码")
    state_text = _text("状态")
    outcome = _text("结果代码", null=True)
    outcome_text = _text("结果", null=True)
    amount = _yuan("金额", null=True)
    next = fields.Nested(NextStepSchema, required=True, **about("下一步"))
    bureaus = fields.Nested(RoutedSchema, required=True, allow_none=True, **about("联系单位"))
    visit = fields.Nested(schema_of(Visit), required=True, allow_none=True, **about("走访"))
    promises = _list(PromiseSchema, "承诺期限", "尚未办结的事项，期限近的在前")
    requests = _list(schema_of(OwnRequest), "诉求")
    timeline = _list(TimelineSchema, "经过")
    assessment = fields.Nested(AssessmentSchema, required=True, allow_none=True, **about("核对"))
    version = fields.Integer(required=True, **about("版本"))
    determined_amount = _yuan("认定金额", null=True)
    supplement = fields.Nested(
        OpenSupplementSchema, required=True, allow_none=True, **about("待补正事项")
    )
    determination = fields.Nested(
        DeterminationInForceSchema, required=True, allow_none=True, **about("认定")
    )
    review = fields.Nested(ReviewSchema, required=True, allow_none=True, **about("复核"))
    rating = fields.Nested(RatingGivenSchema, required=True, allow_none=True, **about("评价"))
    actions = _list(fields.String(), "申报单位现在可以办理的事项")


class FiledSchema(Schema):
    """What the applicant filed, normalised."""

    enterprise = fields.Dict(required=True, **about("申报单位"))
    facts = fields.Dict(required=True, **about("申报事实"))


class RecordedFindingSchema(Schema):
    """One official finding on record."""

    condition = _text("条件代码")
    item = _text("所涉项目", null=True)
    result = fields.Boolean(required=True, **about("认定结果"))
    note = _text("理由")
    evidence = _text("依据材料", null=True)
    bureau = _text("单位代码")
    actor = _text("经办")
    recorded_at = _moment("记录时间")


class CaseSchema(StatusSchema):
    """A case as its bureaus see it."""

    leads = fields.Boolean(required=True, **about("是否由本单位牵头"))
    casework = fields.Nested(CaseworkSchema, required=True, **about("办理情况"))
    application = fields.Nested(FiledSchema, required=True, **about("申报内容"))
    official_findings = _list(RecordedFindingSchema, "认定意见")


class CaseSummarySchema(Schema):
    """A case in a list."""

    id = fields.Integer(required=True, **about("编号"))
    receipt = _text("受理编号")
    provision = _text("条款代码")
    enterprise = fields.Nested(schema_of(Applicant), required=True, **about("申报单位"))
    state = _text("状态代码")
    state_text = _text("状态")
    outcome = _text("结果代码", null=True)
    outcome_text = _text("结果", null=True)
    amount = _yuan("金额", null=True)
    determined_amount = _yuan("认定金额", null=True)
    acknowledged = fields.Boolean(required=True, **about("是否已签收"))
    version = fields.Integer(required=True, **about("版本"))
    received_at = _moment("受理时间")
    leads = fields.Boolean(required=True, **about("是否由本单位牵头"))
    deadline = fields.Dict(
        required=True, allow_none=True, **about("最近的期限", "事项、单位、日期和由来")
    )
    overdue = fields.Boolean(required=True, **about("有无逾期事项"))
    waiting_for = _list(fields.String(), "待认定的条件代码")
    questions = _list(fields.String(), "疑义编号")


def _next() -> fields.Integer:
    return fields.Integer(
        required=True, allow_none=True, **about("下一页", "作为 before 传入；没有更多时为 null")
    )


class CasePageSchema(Schema):
    """One page of the case list."""

    items = _list(CaseSummarySchema, "案件", "新的在前")
    next = _next()
