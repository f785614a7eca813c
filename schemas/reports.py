"""Numbers on the wire: what is asked, and what each report answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from schemas.kit.answers import answer
from schemas.kit.describe import about
from schemas.kit.fields import DateField
from schemas.kit.filters import FilterSchema, NamedByNotice, OfNotice
from vocabulary.cases import Grade, Source
from vocabulary.promises import Kind


class ReportQuerySchema(FilterSchema):
    """Which applications a report is about."""

    bureau = NamedByNotice(
        OfNotice.BUREAU,
        **about("单位代码", "不填为本单位；审计和管理员可填任一单位，不填为全部"),
    )
    provision = NamedByNotice(OfNotice.PROVISION, **about("条款代码"))
    received_from = DateField(**about("受理日期自", "含当日"))
    received_to = DateField(**about("受理日期至", "含当日"))


@answer
class Report:
    """What every report says of itself."""

    as_of: Annotated[datetime, about("统计时间")]
    scope: Annotated[Mapping[str, str], about("统计范围", "所用的筛选条件，没有的即为不限")]


# Rows are figures, and whose they are. Only one of two bases may have slots.
@dataclass(frozen=True, kw_only=True)
class OfBureau:
    """Whose figures a row shows."""

    bureau: Annotated[str | None, about("单位代码")]
    bureau_name: Annotated[str, about("牵头单位")]


@dataclass(frozen=True, kw_only=True)
class OfProvision(OfBureau):
    """Whose figures, and under which provision."""

    provision: Annotated[str, about("条款代码")]
    measure: Annotated[str | None, about("措施序号")]
    title: Annotated[str, about("条款")]


@answer
class IntakeCounts:
    """Applications by their way in."""

    applications: Annotated[int, about("受理件数")]
    form: Annotated[int, about(Source.FORM.label)]
    batch: Annotated[int, about(Source.BATCH.label)]
    import_: Annotated[int, {"data_key": "import"}, about(Source.IMPORT.label)]


@answer
class IntakeRow(IntakeCounts, OfProvision):
    """Intake of one bureau under one provision."""


@answer
class IntakeDay:
    """Intake of one day."""

    day: Annotated[date, about("日期")]
    applications: Annotated[int, about("受理件数")]


@answer
class IntakeReport(Report):
    """What came in."""

    rows: Annotated[list[IntakeRow], about("按单位和条款")]
    total: Annotated[IntakeCounts, about("合计")]
    days: Annotated[list[IntakeDay], about("按受理日期")]


@answer
class OutcomeCounts:
    """Applications by outcome and by state."""

    applications: Annotated[int, about("件数")]
    outcomes: Annotated[
        Mapping[str, Annotated[int, about("件数")]],
        about("按结果", "结果代码 → 件数；none 为尚未核对"),
    ]
    states: Annotated[
        Mapping[str, Annotated[int, about("件数")]], about("按状态", "状态代码 → 件数")
    ]


@answer
class OutcomeRow(OutcomeCounts, OfProvision):
    """Outcomes of one bureau under one provision."""


@answer
class OutcomeReport(Report):
    """What became of it."""

    rows: Annotated[list[OutcomeRow], about("按单位和条款")]
    total: Annotated[OutcomeCounts, about("合计")]


@answer
class AmountSums:
    """Grants, refusals, and what is pending."""

    granted: Annotated[int, about("准予件数")]
    granted_amount: Annotated[Decimal, about("准予金额")]
    refused: Annotated[int, about("不予件数")]
    pending: Annotated[int, about("在办件数")]
    pending_amount: Annotated[Decimal, about("在办金额")]


@answer
class AmountRow(AmountSums, OfProvision):
    """Amounts of one bureau under one provision."""


@answer
class AmountReport(Report):
    """What was granted and what is pending."""

    rows: Annotated[list[AmountRow], about("按单位和条款")]
    total: Annotated[AmountSums, about("合计")]


@answer
class FulfilmentSums:
    """Where the money of the grants in force is: each grant once, each yuan once."""

    granted: Annotated[int, about("准予件数", "生效的认定，含复核中的")]
    granted_amount: Annotated[Decimal, about("准予金额", "等于下面各项金额之和")]
    cases: Annotated[
        Mapping[str, Annotated[int, about("件数")]],
        about("件数", "进度代码 → 件数，合计等于准予件数；none 为没有款项要兑现"),
    ]
    amounts: Annotated[
        Mapping[str, Annotated[Decimal, about("金额")]],
        about("金额", "进度代码 → 金额；已兑现的部分计入 paid 或 waived，其余按进度"),
    ]
    settled_amount: Annotated[
        Decimal, about("实际兑现金额", "已付、已减免，减去追回；认定已变更的也计入")
    ]
    excess_amount: Annotated[Decimal, about("其中须追回金额")]
    reclaimed_amount: Annotated[Decimal, about("已追回金额")]


@answer
class FulfilmentRow(FulfilmentSums, OfProvision):
    """Grants of one bureau under one provision that one bureau fulfils."""

    payer: Annotated[str | None, about("兑现单位代码", "没有款项要兑现的为 null")]
    payer_name: Annotated[str, about("兑现单位")]


@answer
class FulfilmentReport(Report):
    """Paid against granted."""

    rows: Annotated[list[FulfilmentRow], about("按牵头单位、条款和兑现单位")]
    total: Annotated[FulfilmentSums, about("合计")]


@answer
class TimeFigures:
    """Working days from receipt to the first decision of a person; what the rules alone settled is
    counted by itself."""

    decided: Annotated[int, about("由人决定件数")]
    automatic: Annotated[int, about("自动得出结果件数", "核对不符合、转介或自动认定，不计入天数")]
    mean: Annotated[str | None, about("平均工作日")]
    median: Annotated[int | None, about("中位数")]
    p90: Annotated[int | None, about("九成不超过")]
    longest: Annotated[int | None, about("最长")]


@answer
class TimeRow(TimeFigures, OfProvision):
    """Times of one bureau under one provision."""


@answer
class TimeReport(Report):
    """How long decisions took."""

    provisional: Annotated[bool, about("是否暂定", "统计日超出已公布的节假日安排时按周一至周五计")]
    rows: Annotated[list[TimeRow], about("按单位和条款")]
    total: Annotated[TimeFigures, about("合计")]


@answer
class OverdueCounts:
    """Promises that are late."""

    overdue: Annotated[int, about("逾期件数")]
    longest: Annotated[int, about("最长逾期工作日")]


@answer
class OverdueRow(OverdueCounts, OfBureau):
    """What is late at one bureau."""

    promise: Annotated[Kind, about("事项代码")]
    promise_text: Annotated[str, about("事项")]


@answer
class OverdueReport(Report):
    """What is late now."""

    rows: Annotated[list[OverdueRow], about("按单位和事项")]
    total: Annotated[OverdueCounts, about("合计")]


@answer
class VisitCounts:
    """Enterprises by visit."""

    enterprises: Annotated[int, about("应走访企业数")]
    visited: Annotated[int, about("已走访")]
    met: Annotated[int, about("其中见到企业")]
    planned: Annotated[int, about("已安排")]
    late: Annotated[int, about("其中已过承诺日期")]
    unplanned: Annotated[int, about("未安排")]
    coverage: Annotated[str | None, about("走访覆盖率（%）")]


@answer
class VisitCoverageRow(VisitCounts, OfBureau):
    """Visits of one bureau."""


@answer
class VisitCoverageReport(Report):
    """How many enterprises were visited."""

    rows: Annotated[list[VisitCoverageRow], about("按单位", "同一企业在每个牵头单位各计一次")]
    total: Annotated[VisitCounts, about("合计")]


@answer
class SatisfactionFigures:
    """Grades that applicants gave."""

    rated: Annotated[int, about("评价人次")]
    mean: Annotated[str | None, about("平均分", "满分5分")]
    very_satisfied: Annotated[int, about(Grade.VERY_SATISFIED.label)]
    satisfied: Annotated[int, about(Grade.SATISFIED.label)]
    fairly_satisfied: Annotated[int, about(Grade.FAIRLY_SATISFIED.label)]
    dissatisfied: Annotated[int, about(Grade.DISSATISFIED.label)]
    very_dissatisfied: Annotated[int, about(Grade.VERY_DISSATISFIED.label)]


@answer
class SatisfactionRow(SatisfactionFigures, OfProvision):
    """Grades of one bureau under one provision."""


@answer
class SatisfactionReport(Report):
    """What applicants thought of it."""

    rows: Annotated[list[SatisfactionRow], about("按单位和条款")]
    total: Annotated[SatisfactionFigures, about("合计")]


@answer
class BudgetRow:
    """How far one measure's budget has gone."""

    measure: Annotated[str, about("措施序号")]
    budget: Annotated[Decimal, about("预算", "本地做法，由部署方设定")]
    granted: Annotated[int, about("准予件数")]
    granted_amount: Annotated[Decimal, about("准予金额")]
    settled_amount: Annotated[Decimal, about("已兑现金额", "已付、已减免，减去追回")]
    left: Annotated[Decimal, about("余额", "预算减准予金额，超出的为负")]
    pending_amount: Annotated[Decimal, about("在办金额")]
    pace: Annotated[Decimal, about("近20个工作日平均每日准予金额")]
    used_up_on: Annotated[
        date | None, about("预计用完日期", "按近20个工作日；两年内用不完的为 null")
    ]


