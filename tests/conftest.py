"""What tests stand on: real servers, one database per test process, real application processes.

The servers are started once per session. With xdist the controlling process starts them and tells
its workers the URLs; without it, the first test that needs them does.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
import structlog
from sqlalchemy import event

from config import notices
from config.settings import Settings
from deploy.local.embedded import APPLICATION, AUDITOR
from store.db import Database
from tests.support import emptying, kept_templates
from tests.support.app import App
from tests.support.keys import TEST_DATA_KEYS, TEST_SECRET_KEY
from tests.support.notices import with_second
from tests.support.office import Office
from tests.support.servers import (
    Servers,
    create_database,
    drop_database,
    start_servers,
    with_database,
    with_role,
)
from tests.support.tables import clock, metadata
from tests.support.unlimited import UNLIMITED

WORKER_INPUT = "wenqi_servers"
CONTROLLER_SERVERS = pytest.StashKey[Servers]()


def pytest_configure(config: pytest.Config) -> None:
    # Where rich is installed, structlog colours the source of every traceback: a second for each.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
    kept_templates.keep()
    is_controller = not hasattr(config, "workerinput") and bool(config.getoption("tx", None))
    if is_controller and not config.getoption("collectonly"):
        config.stash[CONTROLLER_SERVERS] = start_servers()


def pytest_unconfigure(config: pytest.Config) -> None:
    servers = config.stash.get(CONTROLLER_SERVERS, None)
    if servers is not None:
        servers.stop()


def pytest_collection_finish() -> None:
    """What was loaded and collected stays to the end: the collector, which would walk through it
    after every few hundred objects, never looks at it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test is one that proves nothing: the run fails."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    servers = node.config.stash[CONTROLLER_SERVERS]
    node.workerinput[WORKER_INPUT] = json.dumps(
        [
            servers.database_url,
            servers.superuser_url,
            servers.redis_url,
            servers.template,
            servers.redis_databases,
        ]
    )


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[Servers]:
    """The session's PostgreSQL and Valkey."""
    worker_input = getattr(request.config, "workerinput", None)
    if worker_input is not None:
        yield Servers(*json.loads(worker_input[WORKER_INPUT]))
        return
    started = start_servers()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def worker_number() -> int:
    """0, 1, … for the test processes of a session."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session")
def owner_url(servers: Servers, worker_number: int) -> Iterator[str]:
    """A migrated database of this test process alone, as who owns its tables."""
    name = f"{servers.template}_{worker_number}"
    yield create_database(servers.database_url, name, template=servers.template)
    drop_database(servers.superuser_url, name)


@pytest.fixture(scope="session")
def database_url(owner_url: str) -> str:
    """The same, as the application logs in: without a right to its tables' shape or its clock."""
    return with_role(owner_url, APPLICATION)


@pytest.fixture
def fresh_database_url(servers: Servers, worker_number: int) -> Iterator[Callable[..., str]]:
    """Make further databases, as who owns them: `fresh_database_url()` is empty, `(migrated=True)`
    is migrated."""
    names: list[str] = []

    def create(*, migrated: bool = False) -> str:
        names.append(f"{servers.template}_{worker_number}_extra{len(names)}")
        template = servers.template if migrated else "template0"
        return create_database(servers.database_url, names[-1], template=template)

    yield create
    for name in names:
        drop_database(servers.superuser_url, name)


@pytest.fixture
def redis_url(servers: Servers, worker_number: int) -> str:
    """An empty Redis database of this test process alone."""
    number = (worker_number + 1) % servers.redis_databases
    url = urlunsplit(urlsplit(servers.redis_url)._replace(path=f"/{number}"))
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def environment(
    database_url: str, owner_url: str, redis_url: str, tmp_path: Path
) -> dict[str, str]:
    """The environment variables under which the application would use the test's servers."""
    return {
        "DATABASE_URL": database_url,
        "DATABASE_OWNER_URL": owner_url,
        "DATABASE_AUDITOR_URL": with_role(owner_url, AUDITOR),
        "REDIS_URL": redis_url,
        "SECRET_KEY": TEST_SECRET_KEY,
        "DATA_KEYS": TEST_DATA_KEYS,
        "ALLOW_TIME_TRAVEL": "1",
        "DOCUMENT_STORE": str(tmp_path / "documents"),
        # Messages would wait for the morning, and tests run at night too.
        "QUIET_HOURS": "off",
        "WENQI_ENV": "test",
        # A busy machine is not a database that hangs; what it means that one does is tested with
        # the default (test_stopped_database).
        "ANSWER_SECONDS": "60",
        # On every machine as many: four tests at once share the server's connections.
        "API_WORKERS": "2",
        **UNLIMITED,
    }


