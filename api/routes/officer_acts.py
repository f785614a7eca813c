"""What a bureau does to a case: acknowledge, supplement, determine, transfer, review, call back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from api.acts import moved, officer_act
from api.blueprints import Resource, Told, Version
from api.etags import Tagged
from api.services import services
from casework.acts import (
    acknowledge,
    approval,
    assign,
    determine,
    duplicate,
    findings,
    identity_check,
    review,
    supplement,
    transfer,
)
from casework.acts.determination import Determined
from casework.acts.determine import Decision
from casework.docket import trail
from casework.followup import phone_call, rating
from casework.people.access import Principal
from casework.people.rights import Right
from schemas import acts as sent
from schemas.bulk import (
    AssignmentsSchema,
    DoneList,
    GrantedList,
    ManyFindingsSchema,
    ManyGrantsSchema,
    ReceiptsSchema,
)
from schemas.cases import TrailPage, TrailQuerySchema
from schemas.findings import Finding

blueprint = Resource("officer_acts", __name__, url_prefix="/api/v1", description="办理（责任单位）")

_EACH: Final = Told(200, DoneList, "逐件结果")
_act: Final = partial(officer_act, blueprint)


@blueprint.officer(
    "POST /cases/acknowledge",
    Right.ACKNOWLEDGE,
    "批量签收",
    "逐件签收本单位牵头的案件；一件不成不影响其他，逐件答复结果。",
    takes=ReceiptsSchema(),
    told=_EACH,
)
def acknowledge_many(principal: Principal, receipts: Sequence[str]) -> DoneList:
    return acknowledge.many(services().db, principal, receipts)


@blueprint.officer(
    "POST /cases/findings",
    Right.RECORD_FINDING,
    "批量记录认定意见",
    "把同样的认定意见记录到多件案件，例如对照名单逐项核实之后；须写明每件所读的版本。"
    "一件不成不影响其他，逐件答复结果。",
    takes=ManyFindingsSchema(),
    told=_EACH,
)
def record_many(
    principal: Principal, cases: Sequence[Mapping[str, Any]], found: Sequence[Finding]
) -> DoneList:
    seen = {case["receipt"]: case["version"] for case in cases}
    return findings.record_many(services().db, principal, seen, found)


@blueprint.officer(
    "POST /cases/determinations",
    Right.DETERMINE,
    "按计算结果批量准予",
    "对核对结果为 eligible、没有待认定条件的多件案件，各按案件所列的金额准予；须写明每件的版本。"
    "每件各自认定；金额超过规定数额的（同一单位在同一措施下的认定合并计算），提出后由第二人复签。"
    "一件不成不影响其他，逐件答复结果。",
    takes=ManyGrantsSchema(),
    told=Told(200, GrantedList, "逐件结果"),
)
def grant_many(
    principal: Principal, cases: Sequence[Mapping[str, Any]], reason: str
) -> GrantedList:
    seen = {case["receipt"]: case["version"] for case in cases}
    made = services()
    return determine.grant_many(made.db, made.settings, principal, seen, reason)


@blueprint.officer(
    "POST /cases/<receipt>/acknowledgement",
    Right.ACKNOWLEDGE,
    "签收",
    "牵头单位签收。重复签收没有影响。",
    version=Version.OPTIONAL,
    told=Told(200, sent.Moved, "已签收"),
)
def acknowledge_one(
    principal: Principal, receipt: str, versions: frozenset[int] | None
) -> Tagged[sent.Moved]:
    return moved(receipt, "cases", acknowledge.one(services().db, principal, receipt, versions))


@blueprint.officer(
    "POST /cases/assignments",
    Right.ASSIGN,
    "批量指派",
    "逐件指派经办人或改派，期限不变；一件不成不影响其他，逐件答复结果。",
    takes=AssignmentsSchema(),
    told=_EACH,
)
def assign_many(principal: Principal, receipts: Sequence[str], to: str | None = None) -> DoneList:
    made = services()
    return assign.many(made.db, made.settings, principal, receipts, to)


_act("assignment", Right.ASSIGN, sent.AssignmentSchema(), assign.one)(
    "指派",
    "指明由本单位哪名经办人办理；不填为取消指派。指派不改变权限和期限。",
    done="已指派",
)

_act("supplement", Right.SUPPLEMENT, sent.SupplementRequestSchema(), supplement.request)(
    "要求补正",
    "写明须补正的事项（JSON 指针）、理由和期限；只有这些事项向申报单位重新开放。",
    done="已要求补正",
)


_act("supplement/closure", Right.SUPPLEMENT, sent.ReasonSchema(), supplement.close)(
    "了结补正要求",
    "申报单位没有答复时，由牵头单位了结补正要求，按现有内容重新核对。",
    done="已了结",
)


def _determine(*seen: Any, amount: Decimal | None = None, **decided: Any) -> Determined:
    return determine.determine(*(*seen, Decision(amount=amount, **decided)))


_act("determination", Right.DETERMINE, sent.DeterminationSchema(), _determine)(
    "认定",
    "写明是否准予、金额和理由；答复按规则计算的金额和差额。核对结果为 eligible、没有待认定条件的，"
    "可以只写 as_computed 和理由，按案件所列的金额准予；"
    "还有待认定条件的，再在 findings 中逐项写明。金额超过规定数额的"
    "（同一单位在同一措施下已认定和已提出的金额合并计算），或超过按规则计算的金额"
    "（须在 override 写明理由）的，须由第二人复签后生效；"
    "同一款项已由另一申请认定计入的，答复 409 并写明该受理编号。"
    "准予时，本单位有权认定而未单独写明的待认定条件即认定为符合。",
    done="已认定，或待第二人复签",
    determines=True,
)

_act("determination/approval", Right.APPROVE, sent.ApprovalSchema(), approval.decide_proposal)(
    "复签",
    "由在本件中没有记录过认定意见、没有提出或作出过认定的另一人同意或退回。",
    done="已复签",
    determines=True,
)

_act("identity", Right.CHECK_IDENTITY, sent.IdentityCheckSchema(), identity_check.check)(
    "核对身份",
    "经办人以电话回访、当面核对证照等方式核对是谁在申报，写明核对情况；身份未核实的申请，核对之后方可准予。",
    done="已记录",
)

_act("transfer", Right.TRANSFER, sent.TransferSchema(), transfer.transfer)(
    "转办",
    "退单并转给应当办理的单位，须写明单位和理由。每件可转办一次，再次转办须由主管办理。",
    done="已转办",
)

_act("duplicate", Right.CLOSE_DUPLICATE, sent.DuplicateSchema(), duplicate.close)(
    "按重复申报了结",
    "同一单位（统一社会信用代码相同）就同一条款申报了不止一次的，写明继续办理的受理编号，了结受理在后的一份，"
    "并告知申报单位。继续办理的那份须不等申报单位再做什么，或已获准；了结的一份不能有那份没有的款项，金额也不能更多；"
    "两份须都已实名认证或核对过身份，或核实过同一联系方式。"
    "不作认定，不影响金额；申报单位可以申请复核。对同一份再次了结没有影响。",
    done="已了结",
)

_act("review", Right.DECIDE_REVIEW, sent.ReviewDecisionSchema(), review.decide)(
    "答复复核申请",
    "由未参与原认定的主管维持原结果，或撤销后重新认定。",
    done="已复核",
)

_act("callback", Right.CALL_BACK, sent.CallbackSchema(), rating.call_back)(
    "记录回访",
    "评价为不满意或非常不满意的，回访后记录情况。",
    done="已记录",
)


_act("phone-call", Right.CALL_BACK, sent.PhoneCallSchema(), phone_call.tick_off)(
    "记录电话告知",
    "短信、邮件未能告知申报单位的事项，由牵头单位电话告知后记录情况。",
    done="已记录",
)


@blueprint.officer(
    "GET /cases/<receipt>/trail",
    Right.READ_TRAIL,
    "查看全部经过",
    "一件的全部经过，含谁在何时查阅，供主管和审计使用；查看本身也会记录。",
    query=TrailQuerySchema,
    told=Told(200, TrailPage, "经过"),
)
def read_trail(principal: Principal, receipt: str, **paging: Any) -> TrailPage:
    return trail.of_case(services().db, principal, receipt, **paging)
