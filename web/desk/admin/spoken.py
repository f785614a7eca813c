"""Events, stages of work and what went wrong on the way, in the words of the desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from casework.notices import editions
from schemas.audit import AuditEvent
from vocabulary.event_data import REASON
from vocabulary.events import EventType
from vocabulary.work import Stage

STAGES: Final[Mapping[str, str]] = {
    Stage.ASSESS: "核对",
    Stage.DETERMINE: "自动认定",
    Stage.NOTIFY: "发消息",
    Stage.REMIND: "排期和提醒",
    Stage.CHASE: "催办",
    Stage.DIGEST: "每日汇总",
    Stage.EXPORT: "导出",
    Stage.ROTATE: "更换密钥",
    Stage.PURGE: "到期清除",
    Stage.SCAN: "查毒",
    Stage.IMPORT: "成批导入",
    Stage.CANARY: "巡检",
}


def named(kind: str) -> str:
    """What an event of a type is called; the code itself of one that is not known any more."""
    if kind not in set(EventType):
        return kind
    first = re.split("[，：；（]", EventType(kind).template)[0]
    return re.sub(r"\{\w+\}", "…", first)


def told(each: AuditEvent) -> str:
    """What happened, as the case's timeline says it; the reason alone is not on the trail."""
    if each.text:
        return each.text
    try:
        data = {**each.data, REASON: ""}
        said = EventType(each.type).sentence(data, editions.known_bureau_name)
    except (KeyError, ValueError, TypeError):  # of a release before
        return named(each.type)
    return said.rstrip("：")


def failed(error: str | None) -> str:
    """Whether what went wrong with a push or a message is for a time or for good."""
    if not error:
        return ""
    return "暂时收不下" if error.startswith("retryable") else "对方不收"
