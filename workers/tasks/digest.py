"""Put bureaus' daily digests on their way: ids in, one use case called."""

from __future__ import annotations

from celery import Task

from casework.delivery import digest as use_case
from workers.app import app
from workers.tasks.common import work


@app.task(name="digest", bind=True)
def digest(task: Task, item_ids: list[int], *, careful: bool = False) -> None:
    """Work through work items of this stage; ids that are done already are passed over."""
    work(task, use_case.run, item_ids, careful=careful)
