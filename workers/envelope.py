"""What a message of ours looks like. Whatever else lies in a queue is not for us.

Who can write to the broker can put anything there. Celery and kombu trust what they find: one entry
that is no JSON ends a worker, a compressed one may grow to gigabytes, a planned one stays in
memory, and a callback in it sends another. So the form is looked at before anybody else reads it.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from typing import Any, Final

MOST_BYTES: Final = 1024 * 1024
"""Of one message; the largest chunk of ids that can be set takes less than half of it."""

TASK_SECONDS: Final = 180
"""What a task may take; the only limit that a message may name."""

_DELIVERY: Final = ("exchange", "routing_key")
_SCALAR: Final = (str, int, bool, type(None))
_STAMPS: Final = ("stamped_headers", "stamps")
_NO_LIMIT: Final = [None, None]


def fault(raw: bytes | str) -> str | None:
    """Why an entry of a queue is no message of ours; None when it is one."""
    if len(raw) > MOST_BYTES:
        return "too large"
    message = _json(raw)
    if not isinstance(message, dict):
        return "no JSON object"
    if (message.get("content-type"), message.get("content-encoding")) != (
        "application/json",
        "utf-8",
    ):
        return "not declared as JSON"
    return (
        _fault_of_properties(message.get("properties"))
        or _fault_of_headers(message.get("headers"))
        or _fault_of_body(message.get("body"))
    )


def _fault_of_properties(properties: Any) -> str | None:
    if not isinstance(properties, dict) or properties.get("body_encoding") != "base64":
        return "properties"
    if not isinstance(properties.get("delivery_tag"), str):
        return "no delivery tag"
    if not isinstance(properties.get("priority", 0), int):
        return "priority"
    info = properties.get("delivery_info")
    if not isinstance(info, dict) or not all(isinstance(info.get(key), str) for key in _DELIVERY):
        return "delivery info"
    return None


def _fault_of_headers(headers: Any) -> str | None:
    if not isinstance(headers, dict):
        return "headers"
    if not all(isinstance(headers.get(key), str) for key in ("task", "id")):
        return "no task"
    if headers.get("compression") is not None:
        return "compressed"
    if headers.get("eta") is not None:
        return "planned"
    if headers.get("retries", 0) != 0:
        return "retried"
    if headers.get("timelimit", _NO_LIMIT) not in (_NO_LIMIT, [TASK_SECONDS, None]):
        return "limits"
    others = (value for key, value in headers.items() if key not in ("timelimit", *_STAMPS))
    if not all(isinstance(value, _SCALAR) for value in others):
        return "headers"
    return None


def _fault_of_body(body: Any) -> str | None:
    """Arguments and what is to be sent afterwards: nothing, ever."""
    if not isinstance(body, str):
        return "body"
    try:
        told = _json(b64decode(body, validate=True))
    except (binascii.Error, ValueError):
        return "body"
    if not isinstance(told, list) or [type(part) for part in told] != [list, dict, dict]:
        return "body"
    return "further tasks" if any(told[2].values()) else None


def _json(raw: bytes | str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
