"""Relay and workers begin when the database has the tables of their release, and not before."""

from __future__ import annotations

from collections.abc import Callable

from deploy.local.embedded import APPLICATION, AUDITOR
from store import migrate
from store.roles import Logins
from tests.support.app import App
from tests.support.servers import with_role
from tests.support.waiting import wait_for

WAITING = ("relay", "worker-assess", "worker-remind")


def test_relay_and_workers_wait_for_the_tables(
    launch_app: Callable[..., App], fresh_database_url: Callable[..., str], redis_url: str
) -> None:
    owners = fresh_database_url()
    served = with_role(owners, APPLICATION)
    env = {"DATABASE_URL": served, "REDIS_URL": redis_url, "LOG_LEVEL": "INFO"}
    app = launch_app(env=env, start=False)

    def wrote(name: str, word: str, times: int = 1) -> None:
        wait_for(lambda: app.written(name).count(word) >= times, f"{name} writes {word}")

    app.start(*WAITING)
    for name in WAITING:
        wrote(name, "schema.awaited")

    # Asked to end meanwhile, they do, and say nothing of an error.
    ended = [app.processes["relay"], app.processes["worker-assess"]]
    app.stop("relay", "worker-assess")
    assert [process.returncode for process in ended] == [0, 0]
    app.start("relay", "worker-assess")
    wrote("relay", "schema.awaited", times=2)

    # The tables are there, and for a moment only their owner's.
    migrate.upgrade(owners)
    wrote("relay", "no rights on it yet")
    migrate.upgrade(owners, Logins(APPLICATION, AUDITOR))
    for name in ("relay", "worker-remind"):
        wrote(name, "schema.there")
    wrote("relay", "relay.started")
    for name in WAITING:
        said = app.written(name)
        assert "Traceback" not in said, said
        assert "at nothing, and this release needs" in said, said
        assert not any(word in said for word in ("relay.outage", "keys.awaited")), said
        assert app.is_running(name), said
    app.stop()
