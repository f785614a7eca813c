"""The embedded servers, as `make run` uses them: durable, private, and robust after a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from deploy.local.embedded import (
    ROLES_MARK,
    EmbeddedServerError,
    PostgresServer,
    ValkeyServer,
    _postgres_binary,
    fits_socket,
    server_uid,
    wait_until,
)
from tests.support.servers import free_port
from tests.support.waiting import PATIENCE_SECONDS

Server = PostgresServer | ValkeyServer
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Prepare and start a server and wait until it answers; killed at the end if still there."""
    started: list[subprocess.Popen[bytes]] = []

    def run(server: Server, log: Path | None = None) -> subprocess.Popen[bytes]:
        server.prepare()
        said = log.open("wb") if log else subprocess.DEVNULL
        process = subprocess.Popen(server.program().command, stdout=said, stderr=said)
        started.append(process)
        assert wait_until(server.answers, PATIENCE_SECONDS, lambda: process.poll() is None)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A private folder with a name short enough for sockets, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="wenqi-") as made:
        yield Path(made)


@pytest.fixture
def postgres(folder: Path) -> PostgresServer:
    return PostgresServer(folder / "postgres", folder / "pg", "pass-word")


@pytest.fixture
def valkey(folder: Path) -> ValkeyServer:
    return ValkeyServer(folder / "valkey", free_port(), "pass-word")


def stop(server: Server, process: subprocess.Popen[bytes]) -> int:
    process.send_signal(server.program().stop_signal)
    return process.wait(PATIENCE_SECONDS)


def single_user(server: PostgresServer, *statements: str) -> None:
    command = [_postgres_binary("postgres"), "--single", "-j", "-D", str(server.data), "postgres"]
    server._run(command, "".join(f"{one};\n\n" for one in statements))


