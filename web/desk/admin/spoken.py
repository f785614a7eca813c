"""Events and what went wrong on the way, in the words of the desk."""

from __future__ import annotations

import re

from casework.notices import editions
from schemas.audit import AuditEvent
from vocabulary.event_data import REASON
from vocabulary.events import EventType


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
