"""What happened in follow-up, as sentences of the timeline and of messages.

Officers are not named: the applicant reads these too. No full stop at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from vocabulary.promises import Kind
from vocabulary.visits import VisitResult

Event = Mapping[str, Any]
Names = Callable[[str], str]


def _day(data: Mapping[str, Any]) -> str:
    provisional = "（暂定，该年度节假日安排尚未公布）" if data.get("provisional") else ""
    return f"{data['planned_on']}{provisional}"


def _scheduled(event: Event, names: Names) -> str:
    data = event["data"]
    return f"已安排走访：{names(data['bureau'])}，{_day(data)}"


def _merged(event: Event, names: Names) -> str:
    data = event["data"]
    return f"并入已安排的走访：{names(data['bureau'])}，{_day(data)}"


def _planned(event: Event, names: Names) -> str:
    data = event["data"]
    return f"走访已排期：{names(data['bureau'])}，{_day(data)}"


def _confirmed(event: Event, names: Names) -> str:
    data = event["data"]
    at = f" {data['starts_at']}" if data.get("starts_at") else ""
    return f"{names(data['bureau'])}已确认走访：{_day(data)}{at}"


def _moved(event: Event, names: Names) -> str:
    data = event["data"]
    at = f" {data['starts_at']}" if data.get("starts_at") else ""
    return (
        f"{names(data['bureau'])}将走访由{data['moved_from']}改到{_day(data)}{at}：{data['reason']}"
    )


def _handed(event: Event, names: Names) -> str:
    return f"走访改由{names(event['data']['bureau'])}承担，重新排期"


def _reminded(event: Event, names: Names) -> str:
    data = event["data"]
    return f"走访提醒：{names(data['bureau'])}将于{data['planned_on']}走访"


def _done(event: Event, names: Names) -> str:
    data = event["data"]
    return f"{names(data['bureau'])}{data['visited_on']}走访：{VisitResult(data['result']).label}"


def _attempted(event: Event, names: Names) -> str:
    data = event["data"]
    return f"{names(data['bureau'])}{data['visited_on']}上门未遇，改在{data['planned_on']}前走访"


def _cancelled(event: Event, _: Names) -> str:
    data = event["data"]
    reason = "所涉申请均已撤回" if data.get("withdrawn") else data.get("reason", "")
    return f"走访已取消：{reason}"


def _promised(event: Event) -> str:
    data = event["data"]
    return f"{Kind(data['promise']).label}的期限为{data['due_on']}"


def _due_soon(event: Event, names: Names) -> str:
    who = "申报单位" if event["data"]["promise"] == "supplement" else names(event["data"]["bureau"])
    return f"{who}{_promised(event)}，即将到期"


def _overdue(event: Event, names: Names) -> str:
    who = "申报单位" if event["data"]["promise"] == "supplement" else names(event["data"]["bureau"])
    return f"{who}{_promised(event)}，已逾期"


def _escalated(event: Event, names: Names) -> str:
    return f"{names(event['data']['bureau'])}{_promised(event)}，逾期未办，已报单位负责人督办"


def _request_opened(event: Event, names: Names) -> str:
    data = event["data"]
    return f"已登记诉求{data['request']}号，由{names(data['bureau'])}于{data['due_on']}前答复"


def _request_routed(event: Event, names: Names) -> str:
    data = event["data"]
    return (
        f"诉求{data['request']}号由{names(data['bureau'])}转给{names(data['to'])}：{data['reason']}"
    )


def _request_answered(event: Event, names: Names) -> str:
    data = event["data"]
    return f"{names(data['bureau'])}已答复诉求{data['request']}号"


def _request_withdrawn(event: Event, _: Names) -> str:
    return f"申报单位已撤回诉求{event['data']['request']}号"


FOLLOW_UP: Final[Mapping[str, Callable[[Event, Names], str]]] = {
    "visit.scheduled": _scheduled,
    "visit.merged": _merged,
    "visit.planned": _planned,
    "visit.confirmed": _confirmed,
    "visit.moved": _moved,
    "visit.handed_over": _handed,
    "visit.reminded": _reminded,
    "visit.attempted": _attempted,
    "visit.done": _done,
    "visit.cancelled": _cancelled,
    "promise.due_soon": _due_soon,
    "promise.overdue": _overdue,
    "promise.escalated": _escalated,
    "request.opened": _request_opened,
    "request.routed": _request_routed,
    "request.answered": _request_answered,
    "request.withdrawn": _request_withdrawn,
}
"""Event type -> sentence, merged into the timeline's (:mod:`casework.wording.words`)."""
