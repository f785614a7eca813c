"""What a process of this room holds: its settings and its database, opened on first use."""

from __future__ import annotations

import gc
from functools import cache
from typing import Any

from celery.signals import worker_init, worker_process_init

from casework.database import Database, open_database
from casework.docket.in_force import InForce
from config.settings import Settings, SettingsError
from workers.start import when_ready

# More than any pool's concurrency: threads share one process, and connections open when needed.
POOL_SIZE = 16

COLLECT_AFTER = 200_000
"""Containers made and not freed before the collector looks: more than one chunk has alive."""


@cache
def settings() -> Settings:
    """The settings of the process's environment. Where one is wrong the process ends with the
    sentence that names it (SystemExit, as in :mod:`workers.start`)."""
    try:
        return Settings.from_env()
    except SettingsError as error:
        raise SystemExit(str(error)) from None


@cache
def database() -> Database:
    """The process's database."""
    return open_database(settings(), process="worker", pool_size=POOL_SIZE)


@cache
def _in_force() -> InForce:
    return InForce(database(), settings())


def in_force() -> Settings:
    """The same with what administrators have changed."""
    return _in_force().settings()


@worker_init.connect
def begin(**_: Any) -> None:
    """Before any child is forked. Celery only logs what a handler raises, but SystemExit ends the
    process."""
    when_ready(database(), settings())


@worker_process_init.connect
def forget_parent(**_: Any) -> None:
    """A forked worker must never talk over its parent's connections."""
    if database.cache_info().currsize:
        database().forget_connections()


@worker_process_init.connect
def rest_collector(**_: Any) -> None:
    """In a prefork child: do not search a chunk's living data for garbage again and again.

    Reference counts free nearly everything. What was loaded before is never garbage; cycles are
    found by a collection once in a while, when a chunk is gone and little is left to search.
    """
    # Not collected first: that would touch, and so copy, every page shared with the parent.
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 10, 10)
