"""A broker behind TLS that knows us by a user with few rights: everything works with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import kombu
import pytest
import redis
import requests

from casework.operations import broker_state
from casework.work.dispatch import Stage
from config.settings import Settings, SettingsError
from store.db import Database
from tests.support.app import App
from tests.support.broker import Broker
from tests.support.ledgers import assert_effects_exactly_once, file_tenants, waiting
from tests.support.tls import TlsDoor
from tests.support.waiting import wait_for

# As docs/runbook.md gives it.
RIGHTS = "~* &* +@all -@admin -@dangerous +info"


def test_with_tls_and_a_user_of_few_rights(
    database: Database,
    settings: Settings,
    launch_app: Callable[..., App],
    broker: Broker,
    tmp_path: Path,
) -> None:
    with redis.Redis.from_url(broker.url) as client:
        client.execute_command("ACL", "SETUSER", "wenqi", "on", ">few-rights", *RIGHTS.split())
    door = TlsDoor(tmp_path, urlsplit(broker.url).port or 0)
    try:
        url = f"rediss://wenqi:few-rights@127.0.0.1:{door.port}/0?ssl_ca_certs={door.ca}"
        assert broker_state.look(url) is None
        made = launch_app(
            *("api", "relay", "worker-assess", "beat"),
            env={"REDIS_URL": url, "LEASE_SECONDS": "2"},
        )
        file_tenants(database, settings, 3)
        wait_for(lambda: waiting(database, Stage.ASSESS) == 0, "the worker works")
        told = requests.get(f"{made.operator_url}/readyz", timeout=30).json()
        assert told["parts"]["broker"]["ok"]
        assert_effects_exactly_once(database, 3)
        for name, component in (("worker-assess", "worker"), ("beat", "beat")):
            lines = [json.loads(line) for line in made.written(name).splitlines()]
            assert {line["component"] for line in lines} == {component}, name
        # Another authority's broker is none of ours.
        stranger = Settings.from_env({**made.environment, "REDIS_URL": url.partition("?")[0]})
        assert broker_state.look(stranger.redis_url) is not None
        with kombu.Connection(stranger.redis_url) as unsure:
            unsafe = pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED")
            with unsafe:
                unsure.connect()
        with redis.Redis.from_url(url) as client:
            for command in (("FLUSHALL",), ("CONFIG", "GET", "*"), ("SHUTDOWN",), ("KEYS", "*")):
                with pytest.raises(redis.exceptions.NoPermissionError):
                    client.execute_command(*command)
    finally:
        door.close()


@pytest.mark.parametrize(
    "wrong", ["ssl_cert_reqs=none", "ssl_check_hostname=false", "ssl_ca_certs=/nowhere/ca.pem"]
)
def test_an_unchecked_certificate_is_refused(environment: dict[str, str], wrong: str) -> None:
    env = {**environment, "REDIS_URL": f"rediss://wenqi:hunter2@redis.example.org/0?{wrong}"}
    with pytest.raises(SettingsError, match="REDIS_URL") as caught:
        Settings.from_env(env)
    assert "hunter2" not in str(caught.value)
