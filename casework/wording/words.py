"""Chinese for states, events, deliveries and next steps, as people read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from casework.wording.sayings import FOLLOW_UP
from casework.wording.timeline import CASEWORK
from rules.explain import OUTCOME_TEXT
from rules.model import Outcome, Truth
from vocabulary.records import Channel, DeliveryState, RecipientKind, State, VisitState

STATE_TEXT: Mapping[str, str] = {
    State.RECEIVED: "已受理，待评定",
    State.AWAITING_SUPPLEMENT: "待补正",
    State.AWAITING_DETERMINATION: "待认定",
    State.DECIDED: "已评定",
    State.REFERRED: "已转介",
    State.SUPPLEMENTED: "已补正，待重新评定",
    State.AWAITING_APPROVAL: "已提出认定，待复签",
    State.DETERMINED: "已认定",
    State.UNDER_REVIEW: "复核中",
    State.WITHDRAWN: "已撤回",
}
VISIT_TEXT: Mapping[str, str] = {
    VisitState.PLANNED: "已安排，待排期",
    VisitState.SCHEDULED: "已排期",
    VisitState.CONFIRMED: "已确认",
    VisitState.REMINDED: "已提醒",
    VisitState.DONE: "已走访",
    VisitState.CANCELLED: "已取消",
}

SYSTEM, APPLICANT, BUREAU, NOBODY = "system", "applicant", "bureau", "nobody"
STUCK = "系统处理遇到问题，已转人工，由联系单位办理"
NO_DATE = "通知未规定期限"

# By outcome (None: not assessed yet): who acts next, and on what.
NEXT_STEP: Mapping[str | None, tuple[str, str]] = {
    None: (SYSTEM, "系统正在评定"),
    Outcome.ELIGIBLE: (BUREAU, "联系单位落实并走访"),
    Outcome.INELIGIBLE: (BUREAU, "联系单位走访并说明理由"),
    Outcome.NEEDS_DETERMINATION: (BUREAU, "联系单位作出认定"),
    Outcome.REFERRED: (BUREAU, "联系单位对接"),
    Outcome.INCOMPLETE: (APPLICANT, "请按所列事项补充材料"),
    Outcome.NOT_IN_FORCE: (APPLICANT, "通知尚未印发，请在印发后申请"),
}

# By state, where a person's act decides it rather than the outcome.
NEXT_BY_STATE: Mapping[str, tuple[str, str]] = {
    State.SUPPLEMENTED: (SYSTEM, "系统正在重新评定"),
    State.AWAITING_APPROVAL: (BUREAU, "联系单位第二人复签"),
    State.DETERMINED: (BUREAU, "联系单位落实认定结果并走访"),
    State.UNDER_REVIEW: (BUREAU, "联系单位复核"),
    State.WITHDRAWN: (NOBODY, "申请已撤回，无须办理"),
}

# What stands above the tables: a body of its own decides, or the result went against the applicant.
_ABOVE = "联系单位报区政府决策（只有区政府能够决定），并告知结果"
_REVIEW = "；如不同意结果，可以申请复核"
_REOPENED = "原结果已撤销，联系单位重新作出认定"


def next_step(
    state: State,
    outcome: str | None,
    assessment: Mapping[str, Any] | None,
    *,
    above: bool,
    determination: Mapping[str, Any] | None,
    reviewable: bool,
) -> tuple[str, str]:
    """Who acts next, and on what.

    In: the assessment explained; whether only the district government decides; the determination
    in force, if any; whether the applicant may ask for a review (复核) now.
    """
    who, action = NEXT_BY_STATE.get(state, NEXT_STEP[outcome])
    if assessment is None:
        return who, action
    if state is State.AWAITING_DETERMINATION and outcome == Outcome.NEEDS_DETERMINATION:
        points = assessment["waiting"]
        if above:
            action = _ABOVE
        elif points and not assessment["needs_finding"]:
            who, action = points[0]["who"], points[0]["next"]
            points = points[1:]
        return who, "；".join([action, *(point["next"] for point in points)])
    if state is State.AWAITING_DETERMINATION:
        # Only a review leads here with an outcome: the one that it has set aside.
        return BUREAU, _REOPENED
    refused = any(found["result"] == Truth.FALSE for found in assessment["findings"])
    against = outcome in (Outcome.INELIGIBLE, Outcome.REFERRED) and refused
    if state is State.DETERMINED:
        against = determination is not None and not determination["granted"]
        if against:
            action = "联系单位送达认定结果、说明理由并走访"
    return who, action + (_REVIEW if against and reviewable else "")


_CHANNEL_TEXT: Mapping[str, str] = {
    Channel.INBOX: "收件箱",
    Channel.EMAIL: "电子邮件",
    Channel.PORTAL: "查询页面",
    Channel.WEBHOOK: "接口推送",
    Channel.DINGTALK: "钉钉",
    Channel.WECOM: "企业微信",
    Channel.SMS: "短信",
}
# What a message is about, by its event; anything else is news.
_ABOUT_TEXT: Mapping[str, str] = {
    "application.received": "申请受理",
    "application.assessed": "评定结果",
    "visit.scheduled": "走访安排",
    "visit.reminded": "走访提醒",
    "promise.due_soon": "期限提醒",
    "promise.overdue": "逾期提醒",
    "promise.escalated": "督办",
    "request.opened": "诉求",
    "request.answered": "诉求答复",
}
_NEWS = "案件动态"
_DELIVERY_TEXT: Mapping[str, str] = {
    DeliveryState.PENDING: "待发送",
    DeliveryState.SENDING: "正在发送",
    DeliveryState.SENT: "已送达",
    DeliveryState.FAILED: "发送失败",
}

Names = Callable[[str], str]


def amount_text(amount: str | None) -> str:
    """Yuan as people read it, or that there is no figure."""
    return "无金额" if amount is None else f"{Decimal(amount):,.2f}元"


def _received(_: Mapping[str, Any], __: Names) -> str:
    return "申请已受理"


def _assessed(event: Mapping[str, Any], names: Names) -> str:
    data = event["data"]
    again = "重新评定" if data["serial"] > 1 else "评定"
    return (
        f"已{again}：{OUTCOME_TEXT[data['outcome']]}，{amount_text(data['amount'])}，"
        f"由{names(data['bureau'])}负责"
    )


def _stuck(event: Mapping[str, Any], names: Names) -> str:
    return f"系统处理遇到问题，已转人工，由{names(event['data']['bureau'])}办理"


def _finding(event: Mapping[str, Any], names: Names) -> str:
    return f"{names(event['data']['bureau'])}已记录{event['data']['count']}项认定意见"


# Event types that applicants and officers see, each with its sentence.
TIMELINE: Mapping[str, Callable[[Mapping[str, Any], Names], str]] = {
    "application.received": _received,
    "application.assessed": _assessed,
    "application.stuck": _stuck,
    "finding.recorded": _finding,
    **CASEWORK,
    **FOLLOW_UP,
}


def event_text(event: Mapping[str, Any], names: Names) -> str:
    """One event as a sentence. `names`: bureau id -> Chinese name."""
    return TIMELINE[event["type"]](event, names)


def delivery_text(delivery: Mapping[str, Any], names: Names) -> str:
    """One delivery as a sentence; never shows an address."""
    whom = "申请单位"
    if delivery["kind"] == RecipientKind.BUREAU:
        whom = names(delivery["recipient"])
    elif delivery["kind"] == RecipientKind.SYSTEM:
        whom = f"{names(delivery['recipient'].partition('/')[0])}业务系统"
    about = _ABOUT_TEXT.get(delivery["event_type"], _NEWS)
    state = _DELIVERY_TEXT[delivery["state"]]
    if delivery["state"] == DeliveryState.PENDING and delivery["attempts"]:
        state = f"已尝试{delivery['attempts']}次，待重试"
    return f"告知{whom}（{about}，{_CHANNEL_TEXT[delivery['channel']]}）：{state}"
