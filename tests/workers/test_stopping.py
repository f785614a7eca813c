"""A relay that is asked to stop stops, wherever the signal finds it."""

from __future__ import annotations

import sys
import threading
from types import FrameType
from typing import Any

from config.settings import Settings
from store.db import Database
from tests.support.waiting import PATIENCE_SECONDS
from workers.relay import Relay

LINES = 40
"""More than a pause runs through."""


def test_a_signal_at_any_line_of_a_pause_ends_the_relay(
    database: Database, settings: Settings
) -> None:
    for line in range(1, LINES):
        relay = Relay(database, settings)
        thread = threading.Thread(target=_pause_and_stop, args=(relay, line), daemon=True)
        thread.start()
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), f"it hangs when stopped at line {line} of a pause"
        relay.run()  # returns at once


def _pause_and_stop(relay: Relay, line: int) -> None:
    """Pause, and call `stop` as a signal handler would: within the pause, at its nth line."""
    passed = 0

    def trace(_: FrameType, kind: str, __: Any) -> Any:
        nonlocal passed
        passed += kind == "line"
        if passed == line:
            sys.settrace(None)
            relay.stop()
        return trace

    sys.settrace(trace)
    try:
        relay._pause(0.01)
    finally:
        sys.settrace(None)
    relay.stop()
