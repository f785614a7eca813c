"""Failed codes, tokens, links and logins on the trail, with a shortened address.

Bounded, so that a flood does not fill the table: of one network, one kind of credential and one
minute the first try is written at once, then the tenth, the hundredth, …, each with the tries since
the one before; what is left when the minute is over, with the next failure. So the tries of all
events add up. Networks beyond `MOST_NETWORKS` in a minute are one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple

from casework import events
from casework.database import UNREADABLE
from casework.events import NewEvent
from casework.personal.networks import network_of
from config.telemetry.logs import log
from store.db import Database
from vocabulary.events import EventType
from vocabulary.parties import Actor

MOST_NETWORKS: Final = 50
OTHERS: Final = "others"
_SECONDS: Final = 60


class Credential(StrEnum):
    """What was tried."""

    ACCESS_CODE = "access_code"
    TOKEN = "token"  # noqa: S105 -- a word
    LINK = "link"
    ONE_TIME_CODE = "one_time_code"
    LOGIN = "login"
    HELD_OFF = "held_off"  # any, by who had failed too often already


class _Key(NamedTuple):
    minute: int
    network: str
    credential: Credential


class FailedTries:
    """The counts of one process. `clock`: seconds of real time, for tests."""

    def __init__(self, db: Database, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: dict[_Key, tuple[int, int]] = {}  # so many, of which so many are written

    def note(self, address: str, credential: Credential) -> None:
        """One more. Nothing is raised: who fails is answered whether or not it can be written."""
        with self._lock:
            due = self._count(shortened(address), credential)
        if not due:
            return
        try:
            with self._db.transaction() as conn:
                events.write(conn, due)
        except UNREADABLE:
            log.warning("failed_tries.not_written", reason="database away")

    def _count(self, network: str, credential: Credential) -> list[NewEvent]:
        minute = int(self._clock() // _SECONDS)
        over = [key for key in self._tries if key.minute != minute]
        due = [_event(key, *self._tries.pop(key)) for key in over]
        known = {key.network for key in self._tries}
        if network not in known and len(known) >= MOST_NETWORKS:
            network = OTHERS
        key = _Key(minute, network, credential)
        tries, written = self._tries.get(key, (0, 0))
        tries += 1
        if str(tries).strip("0") == "1":
            due.append(_event(key, tries, written))
            written = tries
        self._tries[key] = (tries, written)
        return [each for each in due if each]


def shortened(address: str) -> str:
    """The network of an address; "unknown" for what is none."""
    return network_of(address) or "unknown"


def _event(key: _Key, tries: int, written: int) -> NewEvent | None:
    if tries == written:
        return None
    data = {"address": key.network, "credential": key.credential, "tries": tries - written}
    return NewEvent(EventType.ACCESS_FAILED, Actor.SOMEBODY, data=data)
