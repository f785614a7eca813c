"""Faults inside the workers: an application that kills its worker, a queue that is full."""

from __future__ import annotations

import base64
import json
import os
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from casework.work import dispatch
from casework.work.dispatch import Claimed, Stage
from casework.work.stages import STAGES
from config.settings import Settings
from store import ledger
from store.db import Database
from tests.support.app import App
from tests.support.ledgers import column, file_tenants, scalar, waiting
from tests.support.waiting import wait_for
from vocabulary.work import Queue
from workers.relay import messages

# Imported by every Python process that finds it on its path: kills whoever assesses one receipt.
ASSASSIN = """
    import os, signal
    from casework.decision import candidate

    draft = candidate.draft

    def deadly(one, *args):
        if one.receipt == os.environ["DEADLY_RECEIPT"]:
            os.kill(os.getpid(), signal.SIGKILL)
        return draft(one, *args)

    candidate.draft = deadly
"""


@pytest.fixture
def deadly(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """The environment in which assessing a receipt kills the worker's process."""
    folder = tmp_path / "assassin"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(textwrap.dedent(ASSASSIN), encoding="utf-8")

    def environment(receipt: str) -> dict[str, str]:
        path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        return {"PYTHONPATH": path, "DEADLY_RECEIPT": receipt}

    return environment


def test_an_application_that_kills_its_worker_is_found_out_and_the_rest_goes_on(
    database: Database,
    settings: Settings,
    launch_app: Callable[..., App],
    deadly: Callable[[str], dict[str, str]],
) -> None:
    receipts = [one.receipt for one in file_tenants(database, settings, 30)]
    environment = {**deadly(receipts[17]), "LEASE_SECONDS": "2", "MAX_ATTEMPTS": "4"}
    launch_app("relay", "worker-assess", "worker-remind", "beat", env=environment)
    wait_for(lambda: dispatch.dead_letters(database), "the deadly one is found out")
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the rest is assessed")
    (letter,) = dispatch.dead_letters(database)
    dead = scalar(
        database, "SELECT receipt FROM application WHERE id = %(id)s", id=letter.subject_id
    )
    assert (dead, letter.attempts) == (receipts[17], 4)
    assert letter.reason.startswith("worker_lost")
    assert sorted(column(database, "SELECT state FROM application GROUP BY state")) == [
        "awaiting_determination",
        "received",
    ]
    assert scalar(database, "SELECT count(*) FROM assessment") == 29


def test_however_large_the_backlog_the_broker_holds_only_a_few_messages(
    database: Database, settings: Settings, launch_app: Callable[..., App], redis_url: str
) -> None:
    """And however long no worker takes any: leases lapse here several times."""
    file_tenants(database, settings, 60)
    launch_app("relay", env={"CHUNK_MAX": "5", "LEASE_SECONDS": "1"})
    lane = STAGES[Stage.ASSESS].lane
    ours = "FROM work_item WHERE stage = 'assess'"
    with redis.Redis.from_url(redis_url) as client:

        def messages_waiting() -> int:
            return sum(b'"task": "assess"' in raw for raw in client.lrange("assess", 0, -1))

        wait_for(lambda: messages_waiting() == lane.depth, "the queue is full")
        long_ago = f"SELECT app_now() > max(leased_until) + interval '3 seconds' {ours}"
        wait_for(lambda: scalar(database, long_ago), "every lease has lapsed long ago")
        assert messages_waiting() == lane.depth
    assert scalar(database, f"SELECT count(leased_until) {ours}") == lane.depth * 5


def test_a_message_carries_no_more_than_its_stage_allows(
    database: Database, launch_app: Callable[..., App], redis_url: str
) -> None:
    """Exports may take minutes each, letters seconds."""
    most = {Stage.NOTIFY: 10, Stage.DIGEST: 10, Stage.EXPORT: 1}
    with database.transaction() as conn:
        for stage in most:
            ledger.add(conn, stage, [(number, None) for number in range(1, 401)])
    launch_app("relay", env={"CHUNK_MAX": "50"})
    with redis.Redis.from_url(redis_url) as client:

        def carried() -> dict[str, set[int]]:
            found: dict[str, set[int]] = {}
            for queue in Queue:
                for message in map(json.loads, client.lrange(queue, 0, -1)):
                    (ids, *_), *_ = json.loads(base64.b64decode(message["body"]))
                    found.setdefault(message["headers"]["task"], set()).add(len(ids))
            return found

        wait_for(lambda: set(most) <= set(carried()), "messages of each stage wait")
        assert {stage: carried()[stage] for stage in most} == {
            stage: {items} for stage, items in most.items()
        }


def test_fresh_items_travel_in_chunks_lapsed_ones_in_small_groups_failed_ones_alone() -> None:
    claimed = [Claimed(n, attempts=0, lapsed=False) for n in range(1000)]
    claimed += [Claimed(1000 + n, attempts=0, lapsed=True) for n in range(60)]
    claimed += [Claimed(2000, attempts=1, lapsed=False), Claimed(2001, attempts=3, lapsed=True)]
    made = list(messages(claimed, chunk=500, free=4))
    assert [(len(ids), careful) for ids, careful in made] == [
        *[(250, False)] * 4,
        (25, True),
        (25, True),
        (10, True),
        (1, True),
        (1, True),
    ]
    assert sorted(item for ids, _ in made for item in ids) == [item.id for item in claimed]


@pytest.mark.parametrize(("count", "sizes"), [(1, [1]), (50, [50]), (90, [50, 40])])
def test_a_few_items_are_not_split_over_idle_workers(count: int, sizes: list[int]) -> None:
    claimed = [Claimed(n, attempts=0, lapsed=False) for n in range(count)]
    assert [len(ids) for ids, _ in messages(claimed, chunk=500, free=4)] == sizes
