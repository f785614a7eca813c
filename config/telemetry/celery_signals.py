"""Celery's processes log, report and carry ids as every other process does."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from celery import signals
from celery.apps import worker as celery_worker

from config.settings import Settings
from config.telemetry import sentry
from config.telemetry.errors import report
from config.telemetry.ids import bind_from_headers, bind_here, unbind_all
from config.telemetry.logs import component, configure_logging


def observe_celery(settings: Settings) -> None:
    """Make a Celery process log, report and carry ids as every other process does.

    Call where the Celery app is made. What it is called was said at its start.
    """

    def setup_logging(**_: Any) -> None:
        configure_logging(settings.log_level, component())
        sentry.start(settings, component())

    def task_starts(task_id: str, task: Any, **_: Any) -> None:
        unbind_all()
        # A task is named for its stage, so that even a failure outside its own binding has one.
        bind_here(task_id=task_id, task=task.name, stage=task.name)
        # Headers of one's own arrive as attributes of the request (protocol 2).
        bind_from_headers(vars(task.request) | (task.request.headers or {}))

    def task_ended(**_: Any) -> None:
        unbind_all()

    def task_failed(exception: BaseException, **_: Any) -> None:
        report(exception, "task failed")

    def child_ends(**_: Any) -> None:
        sentry.flush()

    celery_worker.safe_say = _say  # type: ignore[attr-defined]
    # Strong references: the receivers are local and must outlive this call.
    signals.setup_logging.connect(setup_logging, weak=False)
    signals.task_prerun.connect(task_starts, weak=False)
    signals.task_postrun.connect(task_ended, weak=False)
    signals.task_failure.connect(task_failed, weak=False)
    signals.worker_process_shutdown.connect(child_ends, weak=False)


def _say(message: str, _stream: Any = None) -> None:
    """What Celery says while it handles a signal, where a logger's lock might be held: as a line
    like any other, written at once."""
    line = {"event": message.strip(), "level": "info", "logger": "celery", "component": component()}
    if sys.__stderr__ is not None:
        os.write(sys.__stderr__.fileno(), json.dumps(line).encode() + b"\n")
