"""docker-compose.yml: its commands really start.

No Docker engine is needed. The application's commands run against the test session's servers; those
of postgres and redis run on the embedded PostgreSQL 18 and Valkey, which take the same options.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from deploy.local import embedded
from deploy.local.embedded import PostgresServer, ValkeyServer, wait_until
from deploy.local.processes import runnable
from tests.support.app import App
from tests.support.compose import (
    APPLICATION,
    COMPOSE_FILE,
    MOUNTED,
    VARIABLES,
    make_secrets,
    on_this_machine,
    read_compose,
)
from tests.support.servers import free_port, with_role
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from workers.envelope import MOST_BYTES


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_secrets(tmp_path_factory.mktemp("compose") / "secrets")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = read_compose(VARIABLES)["services"]
    return found


@pytest.fixture
def short_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="wenqi-") as made:
        yield Path(made)


def test_the_database_command_starts(services: dict[str, Any], short_folder: Path) -> None:
    program, *arguments = services["postgres"]["command"]
    assert (program, arguments[0::2]) == ("postgres", ["-c"] * (len(arguments) // 2))
    server = PostgresServer(
        short_folder / "postgres", short_folder / "pg", "word", options=tuple(arguments[1::2])
    )
    server.prepare()
    process = subprocess.Popen(server.program().command, stderr=subprocess.DEVNULL)
    try:
        assert wait_until(server.answers, PATIENCE_SECONDS, lambda: process.poll() is None)
        for option in arguments[1::2]:
            name, _, value = option.partition("=")
            with psycopg.connect(server.url) as connection:
                assert connection.execute(f"SHOW {name}").fetchone() == (value,)
    finally:
        process.send_signal(server.program().stop_signal)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_the_images_first_start_makes_the_roles(
    services: dict[str, Any], short_folder: Path, secrets: Path
) -> None:
    """deploy/postgres/roles.sh, where the image runs it: as the superuser, before anybody comes."""
    script = "deploy/postgres/roles.sh"
    assert f"./{script}:/docker-entrypoint-initdb.d/roles.sh:ro" in services["postgres"]["volumes"]
    server = PostgresServer(
        short_folder / "postgres", short_folder / "pg", "word", create_databases=True
    )
    server.prepare()
    process = subprocess.Popen(server.program().command, stderr=subprocess.DEVNULL)
    roles = (embedded.OWNER, embedded.APPLICATION, embedded.AUDITOR)
    passwords = {
        name: value
        for name, value in on_this_machine(services["postgres"]["environment"], secrets).items()
        if name.startswith("DATABASE_")
    }
    words = [
        (secrets / f"database{whose}-password").read_text(encoding="ascii").strip()
        for whose in ("-owner", "", "-auditor")
    ]
    try:
        assert wait_until(server.answers, PATIENCE_SECONDS, lambda: process.poll() is None)
        superuser = urlsplit(server.superuser_url)
        with psycopg.connect(
            superuser._replace(path="/postgres").geturl(), autocommit=True
        ) as connection:
            connection.execute("DROP DATABASE wenqi")
            for role in roles:
                connection.execute(f"DROP ROLE {role}".encode())
        psql = Path(embedded._postgres_binary("psql"))
        subprocess.run(
            ["sh", str(COMPOSE_FILE.parent / script)],
            env={
                "PATH": f"{psql.parent}{os.pathsep}{os.environ['PATH']}",
                "POSTGRES_USER": superuser.username or "",
                "POSTGRES_DB": "postgres",
                "PGHOST": str(server.sockets),
                "PGPASSWORD": superuser.password or "",
                **passwords,
            },
            check=True,
            capture_output=True,
        )
        for role, word in zip(roles, words, strict=True):
            url = f"postgresql://{role}:{word}@/wenqi?host={server.sockets}"
            with psycopg.connect(url) as connection:
                found = connection.execute(
                    "SELECT rolsuper OR rolcreatedb OR rolcreaterole, pg_has_role(datdba, 'USAGE')"
                    " FROM pg_roles, pg_database"
                    " WHERE rolname = current_user AND datname = current_database()"
                ).fetchone()
            assert found == (False, role == embedded.OWNER)
    finally:
        process.send_signal(server.program().stop_signal)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_the_broker_command_starts(services: dict[str, Any], tmp_path: Path, secrets: Path) -> None:
    program, *arguments = services["redis"]["command"]
    assert program == "redis-server"
    url = urlsplit((secrets / "redis-url").read_text(encoding="ascii").strip())
    assert (url.username, url.hostname, url.port) == ("wenqi", "redis", 6379)
    password = (secrets / "redis-password").read_text(encoding="ascii").strip()
    assert url.password == password
    acl = tmp_path / "redis-acl"
    acl.write_text(
        (secrets / "redis-acl").read_text(encoding="ascii") + "user test on nopass ~* &* +@all\n"
    )
    arguments = [str(acl) if part == f"{MOUNTED}redis-acl" else part for part in arguments]
    server = ValkeyServer(tmp_path, free_port(), "test")
    binary = server.program().command[-2]
    process = subprocess.Popen(
        [binary, *arguments, "--port", str(server.port), "--bind", "127.0.0.1"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    )
    try:
        assert wait_until(
            partial(broker_answers, server.port), PATIENCE_SECONDS, lambda: process.poll() is None
        )
        with redis.Redis(port=server.port, username="test", password="any") as client:
            wanted = {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""}
            wanted["proto-max-bulk-len"] = str(4 * MOST_BYTES)
            assert {name: client.config_get(name)[name] for name in wanted} == wanted
        with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()
        with redis.Redis(port=server.port, username="wenqi", password=password) as ours:
            assert ours.ping()
            with pytest.raises(redis.exceptions.NoPermissionError):
                ours.flushall()
    finally:
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0


def broker_answers(port: int) -> bool:
    try:
        with redis.Redis(port=port, username="test", password="any") as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def service_environment(
    service: dict[str, Any], servers: dict[str, str], folder: Path
) -> dict[str, str]:
    """The service's own environment, on the test's servers; its secrets are files of `folder`."""
    folder.mkdir()
    own = {name: str(value) for name, value in service["environment"].items()}
    for name, value in own.items():
        if value.startswith(MOUNTED):
            file = folder / value.removeprefix(MOUNTED)
            file.write_text(servers.get(name.removesuffix("_FILE"), "") + "\n", encoding="utf-8")
            own[name] = str(file)
    return own


def test_the_migration_command_migrates(
    services: dict[str, Any],
    environment: dict[str, str],
    fresh_database_url: Callable[..., str],
    tmp_path: Path,
) -> None:
    url = fresh_database_url()
    served = with_role(url, embedded.APPLICATION)
    servers = {**environment, "DATABASE_URL": served, "DATABASE_OWNER_URL": url}
    program, *arguments = services["migrate"]["command"]
    assert program == "wenqi"
    subprocess.run(
        [*runnable(("python", "-m", "cli.main")), *arguments],
        env=service_environment(services["migrate"], servers, tmp_path / "secrets"),
        check=True,
    )
    with psycopg.connect(served) as connection:
        assert connection.execute("SELECT count(*) FROM application").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DROP TABLE application")


def test_the_application_commands_start_and_are_healthy(
    services: dict[str, Any],
    environment: dict[str, str],
    launch_app: Callable[..., App],
    tmp_path: Path,
) -> None:
    own = service_environment(services["api"], environment, tmp_path / "secrets")
    # What the tests' launcher sets is not set here: a secret comes from its file alone.
    plain = dict.fromkeys(
        (name.removesuffix("_FILE") for name in own if name.endswith("_URL_FILE")), ""
    )
    plain |= {"SECRET_KEY": "", "DATA_KEYS": ""}
    app = launch_app(env={**own, **plain}, start=False)
    app.environment["ALIVE_FOLDER"] = str(app.folder)
    for name, program in app.programs.items():
        command = [str(app.port) if part == "8000" else part for part in services[name]["command"]]
        command = ["127.0.0.1" if part == "0.0.0.0" else part for part in command]  # noqa: S104
        if "--schedule" in command:
            command[command.index("--schedule") + 1] = str(app.folder / "beat-schedule")
        app.programs[name] = replace(program, command=tuple(command))
    app.start(*(name for name in APPLICATION if name != "beat"))
    keyed, app.environment = (
        app.environment,
        {
            **app.environment,
            **service_environment(services["beat"], environment, tmp_path / "of-beat"),
        },
    )
    app.start("beat")
    app.environment = keyed

    # As in the image, where the virtual environment comes first.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def healthy(name: str) -> bool:
        kind, *test = services[name]["healthcheck"]["test"]
        command = ["sh", "-c", *test] if kind == "CMD-SHELL" else test
        command = [part.replace("127.0.0.1:8000", f"127.0.0.1:{app.port}") for part in command]
        checked = subprocess.run(
            command,
            env={**app.full_environment(), "PATH": path},
            capture_output=True,
            check=False,
        )
        return checked.returncode == 0

    for name in APPLICATION:
        if "healthcheck" in services[name]:
            wait_for(partial(healthy, name), f"{name} is healthy: {app.log(name)}")
    for name in APPLICATION:
        assert app.is_running(name), app.log(name)
    app.stop()
