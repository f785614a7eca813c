"""An application on the wire, as its owner sees it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from marshmallow import fields as kinds

from schemas.applicant import Applicant
from schemas.assessments import Assessment
from schemas.basis import Basis
from schemas.contacts import Contact
from schemas.identity import Identity
from schemas.kit.answers import answer
from schemas.kit.describe import about
from schemas.overlaps import Overlap
from schemas.payments import Fulfilment
from schemas.promises import Promise
from schemas.requests import OwnRequest
from schemas.visits import Visit
from vocabulary.cases import Act, Grade, ReviewState, State
from vocabulary.outcomes import Outcome
from vocabulary.parties import Side


@answer
class Accepted:
    """The answer to a submission."""

    receipt: Annotated[str, about("受理编号", "含校验位")]
    access_code: Annotated[str, about("查询码", "只显示这一次，请妥善保存")]
    received_at: Annotated[datetime, about("受理时间")]
    status_url: Annotated[str, kinds.Url, about("查询地址")]


@answer
class NextStep:
    """Who acts next, on what, by when."""

    who: Annotated[str, about("由谁办理", words=Side)]
    action: Annotated[str, about("办理事项")]
    by: Annotated[date | None, about("何时前")]
    by_provisional: Annotated[bool, about("日期是否暂定")]
    by_basis: Annotated[str, about("日期依据")]
    contact: Annotated[Contact | None, about("联系单位和联系人")]


@answer
class Routed:
    """The bureaus told."""

    lead: Annotated[Contact, about("牵头")]
    copies: Annotated[list[Contact], about("抄送")]


@answer
class Timeline:
    """One thing that happened."""

    at: Annotated[datetime, about("时间")]
    type: Annotated[str, about("类别", "EventType 的值；送达记录为 delivery. 加送达状态")]
    text: Annotated[str, about("说明")]
    folded: Annotated[bool, about("是否送达记录", "展示时可折叠")] = False


@answer
class ReopenedField:
    """A field that is open to the applicant again."""

    pointer: Annotated[str, about("位置", "JSON 指针")]
    label: Annotated[str, about("名称")]
    source: Annotated[str, about("取自何种材料", "申报表未指明时为空")]
    value: Annotated[object | None, kinds.Raw, about("现有内容")]


@answer
class OpenSupplement:
    """What the applicant is asked for."""

    bureau: Annotated[str | None, about("单位代码")]
    bureau_name: Annotated[str | None, about("要求补正的单位")]
    reason: Annotated[str, about("理由")]
    due_on: Annotated[date | None, about("期限")]
    fields: Annotated[list[ReopenedField], about("须补正的事项")]
    documents: Annotated[list[str], about("须补交的材料", "名称；交到 documents")]


@answer
class DeterminationInForce:
    """The determination in force."""

    granted: Annotated[bool, about("是否准予")]
    amount: Annotated[Decimal | None, about("认定金额")]
    reason: Annotated[str, about("理由")]
    basis: Annotated[Basis | None, about("金额依据", "通知没有规定算法而写明金额的")]
    bureau: Annotated[str, about("单位代码")]
    bureau_name: Annotated[str, about("认定单位")]
    decided_at: Annotated[datetime, about("认定时间")]
    automatic: Annotated[bool, about("是否自动认定", "本地做法：小额由系统自动认定")]


@answer
class Review:
    """A review asked for by the applicant."""

    state: Annotated[ReviewState, about("状态代码")]
    reason: Annotated[str, about("申请理由")]
    requested_at: Annotated[datetime, about("申请时间")]
    answer: Annotated[str | None, about("复核意见")]
    decided_at: Annotated[datetime | None, about("复核时间")]


@answer
class RatingGiven:
    """How the applicant rated the handling."""

    grade: Annotated[Grade, kinds.Integer, about("评价", "5 最好，1 最差")]
    grade_text: Annotated[str, about("评价等级")]
    comment: Annotated[str | None, about("意见")]
    rated_at: Annotated[datetime, about("评价时间")]


@answer
class Looks:
    """How often a bureau was shown the application; who of it is for the auditor alone."""

    bureau: Annotated[str, about("单位代码")]
    bureau_name: Annotated[str, about("查阅单位")]
    times: Annotated[int, about("查阅次数", "含列表、走访、诉求、导出和日历")]
    last_at: Annotated[datetime, about("最近一次")]


@answer
class Status:
    """Everything the applicant may know about an application."""

    receipt: Annotated[str, about("受理编号")]
    notice: Annotated[str, about("通知")]
    provision: Annotated[str, about("条款代码")]
    provision_title: Annotated[str, about("条款")]
    enterprise: Annotated[Applicant, about("申报单位")]
    former_names: Annotated[list[str], about("原名称", "补正以前的名称，先用的在前")]
    received_at: Annotated[datetime, about("受理时间")]
    trial: Annotated[bool, about("是否测试件", "只供系统对接：不统计、不走访、不告知、不公示")]
    identity: Annotated[Identity, about("身份核实")]
    state: Annotated[State, about("状态代码")]
    state_text: Annotated[str, about("状态")]
    outcome: Annotated[Outcome | None, about("结果代码")]
    outcome_text: Annotated[str | None, about("结果")]
    amount: Annotated[Decimal | None, about("按规则计算的金额", "认定前不算准予")]
    next: Annotated[NextStep, about("下一步")]
    bureaus: Annotated[Routed | None, about("联系单位")]
    visit: Annotated[Visit | None, about("走访")]
    promises: Annotated[list[Promise], about("承诺期限", "尚未办结的事项，期限近的在前")]
    requests: Annotated[list[OwnRequest], about("诉求")]
    timeline: Annotated[list[Timeline], about("经过")]
    assessment: Annotated[Assessment | None, about("核对")]
    version: Annotated[int, about("版本")]
    determined_amount: Annotated[Decimal | None, about("认定金额")]
    supplement: Annotated[OpenSupplement | None, about("待补正事项")]
    determination: Annotated[DeterminationInForce | None, about("认定")]
    fulfilment: Annotated[Fulfilment | None, about("兑现", "准予的钱到了哪一步")]
    overlaps: Annotated[list[Overlap], about("与其他申请的重叠", "同一笔款项或同一笔租金")]
    duplicate_of: Annotated[
        str | None, about("由哪份继续办理", "按重复申报了结的：先受理的那份的受理编号")
    ]
    review: Annotated[Review | None, about("复核")]
    rating: Annotated[RatingGiven | None, about("评价")]
    looks: Annotated[list[Looks], about("查阅记录", "哪些单位查阅过本申请，只到单位")]
    actions: Annotated[list[Act], about("申报单位现在可以办理的事项")]
