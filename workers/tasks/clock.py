"""Point out promised days that come near or have passed: ids in, one use case called."""

from __future__ import annotations

from celery import Task

from casework.followup import chase as use_case
from workers.app import app
from workers.tasks.common import work


@app.task(name="clock", bind=True)
def clock(task: Task, item_ids: list[int], *, careful: bool = False) -> None:
    """Work through work items of this stage; ids that are done already are passed over."""
    work(task, use_case.run, item_ids, careful=careful)
