"""Wait for an effect, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_SECONDS = 0.05


def wait_for(look: Callable[[], T], what: str, seconds: float = 60) -> T:
    """Return the first true value of `look()`. Fails, naming `what`, after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = look()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain: {what}; last look: {value!r}")
        time.sleep(PAUSE_SECONDS)
