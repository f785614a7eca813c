"""A pool whose connections all hang refuses at once instead of letting everybody wait."""

from __future__ import annotations

import time

import pytest
from sqlalchemy.exc import TimeoutError as PoolExhausted

from config import capacity
from store.db import Database


def test_a_stalled_pool_keeps_nobody_waiting(database_url: str) -> None:
    db = Database(database_url, pool_size=1, pool_wait_seconds=5, stall_seconds=0.2)
    try:
        with db.statement() as held:
            held.exec_driver_sql("SELECT 1")
            time.sleep(0.3)
            for use in (db.statement, db.transaction):
                with pytest.raises(PoolExhausted, match="in use for too long"), use():
                    pass
        with db.statement() as conn:
            assert conn.exec_driver_sql("SELECT 1").scalar() == 1
    finally:
        db.close()


def test_a_busy_pool_lets_people_wait(database_url: str) -> None:
    db = Database(database_url, pool_size=1, pool_wait_seconds=0.2, stall_seconds=60)
    try:
        waited = pytest.raises(PoolExhausted, match=r"timed out, timeout 0\.20")
        with db.statement(), waited, db.statement():
            pass
    finally:
        db.close()


def test_what_may_hang_at_once_leaves_threads() -> None:
    single = capacity.GROUP + capacity.FEW
    others = capacity.CONNECTIONS - 1 - capacity.BATCHES
    files = capacity.TAKEN_FILES + capacity.DRAWN_PAGES + capacity.AWAITED_PAGES
    assert capacity.THREADS - (single + capacity.BATCHES + others + files) >= 2
