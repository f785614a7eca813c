"""A sign of life of each worker: a file in ALIVE_FOLDER that its loop touches.

It is the loop itself that touches it, between two looks at the broker: a worker that hangs, or that
cannot reach its broker, stops doing so. (Workers answer nobody over the broker, see `workers.app`.)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from celery import bootsteps

from workers.runtime import settings

SECONDS: Final = 5


class Alive(bootsteps.StartStopStep):
    """Touches `alive-<queue>` every :data:`SECONDS` once the worker's loop runs."""

    requires = ("celery.worker.components:Timer",)

    def start(self, worker: Any) -> None:
        """Begin, where a folder is set."""
        folder = settings().alive_folder
        if folder is not None:
            path = folder / f"alive-{worker.hostname.partition('@')[0]}"
            worker.timer.call_repeatedly(SECONDS, _touch, (path,))


def _touch(path: Path) -> None:
    path.touch()