@answer
class BudgetDay:
    """What was granted of a budget, and paid or waived of that, by the end of a day."""

    measure: Annotated[str, about("措施序号")]
    day: Annotated[date, about("日期")]
    granted_amount: Annotated[Decimal, about("累计准予金额")]
    settled_amount: Annotated[Decimal, about("累计兑现金额")]


@answer
class BudgetReport(Report):
    """How far the budgets have gone."""

    rows: Annotated[list[BudgetRow], about("按措施", "只列设定了预算的")]
    days: Annotated[list[BudgetDay], about("按决定和兑现的日期")]


@answer
class SenderCounts(OutcomeCounts):
    """What came through sending systems, and what became of it."""

    granted: Annotated[int, about("准予件数")]
    refused: Annotated[int, about("不予件数")]
    pending: Annotated[int, about("在办件数")]


@answer
class SenderRow(SenderCounts):
    """Of one sending system."""

    client: Annotated[int, about("申报渠道", "首个令牌的编号")]
    name: Annotated[str, about("申报渠道的名称")]


@answer
class SenderReport(Report):
    """What each sending system sent."""

    rows: Annotated[list[SenderRow], about("按申报渠道", "测试件不计")]
    total: Annotated[SenderCounts, about("合计", "没有用申报渠道令牌提交的不计")]
