"""What people did to a case, as sentences of the timeline and of messages.

Officers are not named: the applicant reads these too. No full stop at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from vocabulary.cases import Grade

Event = Mapping[str, Any]
Names = Callable[[str], str]


def _acknowledged(event: Event, names: Names) -> str:
    return f"{names(event['data']['bureau'])}已签收"


def _requested(event: Event, names: Names) -> str:
    data = event["data"]
    return f"{names(data['bureau'])}要求补正{len(data['fields'])}项，期限{data['due_on']}"


def _answered(event: Event, _: Names) -> str:
    return f"申报单位已补正{len(event['data']['fields'])}项"


def _closed(event: Event, names: Names) -> str:
    return f"{names(event['data']['bureau'])}已了结补正要求：{event['data']['reason']}"


def _proposed(event: Event, names: Names) -> str:
    return f"{names(event['data']['bureau'])}已提出认定意见，待第二人复签"


def _rejected(event: Event, names: Names) -> str:
    return f"{names(event['data']['bureau'])}复签未通过，重新办理"


def _determined(event: Event, names: Names) -> str:
    data = event["data"]
    amount = data.get("amount")
    result = "准予" if data["granted"] else "不予认定"
    figure = f"，{Decimal(amount):,.2f}元" if data["granted"] and amount is not None else ""
    return f"{names(data['bureau'])}已认定：{result}{figure}"


def _room(event: Event, _: Names) -> str:
    data = event["data"]
    determined, room = Decimal(data["amount"]), Decimal(data["room"])
    return (
        f"上限内有了余额：已认定{determined:,.2f}元，按规则现可认定至{room:,.2f}元；"
        "认定不会自动变更，申报单位可以申请复核"
    )


def _transferred(event: Event, names: Names) -> str:
    data = event["data"]
    return f"已由{names(data['bureau'])}转办至{names(data['to'])}：{data['reason']}"


def _withdrawn(_: Event, __: Names) -> str:
    return "申报单位已撤回申请"


def _review_requested(_: Event, __: Names) -> str:
    return "申报单位已申请复核"


def _review_decided(event: Event, names: Names) -> str:
    result = "维持原结果" if event["data"]["upheld"] else "撤销原结果，重新认定"
    return f"{names(event['data']['bureau'])}已复核：{result}"


def _rated(event: Event, _: Names) -> str:
    return f"申报单位已评价：{Grade(event['data']['grade']).label}"


def _callback_opened(event: Event, names: Names) -> str:
    return f"{names(event['data']['bureau'])}应于{event['data']['due_on']}前回访（本地做法）"


def _callback_done(event: Event, names: Names) -> str:
    return f"{names(event['data']['bureau'])}已回访"


CASEWORK: Final[Mapping[str, Callable[[Event, Names], str]]] = {
    "case.acknowledged": _acknowledged,
    "supplement.requested": _requested,
    "supplement.answered": _answered,
    "supplement.closed": _closed,
    "determination.proposed": _proposed,
    "determination.rejected": _rejected,
    "determination.made": _determined,
    "determination.room": _room,
    "case.transferred": _transferred,
    "application.withdrawn": _withdrawn,
    "review.requested": _review_requested,
    "review.decided": _review_decided,
    "application.rated": _rated,
    "callback.opened": _callback_opened,
    "callback.done": _callback_done,
}
"""Event type -> sentence, merged into the timeline's (:mod:`casework.wording.words`)."""
