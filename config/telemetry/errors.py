"""Errors that were caught are logged and handed to Sentry by one function."""

from __future__ import annotations

from typing import Any

from config.telemetry import sentry
from config.telemetry.ids import bind
from config.telemetry.logs import log


def report(error: BaseException, event: str = "unexpected error", **ids: Any) -> None:
    """Log an error that was caught (types and places only) and send it to Sentry if configured."""
    with bind(**ids):
        log.error(event, exc_info=error)
        sentry.capture(error)
