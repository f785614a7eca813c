"""A bureau's cases on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final

from marshmallow import fields, validate

from schemas.applicant import Applicant
from schemas.basis import Basis
from schemas.findings import RecordedFinding
from schemas.kit.answers import answer
from schemas.kit.base import StrictSchema
from schemas.kit.describe import about
from schemas.kit.fields import DateField, Money, Text
from schemas.kit.filters import FilterSchema, NamedByNotice, OfNotice
from schemas.kit.paging import BEFORE, LIMIT, NEXT, one_of
from schemas.kit.several import Several
from schemas.promises import Deadline
from schemas.status import Status
from vocabulary.cases import Act, CaseSort, DeterminationState, State
from vocabulary.codes import Handing
from vocabulary.events import EventType
from vocabulary.identity import IdentityLevel
from vocabulary.outcomes import Outcome

SORT: Final = fields.String(
    validate=validate.OneOf([f"{sign}{word}" for word in CaseSort for sign in ("", "-")]),
    **about("排序", "received 受理时间、due 期限、amount 金额、state 状态；前加 - 为降序"),
)


class CaseFilterSchema(FilterSchema):
    """Filters of the case list."""

    state = Several(State, **about("状态代码", "可写几个，用英文逗号隔开"))
    outcome = fields.String(validate=one_of(Outcome), **about("结果代码"))
    provision = NamedByNotice(OfNotice.PROVISION, **about("条款代码"))
    leading = fields.Boolean(**about("是否牵头", "true 只看牵头，false 只看抄送"))
    acknowledged = fields.Boolean(**about("是否已签收"))
    callback = fields.Boolean(**about("有无待办回访"))
    to_call = fields.Boolean(**about("有无待办电话告知"))
    overdue = fields.Boolean(**about("有无逾期事项"))
    waiting_for = NamedByNotice(OfNotice.CONDITION, **about("待认定的条件代码", "例如 1.3"))
    identity = fields.String(validate=one_of(IdentityLevel), **about("身份核实程度代码"))
    question = NamedByNotice(OfNotice.QUESTION, max_length=10, **about("疑义编号", "例如 Q22"))
    received_from = DateField(**about("受理日期自", "含当日"))
    received_to = DateField(**about("受理日期至", "含当日"))
    q = Text(
        max_length=120,
        **about(
            "搜索",
            "受理编号、统一社会信用代码、联系电话末四位以上，或名称（含曾用名）的一部分；"
            "全角半角、括号、空格、连字符写法不限",
        ),
    )
    granted = fields.Boolean(**about("是否已准予", "true 只看已准予，false 只看认定为不予准予"))
    due_soon = fields.Boolean(**about("有无即将到期的事项"))
    due_before = DateField(**about("最近的期限不晚于", "含当日"))
    duplicate = fields.Boolean(**about("是否与其他申请重叠", "true 只看待办中有重叠的"))
    complete = fields.Boolean(
        **about(
            "要求的是否齐全",
            "只看还有事要办的：false 有要求而没有交的材料、填报项，或者交来的打不开；true 没有",
        )
    )
    amount_from = Money(**about("金额不低于", "认定的金额，没有的按计算金额"))
    amount_to = Money(**about("金额不高于", "认定的金额，没有的按计算金额"))
    assignee = Text(max_length=80, **about("经办人", "在单位内的名称；me 为本人，none 为未指派的"))


class CaseQuerySchema(CaseFilterSchema):
    """A page of the case list."""

    sort = SORT
    cursor = Text(max_length=80, **about("从此处往后", "上一页答复中的 cursor，与 sort 同用"))
    totals = fields.Boolean(**about("是否一并合计"))
    before, limit = BEFORE, LIMIT


class TrailQuerySchema(StrictSchema):
    """Paging of a case's trail."""

    before, limit = BEFORE, LIMIT


@answer
class Reachable:
    """Whom to call about a case."""

    name: Annotated[str | None, about("姓名")]
    phone: Annotated[str | None, about("电话")]


@answer
class Assignee:
    """The officer who works on a case."""

    label: Annotated[str, about("在单位内的名称")]
    name: Annotated[str | None, about("姓名")]