def query(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else None


def test_a_private_folder_is_no_obstacle_and_stays_private(folder: Path, start: Start) -> None:
    """A checkout below a 0700 folder works, for root too, and nobody's permissions change."""
    private = folder / "private"
    private.mkdir(mode=0o700)
    server = PostgresServer(private / "postgres", private / "pg", "pass-word")
    process = start(server)
    assert query(server.url, "SELECT 1") == [(1,)]
    assert private.stat().st_mode & 0o777 == 0o700
    assert (private / "postgres").stat().st_uid == server_uid() != 0
    assert stop(server, process) == 0


def test_what_was_acknowledged_is_on_disk(postgres: PostgresServer, start: Start) -> None:
    process = start(postgres)
    names = ("fsync", "synchronous_commit", "full_page_writes", "server_encoding", "data_checksums")
    settings = [query(postgres.url, f"SHOW {name}") for name in names]
    assert settings == [[("on",)], [("on",)], [("on",)], [("UTF8",)], [("on",)]]
    query(postgres.owner_url, "CREATE TABLE kept AS SELECT '稳企' AS word")
    process.kill()
    process.wait()
    start(postgres)
    assert query(postgres.owner_url, "SELECT word FROM kept") == [("稳企",)]


def test_what_is_refused_is_logged_without_the_row(
    postgres: PostgresServer, start: Start, tmp_path: Path
) -> None:
    start(postgres, tmp_path / "log")
    query(postgres.owner_url, "CREATE TABLE named (name TEXT CHECK (name <> '测试周丁'))")
    with psycopg.connect(postgres.owner_url) as conn, pytest.raises(psycopg.errors.CheckViolation):
        conn.execute("INSERT INTO named VALUES (%s)", ["测试周丁"])
    logged = (tmp_path / "log").read_text(encoding="utf-8")
    assert "violates check constraint" in logged
    assert "测试周丁" not in logged


def test_it_listens_on_no_network_and_wants_the_password(
    postgres: PostgresServer, start: Start
) -> None:
    start(postgres)
    assert query(postgres.url, "SHOW listen_addresses") == [("",)]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.owner_url.replace("pass-word", "guess"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.owner_url.replace("wenqi_owner:", "postgres:"))
    role = "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    for url in (postgres.url, postgres.owner_url, postgres.auditor_url):
        assert query(url, role) == [(False, False, False)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(postgres.url, "CREATE TABLE mine (id int)")


def test_a_data_directory_of_an_earlier_release_gets_the_roles_it_lacks(
    postgres: PostgresServer, start: Start
) -> None:
    """There was one login, `wenqi`, which owned everything; its password stays the owner's."""
    process = start(postgres)
    query(postgres.owner_url, "CREATE TABLE kept AS SELECT 1 AS one")
    stop(postgres, process)
    single_user(
        postgres,
        "DROP ROLE wenqi_app",
        "DROP ROLE wenqi_audit",
        "ALTER ROLE wenqi_owner RENAME TO wenqi",
    )
    (postgres.data / ROLES_MARK).unlink()
    start(postgres)
    assert query(postgres.owner_url, "SELECT one FROM kept") == [(1,)]
    assert query(postgres.url, "SELECT current_user") == [("wenqi_app",)]


def test_an_interrupted_first_start_is_begun_again(postgres: PostgresServer, start: Start) -> None:
    unfinished = postgres.data.with_name("postgres.new")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    start(postgres)
    assert query(postgres.url, "SELECT 1") == [(1,)]
    assert not unfinished.exists()


def test_a_folder_that_is_no_database_is_left_alone(postgres: PostgresServer) -> None:
    postgres.data.mkdir()
    (postgres.data / "letter.txt").write_text("mine")
    with pytest.raises(EmbeddedServerError, match="move it away"):
        postgres.prepare()
    assert (postgres.data / "letter.txt").read_text() == "mine"


def test_a_pid_file_that_names_another_program_is_cleared_up(
    postgres: PostgresServer, start: Start
) -> None:
    """After a reboot the old server's number may belong to anything, here to this test."""
    assert stop(postgres, start(postgres)) == 0
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")
    start(postgres)
    assert query(postgres.url, "SELECT 1") == [(1,)]


def test_a_server_left_over_from_an_earlier_run_is_stopped(
    postgres: PostgresServer, start: Start
) -> None:
    first = start(postgres)
    postgres.prepare()
    assert first.wait(PATIENCE_SECONDS) == 0


def test_servers_die_with_their_parent(postgres: PostgresServer, valkey: ValkeyServer) -> None:
    """kill -9 of whoever started them leaves nothing behind."""
    for server in (postgres, valkey):
        server.prepare()
        read_end, write_end = os.pipe()
        parent = os.fork()
        if parent == 0:
            os.close(read_end)
            os.set_inheritable(write_end, True)
            subprocess.Popen(server.program().command, close_fds=False)
            signal.pause()
        os.close(write_end)
        assert wait_until(server.answers, PATIENCE_SECONDS, lambda: True)
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
        # The pipe ends when the last process that inherited it has.
        assert os.read(read_end, 1) == b""
        os.close(read_end)
        assert not server.answers()


def test_valkey_keeps_its_messages_and_wants_the_password(
    valkey: ValkeyServer, start: Start
) -> None:
    process = start(valkey)
    with redis.Redis.from_url(valkey.url) as client:
        client.lpush("queue", "one", "two")
        wanted = {
            "appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction",
            "bind": "127.0.0.1",
        }  # fmt: skip
        assert {name: client.config_get(name)[name] for name in wanted} == wanted
    with (
        redis.Redis(port=valkey.port) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()
    assert stop(valkey, process) == 0
    start(valkey)
    with redis.Redis.from_url(valkey.url) as client:
        assert client.lrange("queue", 0, -1) == [b"two", b"one"]


def test_valkey_starts_after_a_crash_in_the_middle_of_a_write(
    valkey: ValkeyServer, start: Start
) -> None:
    process = start(valkey)
    with redis.Redis.from_url(valkey.url) as client:
        client.lpush("queue", "one")
    stop(valkey, process)
    (log,) = (valkey.data / "appendonlydir").glob("*.incr.aof")
    with log.open("ab") as file:
        file.write(b"*3\r\n$5\r\nLPUSH\r\n$5\r\nqu")
    start(valkey)
    with redis.Redis.from_url(valkey.url) as client:
        assert client.lrange("queue", 0, -1) == [b"one"]


def test_socket_names_have_a_limit(tmp_path: Path) -> None:
    assert fits_socket(Path("/run/short/.s.PGSQL.5432"))
    assert not fits_socket(tmp_path / ("d" * 100) / ".s.PGSQL.5432")
    assert not fits_socket(Path("/run") / ("企" * 34)), "bytes count, not characters"
