"""One POST to a server we do not trust: a fixed address, no redirects, an end to all waiting.

The standard library's client on a socket opened here: the name is resolved once, every address it
resolves to is judged, and the connection goes to an address that was judged. A name that answers
differently the second time (DNS rebinding) is never asked a second time. Redirects are answers,
not instructions. A proxy of the environment is not used: it would resolve the name anew.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult

from casework.delivery.channels import sockets
from casework.errors import RetryableError
from casework.outbox.urls import DEFAULT_PORTS, AddressRefused, check_url, is_public

REPLY_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: at most REPLY_BYTES of the body, header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, timeout: float, public_only: bool
) -> Reply:
    """POST `body` and read the answer within `timeout` seconds altogether.

    `public_only`: refuse every address that is not public (loopback, private, link-local, …), even
    if only one of several is not. Raises AddressRefused; RetryableError if no answer came.
    """
    parts = check_url(url, public_only=public_only)
    deadline = time.monotonic() + timeout
    try:
        with _connected(parts, deadline, public_only=public_only) as (connection, cut):
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, {**headers, "Host": _host(parts)})
            answer = connection.getresponse()
            reply = Reply(
                answer.status,
                {name.lower(): value for name, value in answer.getheaders()},
                answer.read(REPLY_BYTES),
            )
            # The client takes a head that was cut off for a whole one.
            if cut.is_set():
                raise TimeoutError
            return reply
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
            raise RetryableError("http: the server did not answer in time") from error
        raise RetryableError(f"http: {type(error).__name__}") from error


@contextmanager
def _connected(
    parts: SplitResult, deadline: float, *, public_only: bool
) -> Iterator[tuple[http.client.HTTPConnection, threading.Event]]:
    """A connection, and whether it was cut because time was up."""
    raw = _open(parts, deadline, public_only=public_only)
    # A server that sends a byte now and then keeps every single wait short; this ends them all.
    # On a duplicate, because TLS takes the socket's own handle away during its handshake.
    handle, cut = raw.dup(), threading.Event()
    watchdog = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, (handle, cut))
    watchdog.daemon = True
    watchdog.start()
    sock: socket.socket = raw
    try:
        if parts.scheme == "https":
            sock = _tls().wrap_socket(raw, server_hostname=parts.hostname)
        connection = http.client.HTTPConnection(str(parts.hostname))
        connection.sock = sock
        yield connection, cut
    finally:
        watchdog.cancel()
        sock.close()
        handle.close()


def _open(parts: SplitResult, deadline: float, *, public_only: bool) -> socket.socket:
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    try:
        found = sockets.resolve(str(parts.hostname), port, deadline)
    except UnicodeError:
        raise AddressRefused("http: this can be no host's name") from None
    if public_only and not all(is_public(str(where[0])) for *_, where in found):
        raise AddressRefused("http: the address is not a public one")
    return sockets.connect(found, deadline)


def _cut(handle: socket.socket, cut: threading.Event) -> None:
    cut.set()
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _host(parts: SplitResult) -> str:
    host = str(parts.hostname)
    name = f"[{host}]" if ":" in host else host
    return name if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f"{name}:{parts.port}"