@pytest.fixture(autouse=True)
def _packaged_notices() -> Iterator[None]:
    """No test leaves the process reading its own notices behind."""
    yield
    notices.read_from(notices.PACKAGED)


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    """Settings for the test's servers; vary them with `dataclasses.replace`."""
    return Settings.from_env(environment)


@pytest.fixture(scope="session")
def _open_database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, time_travel=True)
    yield database
    database.close()


@pytest.fixture(scope="session")
def intruder(servers: Servers, owner_url: str) -> Iterator[Database]:
    """The test's database in the hands of a superuser, whom neither rights nor triggers stop."""
    url = with_database(servers.superuser_url, urlsplit(owner_url).path[1:])
    superuser = Database(url, pool_size=2, time_travel=True)
    event.listen(
        superuser.engine,
        "connect",
        lambda raw, _: raw.execute("SET session_replication_role = replica"),
    )
    yield superuser
    superuser.close()


@pytest.fixture
def database(_open_database: Database, intruder: Database) -> Database:
    """The test's database with every table empty and business time equal to real time."""
    tables = [table.name for table in metadata.sorted_tables if table is not clock]
    with intruder.transaction() as connection:
        emptying.empty(connection, tables)
        connection.execute(clock.update().values(offset_seconds=0))
    return _open_database


@pytest.fixture
def owner(owner_url: str) -> Iterator[Database]:
    """The test's database as its owner: who may write the clock and alter tables."""
    made = Database(owner_url, pool_size=1, time_travel=True)
    yield made
    made.close()


@pytest.fixture
def second_notice(
    tmp_path: Path,
    settings: Settings,  # noqa: ARG001 - reading them says where this process reads
) -> Path:
    """The folder of a second notice, beside the real one in a folder where this process reads."""
    made = with_second(tmp_path / "notices")
    notices.read_from(made.parent)
    return made


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    """The test's database with people around it."""
    return Office(database, settings)


@pytest.fixture(scope="module")
def _apis() -> Iterator[dict[frozenset[tuple[str, str]], App]]:
    started: dict[frozenset[tuple[str, str]], App] = {}
    yield started
    for made in started.values():
        made.stop()


@pytest.fixture
def shared_api(
    _apis: dict[frozenset[tuple[str, str]], App],
    tmp_path_factory: pytest.TempPathFactory,
    environment: dict[str, str],
    database: Database,  # noqa: ARG001 - its tables must be empty before a process starts
) -> Callable[..., App]:
    """A real API that the tests of a module share: `shared_api(LEASE_SECONDS="2")`. It outlives the
    rows of a test; what each process counts or remembers for itself is tested by `launch_app`."""

    def make(**env: str) -> App:
        chosen = frozenset(env.items())
        if chosen not in _apis:
            _apis[chosen] = App(tmp_path_factory.mktemp("api"), {**environment, **env})
            _apis[chosen].start("api")
        made = _apis[chosen]
        vars(made).pop("known", None)  # a row of an earlier test's
        return made

    return make


@pytest.fixture
def launch_app(
    tmp_path: Path,
    environment: dict[str, str],
    database: Database,  # noqa: ARG001 - its tables must be empty before a process starts
) -> Iterator[Callable[..., App]]:
    """Start real processes: `launch_app("api", "relay", env={"CHUNK_MAX": "2"})` returns an `App`.

    Without names all processes start; with `start=False` none yet (`App.start`). Whatever still
    runs at the end is stopped.
    """
    started: list[App] = []

    def make(*names: str, env: Mapping[str, str] | None = None, start: bool = True) -> App:
        folder = tmp_path / f"app{len(started)}"
        folder.mkdir()
        made = App(folder, {**environment, **(env or {})})
        started.append(made)
        if start:
            made.start(*names)
        return made

    yield make
    for made in started:
        for name in tuple(made.processes):
            sys.stdout.write(f"{name}: {made.log(name)}\n")  # shown where the test failed
        made.stop()
