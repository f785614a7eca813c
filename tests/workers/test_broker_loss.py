"""A worker that loses its broker while it works goes on by itself when the broker is back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
import redis

from casework.operations import broker_state, doctor, readiness
from casework.work.dispatch import Stage
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.broker import Broker
from tests.support.ledgers import assert_effects_exactly_once, file_tenants, scalar, waiting
from tests.support.servers import free_port
from tests.support.waiting import wait_for
from workers.app import app
from workers.broker import AMQP

BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'wenqi-worker' AND wait_event_type = 'Lock'"
)
PROCESSES = os.cpu_count() or 1
"""Of the worker, so many messages it may hold."""


@pytest.mark.parametrize("busy", sorted({1, PROCESSES}))
@pytest.mark.parametrize("loss", ["restarted", "away for the rest of the work"])
def test_a_worker_outlives_its_broker(
    database: Database,
    settings: Settings,
    launch_app: Callable[..., App],
    broker: Broker,
    busy: int,
    loss: str,
) -> None:
    """While it asks for another message and while it holds as many as it may."""
    made = launch_app("relay", "worker-assess", env={"REDIS_URL": broker.url, "LEASE_SECONDS": "2"})
    file_tenants(database, settings, 1)
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the worker works")
    with database.transaction() as holding:
        # However slow the machine: this transaction is the test's own to end.
        holding.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        for number in range(1, busy + 1):
            (accepted,) = file_tenants(database, settings, 1)
            holding.exec_driver_sql(
                "SELECT id FROM application WHERE receipt = %(receipt)s FOR UPDATE",
                {"receipt": accepted.receipt},
            )
            wait_for(
                partial(lambda wanted: scalar(database, BLOCKED) == wanted, number),
                "the worker is in the middle of a task",
            )
        broker.kill()
        if loss == "restarted":
            broker.start()
        file_tenants(database, settings, 3)
    if loss != "restarted":
        wait_for(lambda: waiting(database, Stage.ASSESS) == 3, "what was begun is done")
        broker.start()
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the rest is assessed")
    assert_effects_exactly_once(database, 4 + busy)
    assert made.is_running("worker-assess"), made.log("worker-assess")


REFUSALS = {
    "read-only": (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
    "out of memory": (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
    "replicas": (
        ("CONFIG", "SET", "min-replicas-to-write", "1"),
        ("CONFIG", "SET", "min-replicas-to-write", "0"),
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_worker_waits_for_a_broker_that_answers_and_refuses(
    database: Database,
    settings: Settings,
    launch_app: Callable[..., App],
    broker: Broker,
    refusal: str,
) -> None:
    made = launch_app("relay", "worker-assess", env={"REDIS_URL": broker.url, "LEASE_SECONDS": "2"})
    file_tenants(database, settings, 1)
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the worker works")
    worker = made.pid("worker-assess")
    begin, end = REFUSALS[refusal]
    with redis.Redis.from_url(broker.url) as client:
        client.execute_command(*begin)
        file_tenants(database, settings, 3)
        time.sleep(4)
        # Named, with what mends it; the API goes on.
        fault = broker_state.look(broker.url)
        assert fault is not None
        assert fault.mend
        assert "refuses writes" in fault.what
        found = doctor.examine(database, replace(settings, redis_url=broker.url)).troubles
        assert any(each.what == fault.what and each.mend == fault.mend for each in found)
        assert not readiness.check(
            database, replace(settings, redis_url=broker.url)
        ).parts.broker.ok
        client.execute_command(*end)
    assert broker_state.look(broker.url) is None
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the rest is assessed")
    assert made.is_running("worker-assess"), made.log("worker-assess")
    assert made.pid("worker-assess") == worker
    assert_effects_exactly_once(database, 4)


def test_a_broker_that_was_away_for_long_is_missed_for_a_second_at_most() -> None:
    """Workers and beat connect by this connection; nobody listens at the address."""
    assert app.amqp_cls == f"{AMQP.__module__}:{AMQP.__name__}"
    pauses: list[float] = []
    connection = AMQP.Connection(f"redis://127.0.0.1:{free_port()}/0")

    def note(_: Exception, pause: float) -> None:
        pauses.append(pause)
        if len(pauses) == 8:
            raise StopIteration

    with pytest.raises(StopIteration), connection:
        connection.ensure_connection(note, None)
    assert min(pauses) > 0
    assert max(pauses) == pauses[-1] == 1
