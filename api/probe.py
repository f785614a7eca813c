"""A probe of other parts that may hang: one at a time, and nobody waits long for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Generic, TypeVar

T = TypeVar("T")


class Probe(Generic[T]):
    """`ask` in a thread of its own. Calls share the one that is under way, so that a part that
    hangs holds one thread and one connection however often it is asked for."""

    def __init__(self, ask: Callable[[], T], *, seconds: float = 3.0) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._under_way: Future[T] | None = None

    def __call__(self) -> T | None:
        """What `ask` gives, or None when it does not within `seconds`. Raises what it raises."""
        with self._lock:
            future = self._under_way
            if future is None:
                future = self._under_way = Future()
                threading.Thread(target=self._run, args=(future,), daemon=True).start()
        try:
            return future.result(self._seconds)
        except NotYet:
            return None

    def _run(self, future: Future[T]) -> None:
        try:
            future.set_result(self._ask())
        except BaseException as error:  # noqa: BLE001 -- whoever waits is told
            future.set_exception(error)
        finally:
            with self._lock:
                self._under_way = None
