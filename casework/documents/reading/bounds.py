"""What the processes that read a stranger's file allow themselves."""

from __future__ import annotations

import resource
from contextlib import suppress
from pathlib import Path
from typing import Final

MOST_DRAWN: Final = 4 * 1024 * 1024
"""Bytes of the picture of one page."""


def bound(memory: int, seconds: int) -> None:
    """At most so many bytes, and so many seconds of computing. Where the machine is short of
    memory, this process is ended before the one that asked."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
