"""The whole path through real relay, broker and workers, undisturbed and disturbed."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any, cast

import pytest

from casework.work.dispatch import Stage
from casework.work.stages import STAGES
from config.settings import Settings
from deploy.local.processes import application_programs
from store.db import Database
from tests.support.app import App
from tests.support.broker import Broker
from tests.support.ledgers import (
    assert_effects_exactly_once,
    column,
    file_tenants,
    scalar,
    waiting,
)
from tests.support.waiting import wait_for
from vocabulary.work import Queue
from workers.app import COUNT, FORGET, HAND_OUT, RECKON, SEAL, SWEEP, SWEEP_FILES, WATCH, app

ROOT = Path(__file__).parents[2]
PROCESSES = ("relay", "worker-assess")


def all_assessed(database: Database) -> Callable[[], bool]:
    return lambda: waiting(database, Stage.ASSESS) == 0


def test_applications_are_assessed_and_bureaus_told(
    database: Database, settings: Settings, launch_app: Callable[..., App]
) -> None:
    app = launch_app(*PROCESSES)
    file_tenants(database, settings, 40)
    wait_for(all_assessed(database), "all are assessed")
    assert_effects_exactly_once(database, 40)
    app.stop()
    receipts = set(column(database, "SELECT receipt FROM application"))
    for name in PROCESSES:
        lines = [json.loads(line) for line in app.written(name).splitlines()]
        assert all(line["event"] and line["component"] for line in lines), name
    named = {line["first"] for line in lines if line["event"] == "applications.assessed"}
    assert named <= receipts, "whose success it was"
    assert named


def test_two_relays_at_once_are_harmless(
    database: Database, settings: Settings, launch_app: Callable[..., App]
) -> None:
    launch_app(*PROCESSES)
    launch_app("relay")
    file_tenants(database, settings, 40)
    wait_for(all_assessed(database), "all are assessed")
    assert_effects_exactly_once(database, 40)


def test_while_the_broker_is_down_applications_are_accepted_and_processed_afterwards(
    database: Database, settings: Settings, launch_app: Callable[..., App], broker: Broker
) -> None:
    launch_app(*PROCESSES, env={"REDIS_URL": broker.url, "LEASE_SECONDS": "2"})
    file_tenants(database, settings, 10)
    wait_for(all_assessed(database), "the first are assessed")
    broker.kill()
    file_tenants(database, settings, 10)
    time.sleep(1)  # long enough for the relay to have tried
    assert waiting(database, Stage.ASSESS) == 10
    broker.start()
    wait_for(all_assessed(database), "the rest is assessed")
    assert_effects_exactly_once(database, 20)


def test_a_wiped_broker_costs_a_delay_and_no_application(
    database: Database, settings: Settings, launch_app: Callable[..., App], broker: Broker
) -> None:
    environment = {"REDIS_URL": broker.url, "LEASE_SECONDS": "2"}
    made = launch_app("relay", env=environment)
    file_tenants(database, settings, 20)
    leased = "SELECT count(*) FROM work_item WHERE stage = 'assess' AND leased_until IS NOT NULL"
    wait_for(lambda: scalar(database, leased) == 20, "all messages are in the broker")
    broker.wipe()
    made.start("worker-assess")
    wait_for(all_assessed(database), "all are assessed")
    broker.wipe()
    file_tenants(database, settings, 5)
    wait_for(all_assessed(database), "those filed after a second wipe are assessed")
    assert_effects_exactly_once(database, 25)
    assert scalar(database, "SELECT count(*) FROM work_item WHERE dead_at IS NOT NULL") == 0


def test_a_clock_that_is_set_back_costs_no_more_than_a_lease(
    database: Database,
    owner: Database,
    settings: Settings,
    launch_app: Callable[..., App],
    broker: Broker,
) -> None:
    """Leased for an hour to come, and no message left; no beat runs, so nobody sweeps."""
    set_clock = "UPDATE clock SET offset_seconds = %(seconds)s RETURNING offset_seconds"
    scalar(owner, set_clock, seconds=3600)
    made = launch_app("relay", env={"REDIS_URL": broker.url, "LEASE_SECONDS": "2"})
    file_tenants(database, settings, 20)
    leased = "SELECT count(*) FROM work_item WHERE stage = 'assess' AND leased_until IS NOT NULL"
    wait_for(lambda: scalar(database, leased) == 20, "all messages are in the broker")
    broker.wipe()
    scalar(owner, set_clock, seconds=0)
    made.start("worker-assess")
    wait_for(all_assessed(database), "all are assessed")
    assert_effects_exactly_once(database, 20)


def test_a_worker_killed_in_the_middle_of_a_chunk_loses_nothing(
    database: Database, settings: Settings, launch_app: Callable[..., App]
) -> None:
    receipts = [accepted.receipt for accepted in file_tenants(database, settings, 20)]
    with database.transaction() as holding:
        holding.exec_driver_sql(
            "SELECT id FROM application WHERE receipt = %(receipt)s FOR UPDATE",
            {"receipt": receipts[10]},
        )
        made = launch_app(*PROCESSES, env={"LEASE_SECONDS": "2"})
        blocked = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'wenqi-worker' AND wait_event_type = 'Lock'"
        )
        wait_for(lambda: scalar(database, blocked), "a worker is in the middle of the chunk")
        made.kill("worker-assess")
    made.start("worker-assess")
    wait_for(all_assessed(database), "all are assessed")
    assert_effects_exactly_once(database, 20)


@pytest.fixture
def configured(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The Celery app of this process reads the test's environment when it first needs it."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("configured")
def test_a_message_delivered_twice_has_no_second_effect(
    database: Database, settings: Settings, launch_app: Callable[..., App]
) -> None:
    file_tenants(database, settings, 20)
    with database.statement() as conn:
        ids = list(conn.exec_driver_sql("SELECT id FROM work_item ORDER BY id").scalars())
    for _ in range(4):
        app.send_task("assess", args=(ids,))
    launch_app("worker-assess")
    wait_for(all_assessed(database), "all are assessed")
    app.send_task("assess", args=(ids,))
    wait_for(lambda: queue_is_empty("assess"), "the last copy is taken")
    assert_effects_exactly_once(database, 20)


def queue_is_empty(name: str) -> bool:
    with app.connection_for_read() as connection:
        return bool(cast("Any", connection.default_channel).client.llen(name) == 0)


def test_a_relay_asked_to_stop_leaves_no_lease_without_a_message(
    database: Database, settings: Settings, launch_app: Callable[..., App]
) -> None:
    made = launch_app("relay")
    file_tenants(database, settings, 30)
    made.stop("relay")
    made.start("worker-assess")
    published = "SELECT count(*) FROM work_item WHERE stage = 'assess' AND leased_until IS NOT NULL"
    wait_for(lambda: scalar(database, published) == 0, "what was leased is done")


@pytest.mark.usefixtures("configured")
def test_every_queue_is_consumed_and_every_task_has_one() -> None:
    programs = application_programs(host="127.0.0.1", port=1, schedule=Path("schedule"))
    consumed = [
        queue
        for program in programs
        if "-Q" in program.command
        for queue in program.command[program.command.index("-Q") + 1].split(",")
    ]
    assert sorted(consumed) == sorted(Queue)
    app.loader.import_default_modules()
    own = {name for name in app.tasks if not name.startswith("celery.")}
    others = {SWEEP, SWEEP_FILES, FORGET, RECKON, SEAL, HAND_OUT, WATCH, COUNT}
    assert own == {*(stage.value for stage in STAGES), *others}


def test_every_stage_has_a_row_and_a_use_case_that_takes_its_items() -> None:
    assert set(STAGES) == set(Stage)
    for stage, row in STAGES.items():
        names = list(signature(import_module(row.use_case).run).parameters)
        assert names == ["db", "settings", "item_ids", "careful"], stage


def test_routes_never_publish_messages_themselves() -> None:
    sources = [path for room in ("api", "casework") for path in (ROOT / room).rglob("*.py")]
    assert sources
    publishing = re.compile(r"\.delay\(|\.apply_async\(|\.send_task\(")
    assert [str(path) for path in sources if publishing.search(path.read_text("utf-8"))] == []
