"""What happened, as sentences: one per event type (:mod:`vocabulary.events` says which is whose).

The applicant reads those of a case too, so officers are not named. No full stop at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from vocabulary.cases import Grade
from vocabulary.deliveries import Channel, DeliveryState, Recipient, RecipientKind
from vocabulary.outcomes import Outcome
from vocabulary.promises import Kind
from vocabulary.visits import VisitResult

Data = Mapping[str, Any]
"""An event's data; its keys are those its writer gave it."""

Names = Callable[[str], str]
"""A bureau's id -> its Chinese name."""

Sentence = Callable[[Data, Names], str]


def fixed(sentence: str) -> Sentence:
    """The sentence of an event that always says the same."""
    return lambda _, __: sentence


def amount_text(amount: Decimal | str | None) -> str:
    """Yuan as people read it, or that there is no figure."""
    return "无金额" if amount is None else f"{Decimal(amount):,.2f}元"


# --- the application ---


def assessed(data: Data, names: Names) -> str:
    again = "重新核对" if data["serial"] > 1 else "核对"
    return (
        f"已{again}：{Outcome(data['outcome']).label}，{amount_text(data['amount'])}，"
        f"由{names(data['bureau'])}负责"
    )


def stuck(data: Data, names: Names) -> str:
    return f"系统处理遇到问题，已转人工，由{names(data['bureau'])}办理"


def acknowledged(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}已签收"


def transferred(data: Data, names: Names) -> str:
    return f"已由{names(data['bureau'])}转办至{names(data['to'])}：{data['reason']}"


def rated(data: Data, _: Names) -> str:
    return f"申报单位已评价：{Grade(data['grade']).label}"


def callback_opened(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}应于{data['due_on']}前回访（本地做法）"


def callback_done(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}已回访"


# --- findings, supplements, determinations, reviews ---


def finding_recorded(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}已记录{data['count']}项认定意见"


def supplement_requested(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}要求补正{len(data['fields'])}项，期限{data['due_on']}"


def supplement_answered(data: Data, _: Names) -> str:
    return f"申报单位已补正{len(data['fields'])}项"


def supplement_closed(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}已了结补正要求：{data['reason']}"


def determination_proposed(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}已提出认定意见，待第二人复签"


def determination_rejected(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}复签未通过，重新办理"


def determination_made(data: Data, names: Names) -> str:
    amount = data.get("amount")
    result = "准予" if data["granted"] else "不予认定"
    figure = f"，{Decimal(amount):,.2f}元" if data["granted"] and amount is not None else ""
    return f"{names(data['bureau'])}已认定：{result}{figure}"


def determination_room(data: Data, _: Names) -> str:
    determined, room = Decimal(data["amount"]), Decimal(data["room"])
    return (
        f"上限内有了余额：已认定{determined:,.2f}元，按规则现可认定至{room:,.2f}元；"
        "认定不会自动变更，申报单位可以申请复核"
    )


def review_decided(data: Data, names: Names) -> str:
    result = "维持原结果" if data["upheld"] else "撤销原结果，重新认定"
    return f"{names(data['bureau'])}已复核：{result}"


# --- visits ---


def visit_scheduled(data: Data, names: Names) -> str:
    return f"已安排走访：{names(data['bureau'])}，{_day(data)}"


def visit_merged(data: Data, names: Names) -> str:
    return f"并入已安排的走访：{names(data['bureau'])}，{_day(data)}"


def visit_planned(data: Data, names: Names) -> str:
    return f"走访已排期：{names(data['bureau'])}，{_day(data)}"


def visit_confirmed(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}已确认走访：{_day(data)}{_hour(data)}"


def visit_moved(data: Data, names: Names) -> str:
    moved = f"将走访由{data['moved_from']}改到{_day(data)}{_hour(data)}"
    return f"{names(data['bureau'])}{moved}：{data['reason']}"


def visit_handed_over(data: Data, names: Names) -> str:
    return f"走访改由{names(data['bureau'])}承担，重新排期"


def visit_reminded(data: Data, names: Names) -> str:
    return f"走访提醒：{names(data['bureau'])}将于{data['planned_on']}走访"


def visit_attempted(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}{data['visited_on']}上门未遇，改在{data['planned_on']}前走访"


def visit_done(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}{data['visited_on']}走访：{VisitResult(data['result']).label}"


def visit_cancelled(data: Data, _: Names) -> str:
    reason = "所涉申请均已撤回" if data.get("withdrawn") else data.get("reason", "")
    return f"走访已取消：{reason}"


def _day(data: Data) -> str:
    provisional = "（暂定，该年度节假日安排尚未公布）" if data.get("provisional") else ""
    return f"{data['planned_on']}{provisional}"


def _hour(data: Data) -> str:
    return f" {data['starts_at']}" if data.get("starts_at") else ""


# --- promised days ---


def promise_due_soon(data: Data, names: Names) -> str:
    return f"{_who(data, names)}{_promised(data)}，即将到期"


def promise_overdue(data: Data, names: Names) -> str:
    return f"{_who(data, names)}{_promised(data)}，已逾期"


def promise_escalated(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}{_promised(data)}，逾期未办，已报单位负责人督办"


def _who(data: Data, names: Names) -> str:
    return "申报单位" if data["promise"] == Kind.SUPPLEMENT else names(data["bureau"])


def _promised(data: Data) -> str:
    return f"{Kind(data['promise']).label}的期限为{data['due_on']}"


# --- requests (诉求) ---


def request_opened(data: Data, names: Names) -> str:
    return f"已登记诉求{data['request']}号，由{names(data['bureau'])}于{data['due_on']}前答复"


def request_routed(data: Data, names: Names) -> str:
    to = f"由{names(data['bureau'])}转给{names(data['to'])}"
    return f"诉求{data['request']}号{to}：{data['reason']}"


def request_answered(data: Data, names: Names) -> str:
    return f"{names(data['bureau'])}已答复诉求{data['request']}号"


def request_withdrawn(data: Data, _: Names) -> str:
    return f"申报单位已撤回诉求{data['request']}号"


# --- messages about any of it ---


def delivery(row: Mapping[str, Any], heading: str, names: Names) -> str:
    """One delivery as a sentence; never shows an address."""
    to = Recipient.parse(row["recipient"])
    whom = RecipientKind.APPLICANT.label if to.bureau is None else names(to.bureau)
    if to.is_head:
        whom += "负责人"
    elif to.endpoint is not None:
        whom += RecipientKind.SYSTEM.label
    state = DeliveryState(row["state"]).label
    if row["state"] == DeliveryState.PENDING and row["attempts"]:
        state = f"已尝试{row['attempts']}次，待重试"
    return f"告知{whom}（{heading}，{Channel(row['channel']).label}）：{state}"
