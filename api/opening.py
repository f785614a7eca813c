"""A process serves once its keys have been compared with those that the database was written with.

It listens before: a database that hangs, is away or has no tables yet must not keep anybody
waiting. Until then whoever comes is answered as while the database is away; alive it is, ready not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from flask import request

from casework.database import NotYetOpen
from config.keys import KeyMissing
from config.telemetry.errors import report
from config.telemetry.logs import log

MOMENT_SECONDS: Final = 0.5
"""Within this a database that is well has answered, so that nobody meets a closed door."""

LOOK_SECONDS: Final = 1.0
_WITHOUT_DATABASE: Final = frozenset({"health.alive", "health.ready"})
_ASSETS: Final = "assets"


class Opening:
    """Whether the process serves: from the start, but for `hold`."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()

    @property
    def is_open(self) -> bool:
        """Whether it serves."""
        return self._open.is_set()

    def require(self) -> None:
        """Before a request. Raises NotYetOpen, but for what tells nothing of the database."""
        if self.is_open or request.endpoint in _WITHOUT_DATABASE or request.blueprint == _ASSETS:
            return
        raise NotYetOpen

    def hold(self, agrees: Callable[[], bool], refuse: Callable[[KeyMissing], None]) -> None:
        """Serve nothing until the database has said that the keys are its own (`agrees`). It is
        asked in a thread, again and again; `refuse` is told where they are not."""
        self._open.clear()
        threading.Thread(
            target=self._ask, args=(agrees, refuse), name="opening", daemon=True
        ).start()
        self._open.wait(MOMENT_SECONDS)

    def _ask(self, agrees: Callable[[], bool], refuse: Callable[[KeyMissing], None]) -> None:
        has_waited = False
        try:
            while not _asked(agrees):
                if not has_waited:
                    log.warning("keys.awaited")
                has_waited = True
                time.sleep(LOOK_SECONDS)
        except KeyMissing as error:
            refuse(error)
            return
        if has_waited:
            log.info("keys.there")
        self._open.set()


def _asked(agrees: Callable[[], bool]) -> bool:
    try:
        return agrees()
    except KeyMissing:
        raise
    except Exception as error:  # noqa: BLE001 -- a thread that ended would never open
        report(error, "the keys could not be compared")
        return False
