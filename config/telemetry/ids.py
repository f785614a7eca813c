"""One thread of ids from a request to its last task.

Ids live in context variables and stand on every log line and error report: :func:`bind` sets them,
:func:`headers` and :func:`bind_from_headers` carry them across the broker.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Final

from structlog.contextvars import (
    bind_contextvars,
    bound_contextvars,
    clear_contextvars,
    get_contextvars,
)

IDS: Final = ("request_id", "receipt", "event_id", "stage")
"""What travels in message headers."""

_HEADER: Final = "wenqi_"


def bind(**ids: Any) -> AbstractContextManager[None]:
    """Put ids on every log line and error report inside the ``with`` block."""
    return bound_contextvars(**ids)


def bind_here(**ids: Any) -> None:
    """Put ids on everything that follows in this context, until :func:`unbind_all`.

    For a request: its log line and its error report come after the view has returned.
    """
    bind_contextvars(**ids)


def headers(**ids: Any) -> dict[str, str]:
    """The ids of the present context, and those given, as message headers for the broker."""
    present = get_contextvars() | ids
    return {_HEADER + name: str(present[name]) for name in IDS if present.get(name) is not None}


def bind_from_headers(message_headers: Mapping[str, Any] | None) -> None:
    """Bind the ids that :func:`headers` put on a message, for the rest of this context."""
    received = message_headers or {}
    bind_contextvars(
        **{name: received[_HEADER + name] for name in IDS if received.get(_HEADER + name)}
    )


def unbind_all() -> None:
    """Take every id off this context, before or after a request or task."""
    clear_contextvars()
