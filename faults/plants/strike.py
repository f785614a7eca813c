"""A fault that hits for certain: a planted process waits at its critical moment to be killed there.

The process leaves a mark in a folder of the run; the harness (`faults.strikes`) waits for the mark
and kills. Nothing depends on when a kill happens to land.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

FOLDER_VARIABLE = "WENQI_FAULTS_STRIKES"
PATIENCE_SECONDS = 60.0
IN_TRANSACTION = "in transaction"
GIVEN_UP = "items given up"
ANSWERED = "answered, not committed"


def reach(moment: str, about: str = "") -> None:
    """A process is at `moment`. The first of a run never gets past it; all others pass at once.

    Takes what it is about (an idempotency key), for whoever has to wait for more than the mark.
    """
    mark = Path(os.environ[FOLDER_VARIABLE]) / moment
    own = mark.with_name(f"{moment} {os.getpid()}")
    own.write_text(about, encoding="utf-8")
    try:
        mark.hardlink_to(own)  # there at once with its content, or somebody else's
    except FileExistsError:
        return
    finally:
        own.unlink()
    time.sleep(PATIENCE_SECONDS)
    raise RuntimeError(f"nobody killed this process at: {moment}")


def reached(folder: Path, moment: str) -> str | None:
    """What the process at `moment` is about; None while none has got there."""
    mark = folder / moment
    return mark.read_text(encoding="utf-8") if mark.exists() else None
