"""The numbers that receipts hold, drawn ahead: what is encrypted for a row is bound to its number,
so that it has to be known before the row is.

Drawn for many at once, so that a filing costs no statement more. Those that a process has drawn and
not used when it ends are lost, as with the sequence's own cache: receipts have gaps.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

_AHEAD: Final = 64
_LOCK: Final = threading.Lock()
_DRAWN: Final[WeakKeyDictionary[Engine, deque[int]]] = WeakKeyDictionary()


def take(conn: Connection, count: int) -> list[int]:
    """So many numbers that nobody else has."""
    with _LOCK:
        drawn = _DRAWN.setdefault(_pool_of(conn), deque())
        taken = [drawn.popleft() for _ in range(min(count, len(drawn)))]
    missing = count - len(taken)
    if missing:
        fresh = conn.exec_driver_sql(
            "SELECT nextval('receipt_number') FROM generate_series(1, %(count)s)",
            {"count": missing + _AHEAD},
        ).scalars()
        numbers = list(fresh)
        taken += numbers[:missing]
        with _LOCK:
            drawn.extend(numbers[missing:])
    return taken


def _pool_of(conn: Connection) -> Engine:
    return conn.engine
