"""What people did to a case, as answers describe it; see ``casework.views.progress``."""

from __future__ import annotations

from marshmallow import Schema, fields

from schemas.kit.describe import about
from schemas.kit.response_fields import listed, moment, text, thing, yuan


def _day(label: str, *, null: bool = False) -> fields.Date:
    return fields.Date(required=True, allow_none=null, **about(label))


def _flag(label: str) -> fields.Boolean:
    return fields.Boolean(required=True, **about(label))


class ReopenedFieldSchema(Schema):
    """A field that is open to the applicant again."""

    pointer = text("位置", "JSON 指针")
    label = text("名称")
    source = text("取自何种材料", "申报表未指明时为空")
    value = fields.Raw(required=True, allow_none=True, **about("现有内容"))


class OpenSupplementSchema(Schema):
    """What the applicant is asked for."""

    bureau = text("单位代码", null=True)
    bureau_name = text("要求补正的单位", null=True)
    reason = text("理由")
    due_on = _day("期限", null=True)
    fields_ = fields.List(
        fields.Nested(ReopenedFieldSchema),
        data_key="fields",
        required=True,
        **about("须补正的事项"),
    )


class DeterminationInForceSchema(Schema):
    """The determination in force."""

    granted = _flag("是否准予")
    amount = yuan("认定金额", null=True)
    reason = text("理由")
    bureau = text("单位代码")
    bureau_name = text("认定单位")
    decided_at = moment("认定时间")


class DeterminationOnRecordSchema(Schema):
    """A determination with everything the bureau has on record."""

    state = text("状态代码", "proposed、in_force、rejected 或 superseded")
    granted = _flag("是否准予")
    amount = yuan("认定金额", null=True)
    computed = yuan("按规则计算的金额", null=True)
    delta = yuan("差额（认定减计算）", null=True)
    reason = text("理由")
    findings = listed(fields.Dict(), "所据认定意见")
    bureau = text("单位代码")
    proposed_by = text("提出人")
    proposed_at = moment("提出时间")
    decided_by = text("复签人", null=True)
    decided_at = moment("复签时间", null=True)
    decision_note = text("复签意见", null=True)


class ReviewSchema(Schema):
    """A review asked for by the applicant."""

    state = text("状态代码", "open、upheld、reopened 或 dropped")
    reason = text("申请理由")
    requested_at = moment("申请时间")
    answer = text("复核意见", null=True)
    decided_at = moment("复核时间", null=True)


class RatingGivenSchema(Schema):
    """How the applicant rated the handling."""

    grade = fields.Integer(required=True, **about("评价", "5 最好，1 最差"))
    grade_text = text("评价等级")
    comment = text("意见", null=True)
    rated_at = moment("评价时间")


class CallbackStateSchema(Schema):
    """A call-back after a bad rating."""

    bureau = text("单位代码")
    due_on = _day("应于何日前回访")
    provisional = _flag("日期是否暂定")
    done_by = text("回访人", null=True)
    done_at = moment("回访时间", null=True)
    note = text("回访情况", null=True)


class HeadroomSchema(Schema):
    """What is left of a running total for this case; bureaus only."""

    account = text("机构的统一社会信用代码")
    granted_elsewhere = yuan("该机构其他申请已核定金额")
    headroom = yuan("余额")


class CaseworkSchema(Schema):
    """What only the bureaus see."""

    acknowledged_at = moment("签收时间", null=True)
    acknowledged_by = text("签收人", null=True)
    transfers = fields.Integer(required=True, **about("已转办次数"))
    assigned_bureau = text("转办后的牵头单位", null=True)
    supplement_changes = fields.Dict(
        required=True, allow_none=True, **about("最近一次补正的前后内容", "指针 → [之前, 之后]")
    )
    determinations = listed(DeterminationOnRecordSchema, "历次认定")
    callback = fields.Nested(CallbackStateSchema, required=True, allow_none=True, **about("回访"))
    cap = fields.Nested(
        HeadroomSchema, required=True, allow_none=True, **about("单家机构累计上限", "仅供办理")
    )
    actions = listed(fields.String(), "本单位现在可以办理的事项")


class TrailEventSchema(Schema):
    """One event of a case's trail."""

    id = fields.Integer(required=True, **about("编号"))
    at = moment("时间")
    type = text("类别")
    actor = text("由谁")
    from_state = text("之前状态", null=True)
    to_state = text("之后状态", null=True)
    data = thing("内容")


class TrailPageSchema(Schema):
    """One page of a case's trail."""

    items = listed(TrailEventSchema, "经过", "新的在前，含查阅记录")
    next = fields.Integer(
        required=True, allow_none=True, **about("下一页", "作为 before 传入；没有更多时为 null")
    )
