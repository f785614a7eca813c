"""Whatever somebody puts into the broker, no worker ends, and work goes on."""

from __future__ import annotations

import base64
import json
import os
import pickle
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import redis
from celery import Celery

from casework.work.dispatch import Stage
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.broker import Broker
from tests.support.ledgers import assert_effects_exactly_once, file_tenants, waiting
from tests.support.waiting import wait_for
from workers import envelope

QUEUES = ("assess", "notify")
WORKERS = tuple(f"worker-{queue}" for queue in QUEUES)


class _Bomb:
    """Unpickled, it would leave a file behind."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return open, (self._path, "w")


def entry(**changes: Any) -> bytes:
    """A message of the right form for a task, with some keys of it changed."""
    after = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    body = changes.pop("told", [[[1]], {}, after])
    identity = "00000000-0000-4000-8000-000000000000"
    made: dict[str, Any] = {
        "body": base64.b64encode(json.dumps(body).encode()).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"lang": "py", "task": "assess", "id": identity, **changes.pop("headers", {})},
        "properties": {
            "body_encoding": "base64",
            "delivery_tag": identity,
            "delivery_info": {"exchange": "", "routing_key": "assess"},
            **changes.pop("properties", {}),
        },
    }
    return json.dumps({**made, **changes}).encode()


def strange(path: str) -> dict[str, bytes]:
    """Entries of a queue, by what is strange about them, that are no messages of ours."""
    pickled = base64.b64encode(pickle.dumps(_Bomb(path))).decode()
    bomb = base64.b64encode(zlib.compress(b" " * 10_000_000)).decode()
    chained = {"callbacks": None, "errbacks": None, "chain": [{"task": "sweep"}], "chord": None}
    return {
        "bytes": b"\xff\xfe\x00garbage",
        "text": b"shutdown",
        "a number": b"1",
        "a list": b"[]",
        "deep": b"[" * 100_000,
        "nothing in it": b"{}",
        "no properties": entry(properties={"delivery_tag": None}),
        "nowhere from": entry(properties={"delivery_info": {}}),
        "pickle": entry(**{"content-type": "application/x-python-serialize"}, body=pickled),
        "yaml": entry(**{"content-type": "application/x-yaml"}),
        "another alphabet": entry(**{"content-encoding": "rot13"}),
        "a body that is none": entry(body="!!!"),
        "arguments of one's own": entry(told={"a": 1}),
        "no headers": entry(headers={"task": None}),
        "a planned one": entry(headers={"eta": "2099-01-01T00:00:00"}),
        "limits of one's own": entry(headers={"timelimit": [0.001, "x"]}),
        "compressed": entry(headers={"compression": "application/x-gzip"}, body=bomb),
        "further tasks": entry(told=[[[1]], {}, chained]),
        "huge": entry(told=[["x" * 3_000_000], {}, {}]),
    }


def odd() -> dict[str, bytes]:
    """Entries of the right form that ask for what there is not."""
    return {
        "unknown task": entry(headers={"task": "os.system"}),
        "a task of celery": entry(headers={"task": "celery.backend_cleanup"}),
        "wrong arguments": entry(told=[[], {"command": "rm"}, {}]),
        "no such items": entry(told=[[[2**62, -1]], {}, {}]),
        "no number": entry(told=[[["x", None]], {}, {}]),
        "beyond any number": entry(told=[[[10**40]], {}, {}]),
        "lapsed": entry(headers={"expires": "2001-01-01T00:00:00"}),
        "lapsing never": entry(headers={"expires": "tomorrow"}),
    }


def _is_read(client: redis.Redis, queue: str) -> bool:
    return client.llen(queue) == 0


def test_only_what_is_of_our_form_is_a_message(tmp_path: Any) -> None:
    assert {name for name, raw in strange(str(tmp_path / "x")).items() if envelope.fault(raw)} == {
        *strange("")
    }
    assert [name for name, raw in odd().items() if envelope.fault(raw)] == []
    assert envelope.fault(entry()) is None


def test_what_beat_and_the_relay_send_is_of_our_form(
    environment: dict[str, str], broker: Broker
) -> None:
    """As their own processes send it; a large chunk, too."""
    program = (
        "from celery.beat import Scheduler; from workers.app import app; import workers.tasks\n"
        "beat = Scheduler(app=app)\n"
        "for entry in beat.schedule.values(): beat.apply_async(entry)\n"
        "ids = [2**63 - 1 - n for n in range(10_000)]\n"
        "app.send_task('assess', args=(ids,), kwargs={'careful': True}, queue='remind',"
        " headers={'wenqi_receipt': 'x'}, ignore_result=True)\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment, "REDIS_URL": broker.url},
        check=True,
    )
    with redis.Redis.from_url(broker.url) as client:
        sent = client.lrange("remind", 0, -1)
    assert len(sent) >= 4
    assert [reason for raw in sent if (reason := envelope.fault(raw))] == []


def test_no_worker_ends_whatever_lies_in_the_broker(
    database: Database,
    settings: Settings,
    launch_app: Callable[..., App],
    broker: Broker,
    tmp_path: Any,
) -> None:
    with redis.Redis.from_url(broker.url) as client:
        # As if left behind by a worker that died long ago; looked at by each that starts.
        for tag, left in (("a", b"\xff"), ("b", b"[1]"), ("c", b'[{}, "", "assess"]')):
            client.hset("unacked", tag, left)
            client.zadd("unacked_index", {tag: 1})
        client.sadd("_kombu.binding.assess", b"\xff", b"x")
    made = launch_app("relay", *WORKERS, env={"REDIS_URL": broker.url, "LEASE_SECONDS": "2"})
    file_tenants(database, settings, 1)
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the workers work")
    before = {name: made.pid(name) for name in WORKERS}
    trace = tmp_path / "unpickled"
    with redis.Redis.from_url(broker.url) as client:
        for queue in QUEUES:
            for raw in (*strange(str(trace)).values(), *odd().values()):
                client.lpush(queue, raw)
        for queue in QUEUES:
            wait_for(partial(_is_read, client, queue), f"{queue} was read to its end")
    control = Celery(broker=broker.url).control
    for command in ("shutdown", "pool_shrink", "cancel_consumer", "rate_limit", "revoke"):
        control.broadcast(command, arguments={"queue": "assess", "n": 9, "task_id": "x"})
    control.broadcast("shutdown")
    assert control.inspect(timeout=1).ping() is None, "nobody answers over the broker"
    time.sleep(2)
    file_tenants(database, settings, 5)
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the rest is assessed")
    for name in WORKERS:
        assert made.is_running(name), made.log(name)
        assert made.pid(name) == before[name]
        said = (made.folder / f"{name}.log").read_text(errors="replace")
        assert said.count('"event":"broker.dropped"') >= len(strange("")), said
        assert "Unrecoverable" not in said
        assert "Worker exited" not in said
    assert not trace.exists()
    assert_effects_exactly_once(database, 6)


def test_a_queue_that_is_none_is_waited_for(
    database: Database, settings: Settings, launch_app: Callable[..., App], broker: Broker
) -> None:
    made = launch_app("relay", "worker-assess", env={"REDIS_URL": broker.url, "LEASE_SECONDS": "2"})
    file_tenants(database, settings, 1)
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the worker works")
    with redis.Redis.from_url(broker.url) as client:
        for key in ("assess", "unacked", "_kombu.binding.assess"):
            client.delete(key)
            client.set(key, "not a list")
        file_tenants(database, settings, 2)
        time.sleep(3)
        client.delete("assess", "unacked")
    wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the rest is assessed")
    assert made.is_running("worker-assess"), made.log("worker-assess")
    assert_effects_exactly_once(database, 3)
