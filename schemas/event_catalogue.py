"""The events that other systems are pushed, for the OpenAPI document and `docs/events.md`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from schemas.closed_words import as_words
from vocabulary.event_details import DETAILS, PUBLISHED_TYPES, Detail, always
from vocabulary.events import EventType

MEDIA_TYPE: Final = "application/cloudevents+json"
PREFIX: Final = "wenqi."
CLOUD_EVENT: Final = "CloudEvent"
_AT: Final = "#/components/schemas/"
_PART: Final = re.compile(r"\{(\w+)\}")


def said(kind: EventType) -> str:
    """The sentence of a type, its parts named instead of filled in."""
    return _PART.sub(lambda part: f"〔{_named(part[1])}〕", kind.template)


def _named(part: str) -> str:
    return DETAILS[part].label.partition("（")[0].partition("；")[0] if part in DETAILS else "…"


def components() -> dict[str, Any]:
    """The envelope and what all types share, as components of the document."""
    text = {"type": "string"}
    state: dict[str, Any] = {"anyOf": [{"$ref": _AT + "State"}, {"type": "null"}]}
    return {
        CLOUD_EVENT: {
            "type": "object",
            "description": "CloudEvents 1.0（结构化模式）",
            "required": ["specversion", "id", "source", "type", "time", "data"],
            "properties": {
                "specversion": {"const": "1.0"},
                "id": {**text, "description": "消息编号，与 webhook-id 相同；重发时不变"},
                "source": {**text, "description": "来源：本系统的地址"},
                "type": {**text, "description": "事件类别"},
                "subject": {**text, "description": "受理编号；测试事件没有"},
                "time": {**text, "format": "date-time", "description": "发生时间"},
                "datacontenttype": {"const": "application/json"},
                "data": {"$ref": _AT + "EventData"},
            },
        },
        "EventData": {
            "type": "object",
            "required": ["details"],
            "description": "测试事件只有 details",
            "properties": {
                "receipt": {**text, "description": "受理编号"},
                "provision": {**text, "description": "条款代码"},
                "from_state": {**state, "description": "之前状态；状态不变的为 null"},
                "to_state": {**state, "description": "之后状态；状态不变的为 null"},
                "details": {"$ref": _AT + "EventDetails"},
                "case_url": {**text, "format": "uri", "description": "案件地址"},
            },
        },
        "EventDetails": {
            "type": "object",
            "description": "每类事件必有其 required 所列的项",
            "properties": {name: _detail(detail) for name, detail in DETAILS.items()},
        },
    }


def _detail(detail: Detail) -> dict[str, Any]:
    schema: dict[str, Any] = {**detail.schema, "description": detail.label}
    if detail.words is not None:
        return schema | as_words(detail.words)
    if detail.or_none:
        schema["type"] = [schema["type"], "null"]
    return schema


def webhooks() -> dict[str, Any]:
    """The document's `webhooks`: one per type, and the one an endpoint is tried with."""
    tested = EventType.WEBHOOK_TESTED
    return {
        **{
            PREFIX + kind.value: _webhook(kind, said(kind), always(kind))
            for kind in PUBLISHED_TYPES
        },
        PREFIX + tested.value: _webhook(tested, "测试事件，不涉及任何申报", ()),
    }


def _webhook(kind: EventType, text: str, required: Sequence[str]) -> dict[str, Any]:
    details = {"properties": {"details": {"required": list(required)}}}
    schema = {
        "allOf": [
            {"$ref": _AT + CLOUD_EVENT},
            {"properties": {"type": {"const": PREFIX + kind.value}, "data": details}},
        ]
    }
    return {
        "post": {
            "summary": text,
            "requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": schema}}},
            "responses": {
                "2XX": {"description": "已收到"},
                "410": {"description": "不再需要：停用这个地址"},
                "default": {"description": "稍后重试"},
            },
        }
    }
