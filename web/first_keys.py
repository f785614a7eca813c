"""The keys of a server that begins: its processes compare them before they serve.

What came of it lies in the folder that they share. Keys that are not the database's end the whole
server, with the sentence that says which is missing.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Final

from api.services import Services
from casework.database import open_for_requests
from casework.operations import key_check
from config.keys import KeyMissing
from config.settings import Settings

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder (:mod:`web.serve`)."""

_AGREE: Final = "keys-agree"
_MISSING: Final = "keys-missing"


def await_keys(made: Services, settings: Settings) -> None:
    """Let a process of the server serve nothing before. One that takes the place of another that
    died serves at once: the keys are still the same."""
    shared = os.environ.get(SHARED)
    if shared is None or Path(shared, _AGREE).exists():
        return
    folder, db = Path(shared), open_for_requests(settings)

    def agrees() -> bool:
        if not key_check.agrees(db, settings):
            return False
        db.close()
        (folder / _AGREE).touch()
        return True

    def refuse(error: KeyMissing) -> None:
        (folder / _MISSING).write_text(str(error), encoding="utf-8")
        os.kill(os.getppid(), signal.SIGTERM)

    made.opening.hold(agrees, refuse)


def refusal(folder: Path) -> str | None:
    """Why the server has ended, where it was for its keys."""
    path = folder / _MISSING
    return path.read_text(encoding="utf-8") if path.exists() else None
