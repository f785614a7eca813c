"""What the `details` of an event hold that is sent to other systems: the catalogue of its keys."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from vocabulary.cases import Grade
from vocabulary.codes import Handing
from vocabulary.event_data import PUBLISHED, Cause
from vocabulary.events import EventType as E
from vocabulary.fulfilment import Found, ReclaimReason, ReturnReason
from vocabulary.identity import IdentityLevel, IdentityMeans
from vocabulary.outcomes import Outcome
from vocabulary.overlaps import Meets
from vocabulary.promises import Kind
from vocabulary.visits import VisitResult


class Detail(NamedTuple):
    """One key: what it says, and of which kind its values are (JSON Schema); `words`: the closed
    list that they are of; `or_none`: null where there is nothing to say."""

    label: str
    schema: Mapping[str, Any]
    words: type[Enum] | None = None
    or_none: bool = False


_TEXT: Final = {"type": "string"}
_DAY: Final = {"type": "string", "format": "date"}
_NUMBER: Final = {"type": "integer"}
_FLAG: Final = {"type": "boolean"}
_LIST: Final = {"type": "array", "items": {"type": "string"}}

DETAILS: Final[Mapping[str, Detail]] = {
    "amount": Detail("金额（元）；没有数额的为 null", _TEXT, or_none=True),
    "automatic": Detail("自动认定的上限（元），本地做法", _TEXT),
    "bureau": Detail("单位代码", _TEXT, or_none=True),
    "cause": Detail("系统处理的缘由", _TEXT, Cause),
    "code_serial": Detail("凭第几个查询码办理", _NUMBER),
    "conditions": Detail("条件代码", _LIST),
    "contact": Detail("联系方式是否一并核对", _FLAG),
    "contact_code": Detail("验证码的编号，不是验证码", _NUMBER),
    "corrected_from": Detail("更正前的日期", _DAY),
    "count": Detail("件数或项数", _NUMBER),
    "determined": Detail("核对时已有生效的认定", _FLAG),
    "document": Detail("材料编号", _NUMBER),
    "documents": Detail("须补交的材料件数", _NUMBER),
    "due_on": Detail("期限", _DAY),
    "fields": Detail("所涉事项的位置或名称", _LIST),
    "grade": Detail("评价，5 最好", _NUMBER, Grade),
    "granted": Detail("是否准予", _FLAG),
    "handed": Detail("查询码的交付方式", _TEXT, Handing),
    "how": Detail("核实方式", _TEXT, IdentityMeans),
    "identity": Detail("身份核实程度", _TEXT, IdentityLevel),
    "meets": Detail("与另一申请的关系", _TEXT, Meets),
    "moved_from": Detail("改期前的日期", _DAY),
    "other": Detail("另一份申请的受理编号", _TEXT),
    "outcome": Detail("核对结果", _TEXT, Outcome),
    "planned_on": Detail("计划走访的日期", _DAY),
    "promise": Detail("承诺的事项", _TEXT, Kind),
    "promised_on": Detail("承诺在此日前走访", _DAY),
    "provisional": Detail("日期是否暂定", _FLAG),
    "request": Detail("诉求编号", _NUMBER),
    "request_id": Detail("提交时那次请求的编号", _TEXT),
    "result": Detail("走访结果", _TEXT, VisitResult),
    "room": Detail("按规则现为多少（元）", _TEXT, or_none=True),
    "serial": Detail("第几次核对", _NUMBER),
    "starts_at": Detail("走访时间，如 14:30；未定为 null", _TEXT, or_none=True),
    "to": Detail("转给的单位代码", _TEXT),
    "upheld": Detail("复核是否维持原结果", _FLAG),
    "visit": Detail("走访编号", _NUMBER),
    "visited_on": Detail("走访的日期", _DAY),
    "found": Detail("怎样得知已减免", _TEXT, Found),
    "line": Detail("付款行的编号", _TEXT),
    "objection": Detail("异议编号", _NUMBER),
    "paid_on": Detail("付款日期", _DAY),
    "publicised_until": Detail("公示至", _DAY),
    "reclaimed": Detail("追回的缘由", _TEXT, ReclaimReason),
    "reclaimed_on": Detail("追回日期", _DAY),
    "returned": Detail("银行退回的缘由", _TEXT, ReturnReason),
    "sustained": Detail("异议是否成立", _FLAG),
    "waived_on": Detail("减免日期", _DAY),
    "withdrawn": Detail("因申请撤回", _FLAG),
}
"""Every key that leaves the house."""

_DATED: Final = ("bureau", "planned_on", "provisional", "visit")
_PROMISE: Final = ("bureau", "due_on", "promise", "provisional")
_HAS: Final[Mapping[E, tuple[str, ...]]] = {
    E.APPLICATION_RECEIVED: ("identity",),
    E.APPLICATION_ASSESSED: ("amount", "bureau", "outcome", "serial"),
    E.APPLICATION_RATED: ("grade",),
    E.CONTACT_CODE_ASKED: ("contact_code",),
    E.CONTACT_VERIFIED: ("how", "identity"),
    E.CONTACT_CORRECTED: ("fields", "identity"),
    E.IDENTITY_CHECKED: ("bureau", "contact", "identity"),
    E.CODE_ASKED: ("contact_code",),
    E.CODE_ISSUED: ("bureau", "code_serial", "handed"),
    E.CODE_SENT: ("code_serial", "contact_code"),
    E.CODE_RENEWED: ("code_serial",),
    E.CALLBACK_OPENED: ("bureau", "due_on"),
    E.CASE_TRANSFERRED: ("bureau", "to"),
    E.CASE_CLOSED_AS_DUPLICATE: ("bureau", "other"),
    E.DUPLICATE_CLOSED: ("bureau", "other"),
    E.FINDING_RECORDED: ("bureau", "conditions", "count"),
    E.EVIDENCE_RECORDED: ("bureau", "conditions", "count"),
    E.SUPPLEMENT_REQUESTED: ("bureau", "due_on", "fields"),
    E.SUPPLEMENT_ANSWERED: ("fields",),
    E.DOCUMENT_ADDED: ("document",),
    E.DOCUMENT_QUARANTINED: ("document",),
    E.DOCUMENT_LOST: ("document",),
    E.DETERMINATION_MADE: ("bureau", "granted"),
    E.DETERMINATION_ROOM: ("amount", "bureau", "room"),
    E.DETERMINATION_SET_ASIDE: ("amount", "bureau", "room"),
    E.OVERLAP_FOUND: ("meets",),
    E.OVERLAP_SETTLED: ("count",),
    E.REVIEW_DECIDED: ("bureau", "upheld"),
    E.VISIT_SCHEDULED: _DATED,
    E.VISIT_MERGED: _DATED,
    E.VISIT_PLANNED: (*_DATED, "promised_on"),
    E.VISIT_CONFIRMED: (*_DATED, "starts_at"),
    E.VISIT_MOVED: (*_DATED, "starts_at", "moved_from"),
    E.VISIT_ASSIGNED: ("bureau", "visit"),
    E.VISIT_UNASSIGNED: ("bureau", "visit"),
    E.VISIT_HANDED_OVER: ("bureau", "planned_on", "visit"),
    E.VISIT_REMINDED: ("bureau", "planned_on", "visit"),
    E.VISIT_ATTEMPTED: (*_DATED, "result", "visited_on"),
    E.VISIT_DONE: ("bureau", "result", "visit", "visited_on"),
    E.VISIT_CORRECTED: ("bureau", "corrected_from", "visit", "visited_on"),
    E.VISIT_CANCELLED: ("planned_on", "visit"),
    E.PROMISE_DUE_SOON: _PROMISE,
    E.PROMISE_OVERDUE: _PROMISE,
    E.PROMISE_ESCALATED: _PROMISE,
    E.ACCOUNT_GIVEN: (),
    E.ACCOUNT_CONFIRMED: ("bureau",),
    E.PAYMENT_EXPORTED: ("amount", "bureau", "line"),
    E.PAYMENT_MADE: ("amount", "line", "paid_on"),
    E.PAYMENT_CLAIMED: ("bureau", "paid_on"),
    E.PAYMENT_RETURNED: ("amount", "line", "returned"),
    E.PAYMENT_RECLAIMED: ("amount", "bureau", "reclaimed", "reclaimed_on"),
    E.WAIVER_TOLD: ("amount", "bureau", "publicised_until"),
    E.WAIVER_NOT_DONE: ("amount", "bureau", "visited_on"),
    E.WAIVER_DONE: ("amount", "found", "waived_on"),
    E.OBJECTION_MADE: ("bureau", "due_on"),
    E.OBJECTION_LATE: ("bureau", "due_on"),
    E.OBJECTION_ANSWERED: ("bureau", "sustained"),
    E.REQUEST_OPENED: ("bureau", "due_on", "request"),
    E.REQUEST_ROUTED: ("bureau", "request", "to"),
    E.REQUEST_ANSWERED: ("bureau", "request"),
    E.REQUEST_REDATED: ("bureau", "due_on", "request"),
    E.REQUEST_WITHDRAWN: ("request",),
}
_ALONE: Final = frozenset({E.APPLICATION_WITHDRAWN, E.APPLICATION_PURGED, E.REVIEW_REQUESTED})
"""What says everything by its type."""
_MAY_HAVE: Final[Mapping[E, tuple[str, ...]]] = {
    E.APPLICATION_RECEIVED: ("how", "request_id"),
    E.APPLICATION_ASSESSED: ("determined",),
    E.SUPPLEMENT_REQUESTED: ("documents",),
    E.PAYMENT_MADE: ("bureau",),
    E.PAYMENT_RETURNED: ("bureau",),
    E.WAIVER_DONE: ("bureau",),
    E.OBJECTION_MADE: ("objection",),
    E.OBJECTION_LATE: ("objection",),
    E.OBJECTION_ANSWERED: ("objection",),
    E.SUPPLEMENT_ANSWERED: ("documents",),
    E.DETERMINATION_MADE: ("amount", "automatic"),
    E.VISIT_MOVED: ("cause",),
    E.VISIT_CANCELLED: ("bureau", "cause", "withdrawn"),
    E.REQUEST_WITHDRAWN: ("bureau",),
}
OF_THE_APPLICANT: Final = "code_serial"
"""With what the applicant does by an access code that was issued anew."""

PUBLISHED_TYPES: Final = tuple(kind for kind in E if kind.is_on_timeline)
"""What other systems can be sent."""


def always(kind: E) -> tuple[str, ...]:
    """The keys that every event of a type has."""
    return _HAS.get(kind, () if kind in _ALONE else ("bureau",))


def sometimes(kind: E) -> tuple[str, ...]:
    """The keys that an event of a type may have besides `OF_THE_APPLICANT`."""
    return _MAY_HAVE.get(kind, ())


if set(DETAILS) != PUBLISHED:
    raise ValueError(f"not in the catalogue, or not published: {set(DETAILS) ^ PUBLISHED}")
