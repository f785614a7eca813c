"""The least a WSGI application can do; served like the API, it is the HTTP server's own limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

ANSWER = b'{"receipt":"WQ200511-0000001-0"}'
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(ANSWER)))]


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Read the body, as any application must, and answer 202."""
    environ["wsgi.input"].read()
    start_response("202 Accepted", HEADERS)
    return [ANSWER]
