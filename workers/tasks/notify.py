"""Send messages to the outside: ids in, one use case called."""

from __future__ import annotations

from celery import Task

from casework.delivery import send as use_case
from workers.app import app
from workers.tasks.common import work


@app.task(name="notify", bind=True)
def notify(task: Task, item_ids: list[int], *, careful: bool = False) -> None:
    """Work through work items of this stage; ids that are done already are passed over."""
    work(task, use_case.run, item_ids, careful=careful)
