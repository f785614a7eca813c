"""The processes of this API and the memory they hold, as Linux tells it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_PSS: Final = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)
_CHILDREN: Final = "children"


def together() -> list[int]:
    """This process, the one that started it and all that one has started, where several serve
    (:mod:`web.serve`); else itself."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return [os.getpid()]
    parent = os.getppid()
    found = {parent, os.getpid()}
    with suppress(OSError):
        for thread in (_PROC / str(parent) / "task").iterdir():
            found |= {int(pid) for pid in (thread / _CHILDREN).read_text("ascii").split()}
    return sorted(found)


def held(pids: Iterable[int]) -> int | None:
    """Bytes, what the processes share counted once; None where nothing tells."""
    total = None
    for pid in pids:
        with suppress(OSError):
            told = _PSS.search((_PROC / str(pid) / "smaps_rollup").read_text("ascii"))
            if told is not None:
                total = (total or 0) + int(told[1]) * 1024
    return total
