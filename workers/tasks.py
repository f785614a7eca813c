"""The Celery tasks: one per stage, made from the registry, and what beat starts."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

import structlog
from celery import Task

from casework.database import Database
from casework.delivery import alerts, heads
from casework.documents import left_behind
from casework.documents import sweep as document_sweep
from casework.followup import calendar_update
from casework.fulfilment import earlier_grants
from casework.operations import replay_expiry, sealing
from casework.views import numbers
from casework.work import dispatch
from casework.work.run import ChunkResult
from casework.work.stages import STAGES
from config.settings import Settings
from config.telemetry.errors import report as report_error
from config.telemetry.ids import bind
from vocabulary.work import Stage
from workers.app import COUNT, FORGET, HAND_OUT, RECKON, SEAL, SWEEP, SWEEP_FILES, WATCH, app
from workers.runtime import database, in_force

log = structlog.get_logger(__name__)


class UseCase(Protocol):
    """A stage's use case."""

    def __call__(
        self, db: Database, settings: Settings, item_ids: Sequence[int], *, careful: bool
    ) -> ChunkResult:
        """Work through the items that still exist."""


def work(task: Task, use_case: UseCase, item_ids: list[int], *, careful: bool) -> None:
    """Run the use case on the items and report what failed; the ledger has recorded it already.

    A message that comes a second time may be what killed its first worker. Its items go back to
    the ledger, which counts attempts and sends suspects out in small messages, in the end alone.
    """
    redelivered = bool((task.request.delivery_info or {}).get("redelivered"))
    stage = task.name
    with bind(stage=stage):
        if redelivered:
            dispatch.hand_back(database(), item_ids)
            log.warning("work.handed_back", items=len(item_ids))
            return
        result = use_case(database(), in_force(), item_ids, careful=careful)
        for failure in result.failures:
            report_error(
                failure.error,
                "work.dead" if failure.dead else "work.failed",
                receipt=failure.receipt,
                work_item=failure.item_id,
                reason=failure.reason,
            )


def _register(stage: Stage) -> None:
    """Make the task of a stage. Its use case is loaded here, before a worker forks."""
    use_case: UseCase = import_module(STAGES[stage].use_case).run

    @app.task(name=stage.value, bind=True)
    def task(task: Task, item_ids: list[int], *, careful: bool = False) -> None:
        work(task, use_case, item_ids, careful=careful)


for _stage in STAGES:
    _register(_stage)


@app.task(name=SWEEP)
def sweep() -> None:
    """Put exhausted items on the dead-letter list. Running twice changes nothing."""
    for item in dispatch.sweep(database(), in_force()):
        log.error("work.dead", stage=item.stage.value, item=item.id, reason=item.reason)


@app.task(name=FORGET)
def forget() -> None:
    """Let idempotency keys and what replays show lapse. Running twice changes nothing."""
    replay_expiry.run(database(), in_force())


@app.task(name=SWEEP_FILES)
def sweep_files() -> None:
    """Move files to what was filed with them, and remove those that nothing refers to. Running
    twice changes nothing."""
    left_behind.move(database(), in_force())
    document_sweep.run(database(), in_force())


@app.task(name=RECKON)
def reckon() -> None:
    """Put provisional days right once a year's holidays are published, and grants of an earlier
    release on their way. Running twice changes nothing."""
    calendar_update.run(database(), in_force())
    earlier_grants.run(database(), in_force())


@app.task(name=COUNT)
def count() -> None:
    """Write down how every bureau's work stands as the day begins. Running twice changes
    nothing."""
    numbers.run(database(), in_force())


@app.task(name=SEAL)
def seal() -> None:
    """Seal the events of the last moments. Running twice changes nothing."""
    sealing.run(database(), in_force())


@app.task(name=HAND_OUT)
def hand_out() -> None:
    """Send the head of the chain where it cannot be altered. Running twice says it twice."""
    heads.run(database(), in_force())


@app.task(name=WATCH)
def watch() -> None:
    """Tell the operator of a burst of failed tries. Running twice tells once."""
    alerts.run(database(), in_force())
