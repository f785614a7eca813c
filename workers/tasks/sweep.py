"""Bury what has used up its attempts; started by beat every few seconds."""

from __future__ import annotations

import structlog

from casework.work import dispatch
from workers.app import app
from workers.runtime import database, settings

log = structlog.get_logger(__name__)


@app.task(name="sweep")
def sweep() -> None:
    """Put exhausted items on the dead-letter list. Running twice changes nothing."""
    for item in dispatch.sweep(database(), settings()):
        log.error("work.dead", stage=item.stage.value, item=item.id, reason=item.reason)
