"""Reaching a host by its name in time: resolution counts, and every address gets its share."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from queue import Empty, Queue
from typing import Any

Address = tuple[Any, Any, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` gives them."""


def resolve(host: str, port: int, deadline: float) -> list[Address]:
    """What a name resolves to, by the deadline (monotonic): the resolver has no end of its own.

    Raises TimeoutError, and what the resolver raises.
    """
    answered: Queue[list[Address] | Exception] = Queue(1)

    def ask() -> None:
        try:
            answered.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 -- raised where it is waited for
            answered.put(error)

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        found = answered.get(timeout=max(0.001, deadline - time.monotonic()))
    except Empty:
        raise TimeoutError("the name was not resolved in time") from None
    if isinstance(found, Exception):
        raise found
    return found


def connect(found: Sequence[Address], deadline: float) -> socket.socket:
    """A connection to the first address that answers.

    Each gets an equal share of what is left, one share staying for the conversation, so that an
    address that swallows connections does not take the others' time. Raises OSError.
    """
    failure: OSError = OSError("no address")
    for place, (family, kind, protocol, _, where) in enumerate(found):
        left = deadline - time.monotonic()
        share = left / (len(found) - place + 1) if len(found) > 1 else left
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(max(0.001, share))
            sock.connect(where)
        except OSError as error:
            sock.close()
            failure = error
        else:
            sock.settimeout(max(0.001, deadline - time.monotonic()))
            return sock
    raise failure
