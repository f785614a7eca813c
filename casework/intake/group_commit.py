"""Many requests, one commit: what arrives while a statement runs is filed by the next one.

Every request still gets its own answer, and only after its own row is committed. There is no
thread of our own and no timer: a request that finds nobody filing files at once, alone; those that
arrive meanwhile wait, and the first of them files for all. So an idle system adds no delay, and a
busy one as much as the statement before takes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from casework.database import Database
from casework.errors import Overloaded
from casework.intake.accept import Filed, Insertion, file_group
from store import patience

GROUP_MOST = 256
"""Insertions per statement: beyond some hundreds each costs the same."""
SHORTEST_WAIT_SECONDS = 0.05


def _held() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Waiting:
    """An insertion and its thread, which sleeps on `turn` until it has an outcome or must file."""

    insertion: Insertion
    turn: threading.Lock = field(default_factory=_held)
    outcome: Filed | Exception | None = None


class GroupCommit:
    """Files insertions of many threads in few statements; one per process.

    `statements` may run at once, for `group` insertions each. `most` may wait altogether,
    but only `few` while a statement has been running for `patience` seconds: the database is in
    trouble then, and who waits keeps a thread from those who want something else. Those beyond are
    refused when they come, and those that wait already when they have waited for `patience`.
    """

    def __init__(
        self,
        db: Database,
        *,
        statements: int = 1,
        group: int = GROUP_MOST,
        most: int = 1000,
        few: int = 16,
        patience: float = 2.0,
    ) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._idle = statements
        self._began: list[float] = []
        self._group = group
        self._most = most
        self._few = few
        self._patience = patience

    def __call__(self, insertion: Insertion) -> Filed:
        """File one insertion; on return it is committed.

        Raises Overloaded when too many wait (nothing was stored), or whatever filing this insertion
        raised: of the database, casework.database.UNAVAILABLE.
        """
        mine = _Waiting(insertion)
        with self._lock:
            leads = self._idle > 0
            if leads:
                self._idle -= 1
            else:
                self._refuse_if_full()
                self._queue.append(mine)
        if not leads:
            with patience.drawn():
                self._wait(mine)
        if mine.outcome is None:
            self._file_for_all(mine)
        if isinstance(mine.outcome, Filed):
            return mine.outcome
        raise mine.outcome or AssertionError("woken without an outcome")

    def _refuse_if_full(self) -> None:
        waiting = len(self._queue)
        if waiting >= self._most or (waiting >= self._few and self._is_stalled()):
            raise Overloaded

    def _is_stalled(self) -> bool:
        return bool(self._began) and time.monotonic() - self._began[0] > self._patience

    def _wait(self, mine: _Waiting) -> None:
        """Sleep until it is our turn. Raises Overloaded when too many wait for too long."""
        while not mine.turn.acquire(timeout=max(self._patience, SHORTEST_WAIT_SECONDS)):
            with self._lock:
                # Whoever is not in the queue any more is being filed, and has to know how it ends.
                if self._is_stalled() and len(self._queue) > self._few and mine in self._queue:
                    self._queue.remove(mine)
                    raise Overloaded

    def _file_for_all(self, mine: _Waiting) -> None:
        """File our own insertion and those that wait; give everyone their outcome."""
        began = time.monotonic()
        with self._lock:
            group = [mine, *self._take(mine.insertion.key_hash)]
            self._began.append(began)
        # Nobody may wait for ever, whatever happens here.
        outcomes: Sequence[Filed | Exception]
        outcomes = [RuntimeError("the statement was given up")] * len(group)
        try:
            outcomes = file_group(self._db, [waiting.insertion for waiting in group])
        finally:
            with self._lock:
                self._began.remove(began)
                successor = self._queue.popleft() if self._queue else None
                if successor is None:
                    self._idle += 1
            if successor is not None:
                successor.turn.release()  # without an outcome: it files next
            for waiting, outcome in zip(group, outcomes, strict=True):
                waiting.outcome = outcome
                waiting.turn.release()

    def _take(self, key_hash: bytes | None) -> list[_Waiting]:
        """Those who wait, up to a group; a second insertion of one key stays for the next group."""
        keys = {key_hash}
        taken: list[_Waiting] = []
        left: list[_Waiting] = []
        while self._queue and len(taken) < self._group - 1:
            waiting = self._queue.popleft()
            key = waiting.insertion.key_hash
            if key is not None and key in keys:
                left.append(waiting)
                continue
            keys.add(key)
            taken.append(waiting)
        self._queue.extendleft(reversed(left))
        return taken
