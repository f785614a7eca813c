"""Numbers, exports and the publicity list on the wire: what is asked and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from marshmallow import Schema, fields

from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import DateField, Text
from schemas.kit.response_fields import listed, moment, text, thing, yuan
from vocabulary.cases import Source


def _bureau() -> Text:
    return Text(
        max_length=40, **about("单位代码", "不填为本单位；审计和管理员可填任一单位，不填为全部")
    )


def _provision() -> Text:
    return Text(max_length=40, **about("条款代码"))


class ReportQuerySchema(StrictSchema):
    """Which applications a report is about."""

    bureau = _bureau()
    provision = _provision()
    received_from = DateField(**about("受理日期自", "含当日"))
    received_to = DateField(**about("受理日期至", "含当日"))


def _number(label: str, help_text: str = "", *, null: bool = False) -> fields.Integer:
    return fields.Integer(required=True, allow_none=null, **about(label, help_text))


def _day(label: str, *, null: bool = False) -> fields.Date:
    return fields.Date(required=True, allow_none=null, **about(label))


def _nested(schema: type[Schema], label: str) -> fields.Nested:
    return fields.Nested(schema, required=True, **about(label))


class _ReportSchema(Schema):
    as_of = moment("统计时间")
    scope = thing("统计范围", "所用的筛选条件，没有的即为不限")


class _BureauRowSchema(Schema):
    bureau = text("单位代码", null=True)
    bureau_name = text("牵头单位")


class _GroupSchema(_BureauRowSchema):
    provision = text("条款代码")
    measure = text("措施序号", null=True)
    title = text("条款")


class IntakeCountsSchema(Schema):
    """Applications by their way in."""

    applications = _number("受理件数")
    form = _number(Source.FORM.label)
    batch = _number(Source.BATCH.label)
    import_ = fields.Integer(data_key="import", required=True, **about(Source.IMPORT.label))


class IntakeRowSchema(_GroupSchema, IntakeCountsSchema):
    """Intake of one bureau under one provision."""


class IntakeDaySchema(Schema):
    """Intake of one day."""

    day = _day("日期")
    applications = _number("受理件数")


class IntakeReportSchema(_ReportSchema):
    """What came in."""

    rows = listed(IntakeRowSchema, "按单位和条款")
    total = _nested(IntakeCountsSchema, "合计")
    days = listed(IntakeDaySchema, "按受理日期")


class OutcomeCountsSchema(Schema):
    """Applications by outcome and by state."""

    applications = _number("件数")
    outcomes = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(**about("件数")),
        required=True,
        **about("按结果", "结果代码 → 件数；none 为尚未核对"),
    )
    states = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(**about("件数")),
        required=True,
        **about("按状态", "状态代码 → 件数"),
    )


class OutcomeRowSchema(_GroupSchema, OutcomeCountsSchema):
    """Outcomes of one bureau under one provision."""


class OutcomeReportSchema(_ReportSchema):
    """What became of it."""

    rows = listed(OutcomeRowSchema, "按单位和条款")
    total = _nested(OutcomeCountsSchema, "合计")


class AmountSumsSchema(Schema):
    """Grants, refusals, and what is pending."""

    granted = _number("准予件数")
    granted_amount = yuan("准予金额")
    refused = _number("不予件数")
    pending = _number("在办件数")
    pending_amount = yuan("在办金额")


class AmountRowSchema(_GroupSchema, AmountSumsSchema):
    """Amounts of one bureau under one provision."""


class AmountReportSchema(_ReportSchema):
    """What was granted and what is pending."""

    rows = listed(AmountRowSchema, "按单位和条款")
    total = _nested(AmountSumsSchema, "合计")


class TimeFiguresSchema(Schema):
    """Working days from receipt to the first decision."""

    decided = _number("已决定件数")
    mean = text("平均工作日", null=True)
    median = _number("中位数", null=True)
    p90 = _number("九成不超过", null=True)
    longest = _number("最长", null=True)


class TimeRowSchema(_GroupSchema, TimeFiguresSchema):
    """Times of one bureau under one provision."""


class TimeReportSchema(_ReportSchema):
    """How long decisions took."""

    provisional = fields.Boolean(
        required=True, **about("是否暂定", "统计日超出已公布的节假日安排时按周一至周五计")
    )
    rows = listed(TimeRowSchema, "按单位和条款")
    total = _nested(TimeFiguresSchema, "合计")


class OverdueCountsSchema(Schema):
    """Promises that are late."""

    overdue = _number("逾期件数")
    longest = _number("最长逾期工作日")


class OverdueRowSchema(_BureauRowSchema, OverdueCountsSchema):
    """What is late at one bureau."""

    promise = text("事项代码")
    promise_text = text("事项")


class OverdueReportSchema(_ReportSchema):
    """What is late now."""

    rows = listed(OverdueRowSchema, "按单位和事项")
    total = _nested(OverdueCountsSchema, "合计")


class VisitCountsSchema(Schema):
    """Enterprises by visit."""

    enterprises = _number("应走访企业数")
    visited = _number("已走访")
    met = _number("其中见到企业")
    planned = _number("已安排")
    late = _number("其中已过承诺日期")
    unplanned = _number("未安排")
    coverage = text("走访覆盖率（%）", null=True)


class VisitCoverageRowSchema(_BureauRowSchema, VisitCountsSchema):
    """Visits of one bureau."""


class VisitCoverageReportSchema(_ReportSchema):
    """How many enterprises were visited."""

    rows = listed(VisitCoverageRowSchema, "按单位", "同一企业在每个牵头单位各计一次")
    total = _nested(VisitCountsSchema, "合计")


ANSWERS: Final[Mapping[str, type[Schema]]] = MappingProxyType(
    {
        "intake": IntakeReportSchema,
        "outcomes": OutcomeReportSchema,
        "amounts": AmountReportSchema,
        "times": TimeReportSchema,
        "overdue": OverdueReportSchema,
        "visits": VisitCoverageReportSchema,
    }
)
"""Report -> its answer."""
