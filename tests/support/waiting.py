"""Wait for an effect, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PAUSE_SECONDS = 0.05


def poll(look: Callable[[], T], seconds: float, check: Callable[[], None] = lambda: None) -> T:
    """The first true value of `look()`, or the last after `seconds`.

    `check` raises when waiting has become hopeless.
    """
    deadline = time.monotonic() + seconds
    while not (value := look()) and time.monotonic() < deadline:
        check()
        time.sleep(PAUSE_SECONDS)
    return value


def wait_for(look: Callable[[], T], what: str, seconds: float = 60) -> T:
    """Return the first true value of `look()`. Fails, naming `what`, after `seconds`."""
    value = poll(look, seconds)
    if not value:
        raise AssertionError(f"waited {seconds:g} s in vain: {what}; last look: {value!r}")
    return value
