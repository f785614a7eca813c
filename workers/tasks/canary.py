"""Let canaries arrive: ids in, one use case called."""

from __future__ import annotations

from celery import Task

from casework.work import canary as use_case
from workers.app import app
from workers.tasks.common import work


@app.task(name="canary", bind=True)
def canary(task: Task, item_ids: list[int], *, careful: bool = False) -> None:
    """Work through work items of this stage; the relay sends them to every queue."""
    work(task, use_case.run, item_ids, careful=careful)
