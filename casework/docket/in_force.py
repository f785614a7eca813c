"""The settings of a process as they are in force: those of its environment with what administrators
have changed since, read anew every half minute."""

from __future__ import annotations

import threading
import time
from datetime import date, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from casework.docket import practice
from casework.outbox import bureau_addresses
from config import dated
from config.dated import Addresses, Dated
from config.settings import Settings
from store.db import Database, app_now
from vocabulary.zone import CHINA

log = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 30.0
"""How long what was read is relied upon."""
_AGAIN_SECONDS: Final = 5.0
"""Until it is read again after the database did not answer."""


class InForce:
    """The settings of one process. A change begins on a day to come, so that to read it half a
    minute late is never to decide by what has ended."""

    def __init__(
        self, db: Database, deployed: Settings, *, fresh_seconds: float = FRESH_SECONDS
    ) -> None:
        self._db = db
        self._deployed = deployed
        self._fresh_seconds = fresh_seconds
        self._reading = threading.Lock()
        self._read_again_at = 0.0
        self._offset = timedelta(0)
        self._stored: list[Dated] = []
        self._addresses: Addresses = ()
        self._made: tuple[date, Settings] | None = None

    def settings(self) -> Settings:
        """As they are today: the same object for as long as nothing changes. The caller holds no
        connection."""
        if time.monotonic() >= self._read_again_at and self._reading.acquire(blocking=False):
            try:
                self._read()
            finally:
                self._reading.release()
        today = (datetime.now(CHINA) + self._offset).date()
        made = self._made
        if made is None or made[0] != today:
            made = self._made = today, self._on(today)
        return made[1]

    def _read(self) -> None:
        try:
            with self._db.statement() as conn:
                now = app_now(conn)
                stored = practice.stored(conn)
                addresses = bureau_addresses.stored(conn)
        except SQLAlchemyError as error:
            # Whoever decides needs the database, too; everybody else is answered.
            self._read_again_at = time.monotonic() + _AGAIN_SECONDS
            log.warning("practice.not_read", reason=type(error).__name__)
            return
        self._offset = now - datetime.now(CHINA)
        if (stored, addresses) != (self._stored, self._addresses):
            self._stored, self._addresses, self._made = stored, addresses, None
        self._read_again_at = time.monotonic() + self._fresh_seconds

    def _on(self, today: date) -> Settings:
        if not self._stored and not self._addresses:
            return self._deployed
        return dated.changed(self._deployed, self._stored, today, self._addresses)