@answer
class CaseTotals:
    """How many cases a filter finds and what they come to."""

    count: Annotated[int, about("件数", "最多数到一万")]
    is_more: Annotated[bool, about("是否还有更多", "true 时件数和金额只是前一万件的")]
    pending: Annotated[Decimal, about("未认定的计算金额")]
    granted: Annotated[Decimal, about("已准予的金额")]


@answer
class CaseSummary:
    """A case in a list."""

    id: Annotated[int, about("编号")]
    receipt: Annotated[str, about("受理编号")]
    provision: Annotated[str, about("条款代码")]
    provision_title: Annotated[str, about("条款")]
    measure: Annotated[str | None, about("措施")]
    enterprise: Annotated[Applicant, about("申报单位")]
    contact: Annotated[Reachable | None, about("联系人")]
    identity: Annotated[IdentityLevel, about("身份核实程度代码")]
    identity_text: Annotated[str, about("身份核实程度", "含经办人核对")]
    identity_checked: Annotated[bool, about("身份是否经经办人核对")]
    state: Annotated[State, about("状态代码")]
    state_text: Annotated[str, about("状态")]
    granted: Annotated[bool | None, about("是否准予", "没有生效的认定时为 null")]
    standing_text: Annotated[str, about("办到哪一步", "已认定的分为已准予和未准予")]
    outcome: Annotated[Outcome | None, about("结果代码")]
    outcome_text: Annotated[str | None, about("结果")]
    amount: Annotated[Decimal | None, about("金额")]
    determined_amount: Annotated[Decimal | None, about("认定金额")]
    acknowledged: Annotated[bool, about("是否已签收")]
    version: Annotated[int, about("版本")]
    received_at: Annotated[datetime, about("受理时间")]
    leads: Annotated[bool, about("是否由本单位牵头")]
    deadline: Annotated[Deadline | None, about("最近的期限", "事项、单位、日期和由来")]
    deadlines: Annotated[list[Deadline], about("全部期限", "近的在前")]
    overdue: Annotated[bool, about("有无逾期事项")]
    waiting_for: Annotated[list[str], about("待认定的条件代码")]
    questions: Annotated[list[str], about("疑义编号")]
    duplicate: Annotated[bool, about("是否与其他申请重叠")]
    assignee: Annotated[Assignee | None, about("经办人")]


@answer
class CasePage:
    """One page of the case list."""

    items: Annotated[list[CaseSummary], about("案件", "不指定 sort 时新的在前")]
    next: Annotated[int | None, about("下一页", "新的在前时作为 before 传入；没有更多时为 null")]
    cursor: Annotated[
        str | None, about("下一页", "任何排序都可作为 cursor 传入；没有更多时为 null")
    ]
    totals: Annotated[CaseTotals | None, about("合计", "以 totals=true 索取")]


@answer
class DeterminationOnRecord:
    """A determination with everything the bureau has on record."""

    state: Annotated[DeterminationState, about("状态代码")]
    granted: Annotated[bool, about("是否准予")]
    amount: Annotated[Decimal | None, about("认定金额")]
    computed: Annotated[Decimal | None, about("按规则计算的金额")]
    delta: Annotated[Decimal | None, about("差额（认定减计算）")]
    reason: Annotated[str, about("理由")]
    basis: Annotated[Basis | None, about("金额依据", "通知没有规定算法而写明金额的")]
    despite: Annotated[
        list[str], about("仍予准予", "另一单位就同一合同已获准的受理编号；准予时已知情")
    ]
    findings: Annotated[list[Mapping[str, object]], about("所据认定意见")]
    bureau: Annotated[str, about("单位代码")]
    proposed_by: Annotated[str, about("提出人")]
    proposed_at: Annotated[datetime, about("提出时间")]
    decided_by: Annotated[str | None, about("复签人")]
    decided_at: Annotated[datetime | None, about("复签时间")]
    decision_note: Annotated[str | None, about("复签意见")]
    automatic: Annotated[bool, about("是否自动认定", "本地做法：小额由系统自动认定")]


