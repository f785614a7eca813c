"""Chinese for events and deliveries, as people read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from casework.wording.sayings import FOLLOW_UP
from casework.wording.timeline import CASEWORK
from vocabulary.deliveries import Channel, DeliveryState, RecipientKind
from vocabulary.outcomes import Outcome

# What a message is about, by its event; anything else is news.
_ABOUT_TEXT: Mapping[str, str] = {
    "application.received": "申请受理",
    "application.assessed": "核对结果",
    "visit.scheduled": "走访安排",
    "visit.reminded": "走访提醒",
    "promise.due_soon": "期限提醒",
    "promise.overdue": "逾期提醒",
    "promise.escalated": "督办",
    "request.opened": "诉求",
    "request.answered": "诉求答复",
}
_NEWS = "案件动态"

Names = Callable[[str], str]


def amount_text(amount: str | None) -> str:
    """Yuan as people read it, or that there is no figure."""
    return "无金额" if amount is None else f"{Decimal(amount):,.2f}元"


def _received(_: Mapping[str, Any], __: Names) -> str:
    return "申请已受理"


def _assessed(event: Mapping[str, Any], names: Names) -> str:
    data = event["data"]
    again = "重新核对" if data["serial"] > 1 else "核对"
    return (
        f"已{again}：{Outcome(data['outcome']).label}，{amount_text(data['amount'])}，"
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
    whom = RecipientKind.ENTERPRISE.label
    if delivery["kind"] == RecipientKind.BUREAU:
        whom = names(delivery["recipient"])
    elif delivery["kind"] == RecipientKind.SYSTEM:
        whom = f"{names(delivery['recipient'].partition('/')[0])}{RecipientKind.SYSTEM.label}"
    about = _ABOUT_TEXT.get(delivery["event_type"], _NEWS)
    state = DeliveryState(delivery["state"]).label
    if delivery["state"] == DeliveryState.PENDING and delivery["attempts"]:
        state = f"已尝试{delivery['attempts']}次，待重试"
    return f"告知{whom}（{about}，{Channel(delivery['channel']).label}）：{state}"
