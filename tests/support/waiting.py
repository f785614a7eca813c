"""Wait for an effect, never for a time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psutil

T = TypeVar("T")
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 240
"""How long anything is waited for: far longer than it takes, since the machine may have stood still
in between. What is right comes at once, so that only what fails takes as long."""


def poll(look: Callable[[], T], seconds: float, check: Callable[[], None] = lambda: None) -> T:
    """The first true value of `look()`, or the last after `seconds`.

    `check` raises when waiting has become hopeless.
    """
    deadline = time.monotonic() + seconds
    while not (value := look()) and time.monotonic() < deadline:
        check()
        time.sleep(PAUSE_SECONDS)
    return value


def wait_for(look: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """Return the first true value of `look()`. Fails, naming `what`, after `seconds`."""
    before = psutil.cpu_times()
    value = poll(look, seconds)
    if not value:
        raise AssertionError(
            f"waited {seconds:g} s in vain: {what}; last look: {value!r}; {_machine(before)}"
        )
    return value


def _machine(before: Any) -> str:
    """What the machine did meanwhile: whether it was busy, or was not there at all."""
    after = psutil.cpu_times()
    passed = {
        name: getattr(after, name, 0) - getattr(before, name, 0)
        for name in ("user", "system", "idle", "iowait", "steal")
    }
    told = ", ".join(f"{name} {seconds:.0f}" for name, seconds in passed.items())
    return f"load {os.getloadavg()[0]:.1f}, seconds of the processors: {told}"