@answer
class CallbackState:
    """A call-back after a bad rating."""

    bureau: Annotated[str, about("单位代码")]
    due_on: Annotated[date, about("应于何日前回访")]
    provisional: Annotated[bool, about("日期是否暂定")]
    done_by: Annotated[str | None, about("回访人")]
    done_at: Annotated[datetime | None, about("回访时间")]
    note: Annotated[str | None, about("回访情况")]


@answer
class Headroom:
    """What is left of a running total for this case; bureaus only."""

    account: Annotated[str, about("机构的统一社会信用代码")]
    granted_elsewhere: Annotated[Decimal, about("该机构其他申请已核定金额")]
    headroom: Annotated[Decimal, about("余额")]


@answer
class CallOnRecord:
    """Something the applicant has to be told by telephone."""

    text: Annotated[str, about("告知的内容")]
    at: Annotated[datetime, about("何时起")]
    done_at: Annotated[datetime | None, about("告知时间")]
    note: Annotated[str | None, about("告知情况")]


@answer
class CodeOnRecord:
    """An access code that was issued anew; never the code itself."""

    serial: Annotated[int, about("第几个查询码", "受理时的为第 1 个")]
    issued_at: Annotated[datetime, about("签发时间")]
    issued_by: Annotated[str, about("签发人", "enterprise 为申报单位")]
    handed: Annotated[Handing, about("交付方式代码")]
    handed_text: Annotated[str, about("交付方式")]
    note: Annotated[str | None, about("身份核对情况")]


@answer
class Casework:
    """What only the bureaus see."""

    acknowledged_at: Annotated[datetime | None, about("签收时间")]
    acknowledged_by: Annotated[str | None, about("签收人")]
    assignee: Annotated[str | None, about("经办人", "单位代码:在单位内的名称；未指派的为 null")]
    transfers: Annotated[int, about("已转办次数")]
    client: Annotated[str | None, about("提交申报的系统", "申报渠道令牌的名称")]
    identity_checked_by: Annotated[str | None, about("核对身份的人")]
    identity_note: Annotated[str | None, about("身份核对情况")]
    access_codes: Annotated[list[CodeOnRecord], about("重新签发的查询码")]
    assigned_bureau: Annotated[str | None, about("转办后的牵头单位")]
    supplement_changes: Annotated[
        Mapping[str, object] | None,
        about("最近一次补正的前后内容", "指针 → [之前, 之后]"),
    ]
    determinations: Annotated[list[DeterminationOnRecord], about("历次认定")]
    callback: Annotated[CallbackState | None, about("回访")]
    calls: Annotated[list[CallOnRecord], about("电话告知", "短信、邮件未能告知的事项")]
    cap: Annotated[Headroom | None, about("单家机构累计上限", "仅供办理")]
    asked_before: Annotated[
        list[str],
        about("先受理的同一事项", "同一单位就同一条款先提出、还在办或已获准的；受理编号"),
    ]
    duplicates: Annotated[
        list[str], about("已了结的重复申报", "由本申请继续办理的；受理编号，先受理的在前")
    ]
    actions: Annotated[list[Act], about("本单位现在可以办理的事项")]


@answer
class Filed:
    """What the applicant filed, normalised."""

    enterprise: Annotated[Mapping[str, object], about("申报单位")]
    facts: Annotated[Mapping[str, object], about("申报事实")]


@answer
class Case(Status):
    """A case as its bureaus see it."""

    leads: Annotated[bool, about("是否由本单位牵头")]
    casework: Annotated[Casework, about("办理情况")]
    application: Annotated[Filed, about("申报内容")]
    official_findings: Annotated[list[RecordedFinding], about("认定意见")]


@answer
class TrailEvent:
    """One event of a case's trail."""

    id: Annotated[int, about("编号")]
    at: Annotated[datetime, about("时间")]
    type: Annotated[str, about("类别", words=EventType)]
    actor: Annotated[str, about("由谁")]
    from_state: Annotated[str | None, about("之前状态", words=State)]
    to_state: Annotated[str | None, about("之后状态", words=State)]
    data: Annotated[Mapping[str, object], about("内容")]


@answer
class TrailPage:
    """One page of a case's trail."""

    items: Annotated[list[TrailEvent], about("经过", "新的在前，含查阅记录")]
    next: Annotated[int | None, NEXT]
