"""A worker that loses its broker while it works goes on by itself when the broker is back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casework.dispatch import Stage
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.ledgers import assert_effects_exactly_once, file_tenants, scalar, waiting
from tests.support.waiting import wait_for
from tests.workers.conftest import Broker

BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'wenqi-worker' AND wait_event_type = 'Lock'"
)


@pytest.mark.parametrize("loss", ["restart", "away"])
def test_a_half_busy_worker_outlives_its_broker(
    database: Database,
    settings: Settings,
    launch_app: Callable[..., App],
    broker: Broker,
    loss: str,
) -> None:
    """One task is running, and the worker is asking the broker for another: see workers.app."""
    made = launch_app(
        "relay", "worker-assess", env={"REDIS_URL": broker.url, "LEASE_SECONDS": "2"}
    )
    (held,) = file_tenants(database, settings, 1)
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the worker works")
    with database.transaction() as holding:
        (held,) = file_tenants(database, settings, 1)
        holding.exec_driver_sql(
            "SELECT id FROM application WHERE receipt = %(receipt)s FOR UPDATE",
            {"receipt": held.receipt},
        )
        wait_for(lambda: scalar(database, BLOCKED), "the worker is in the middle of a task")
        broker.kill()
        if loss == "restart":
            broker.start()
        file_tenants(database, settings, 3)
    if loss == "away":
        broker.start()
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the rest is assessed")
    assert_effects_exactly_once(database, 5)
    assert made.is_running("worker-assess"), made.log("worker-assess")
