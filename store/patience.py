"""How long the database may keep a thread: a limit of our own, on this side of the wire.

A server that was stopped, or lies behind a network that swallows everything, can keep no time-out
of its own, and TCP's say nothing of a Unix socket. So every wait for it ends here. A thread may be
given a `budget` of seconds, drawn on by whatever it waits for; without one each wait stands alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

T = TypeVar("T")

_LOOK_SECONDS = 0.1
"""How often a wait looks up, for signals; the driver's own value."""


class _Thread(threading.local):
    left: float | None = None


_thread = _Thread()


def allow(seconds: float) -> None:
    """From now on this thread waits for databases `seconds` altogether."""
    _thread.left = seconds


def allow_any() -> None:
    """From now on every wait of this thread stands alone again."""
    _thread.left = None


def left() -> float | None:
    """What is left of this thread's budget; None without one."""
    return _thread.left


@contextmanager
def drawn() -> Iterator[None]:
    """The time spent inside is drawn from the budget."""
    began = time.monotonic()
    try:
        yield
    finally:
        draw(began)


def draw(began: float) -> None:
    """Draw what has passed since `began` (of time.monotonic)."""
    if _thread.left is not None:
        _thread.left -= time.monotonic() - began


class PatientConnection(psycopg.Connection[Any]):
    """Waits no longer than `longest` seconds for an answer, and no longer than the budget allows.

    Then it raises OperationalError and is closed: an answer that comes later is nobody's, and
    whether a commit that was under way took place is not known.
    """

    longest: float = 60.0

    def wait(
        self, gen: PQGen[T], interval: float = _LOOK_SECONDS, timeout: float | None = None
    ) -> T:
        """Run a step of the protocol; who names a `timeout` expects nothing within it."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        budgeted = _thread.left
        most = self.longest if budgeted is None else min(self.longest, max(0.0, budgeted))
        began = time.monotonic()
        try:
            return super().wait(gen, interval, most)
        except psycopg.errors._WaitTimeout as late:  # noqa: SLF001 -- wait says that it raises it
            self.pgconn.finish()
            raise psycopg.OperationalError("the database did not answer in time") from late
        finally:
            draw(began)
