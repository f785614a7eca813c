"""What only operators see: metrics and the state of every part, on a listener of their own.

The public door never leads here: the listener has its own address (OPERATOR_LISTEN) and no other
routes. Every process of the API listens there and answers for all (:mod:`api.metrics`).
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from api import memory, metrics
from api.services import Services
from casework.operations import readiness
from config.urls import Address
from schemas.health import Ready
from schemas.kit.answers import schema_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SECONDS: Final = 10
"""What a connection may take to send its request."""

_JSON: Final = "application/json; charset=utf-8"
_Page = Callable[[Services], tuple[HTTPStatus, str, bytes]]


def listen(made: Services, address: Address) -> None:
    """Answer at `address` in threads of this process, as its other processes do."""
    server = _Server((address.host, address.port), _Handler)
    server.set_app(face(made))
    threading.Thread(target=server.serve_forever, name="operator", daemon=True).start()


def face(made: Services) -> WSGIApplication:
    """The pages as a WSGI application."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        page = _PAGES.get(environ.get("PATH_INFO", ""))
        if page is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            status, kind, body = HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"not found\n"
        else:
            status, kind, body = page(made)
        headers = [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response(f"{status.value} {status.phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return answer


def state(made: Services) -> Ready:
    """Every part, whatever hangs."""
    found = made.ready() or readiness.silent(made.settings)
    return found if made.opening.is_open else readiness.unopened(found)


def _readyz(made: Services) -> tuple[HTTPStatus, str, bytes]:
    found = state(made)
    told = schema_of(Ready)().dump(found)
    status = HTTPStatus.OK if found.accepting else HTTPStatus.SERVICE_UNAVAILABLE
    return status, _JSON, json.dumps(told, ensure_ascii=False).encode()


def _metrics(made: Services) -> tuple[HTTPStatus, str, bytes]:
    text = metrics.exposition() + metrics.built() + metrics.processes(memory.together())
    if (found := made.measured()) is not None:
        text += metrics.gauges(found)
    return HTTPStatus.OK, metrics.CONTENT_TYPE, text


_PAGES: Final[dict[str, _Page]] = {"/readyz": _readyz, "/metrics": _metrics}


class _Server(ThreadingMixIn, WSGIServer):
    """One of several at the same address: the kernel gives each connection to any of them."""

    daemon_threads = True
    request_queue_size = 16

    def __init__(self, address: tuple[str, int], handler: type[WSGIRequestHandler]) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Beside the other processes; without the look-up of our own name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address[:2])
        self.server_name, self.server_port = map(str, self.server_address[:2])  # type: ignore[assignment]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: who goes away before the answer is no fault of ours."""


class _Handler(WSGIRequestHandler):
    timeout = SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base's name
        """Nothing: machines ask every few seconds."""
