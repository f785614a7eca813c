"""The real PostgreSQL and Valkey that one test session uses."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from deploy.local.embedded import (
    APPLICATION,
    AUDITOR,
    OWNER,
    PostgresServer,
    ValkeyServer,
    password_of,
    wait_until,
)
from deploy.local.processes import Program
from store import migrate
from store.roles import Logins
from tests.support.waiting import PATIENCE_SECONDS

EMBEDDED_REDIS_DATABASES = 64
USUAL_REDIS_DATABASES = 16


@dataclass
class Servers:
    """URLs of the session's servers and the processes behind them (none when given from outside).

    `database_url` is the owner's, who makes databases; `superuser_url` that of whom no right stops.
    `template` is a migrated, empty database that every test process copies.
    """

    database_url: str
    superuser_url: str
    redis_url: str
    template: str
    redis_databases: int
    folder: Path | None = None
    processes: list[tuple[Program, subprocess.Popen[bytes]]] = field(default_factory=list)

    def stop(self) -> None:
        """Drop the template, stop what was started here, remove its folder."""
        drop_database(self.superuser_url, self.template)
        for program, process in reversed(self.processes):
            process.send_signal(program.stop_signal)
        for _, process in self.processes:
            process.wait(PATIENCE_SECONDS)
        if self.folder is not None:
            shutil.rmtree(self.folder)


def start_servers() -> Servers:
    """Start servers of our own, or use those of DATABASE_URL and REDIS_URL; migrate a template.

    A DATABASE_URL from outside is a superuser's: the roles are made where they are not yet.
    """
    run = secrets.token_hex(4)
    template = f"wenqi_test_{run}"
    database_url = os.environ.get("DATABASE_URL")
    redis_url = os.environ.get("REDIS_URL")
    servers = Servers("", database_url or "", redis_url or "", template, USUAL_REDIS_DATABASES)
    if not (database_url and redis_url):
        servers.folder = Path(tempfile.mkdtemp(prefix="wenqi-test-"))
    try:
        if database_url:
            _make_roles(servers)
        else:
            _start_postgres(servers)
        if not redis_url:
            _start_valkey(servers)
        create_database(servers.database_url, template)
        migrate.upgrade(with_database(servers.database_url, template), Logins(APPLICATION, AUDITOR))
    except BaseException:
        for _, process in servers.processes:
            process.kill()
        raise
    return servers


def with_role(url: str, role: str) -> str:
    """An owner's URL with another of the roles."""
    parts = urlsplit(url)
    password = password_of(role, unquote(parts.password or ""))
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{host}"))


def with_database(url: str, name: str) -> str:
    """Return `url` with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def create_database(server_url: str, name: str, template: str | None = None) -> str:
    """Create the database `name` (a copy of `template`) and return its URL."""
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)
    return with_database(server_url, name)


def drop_database(server_url: str, name: str) -> None:
    """Drop the database `name`, whoever is still connected to it."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def free_port() -> int:
    """Return a TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start_postgres(servers: Servers) -> None:
    assert servers.folder is not None
    server = PostgresServer(
        data=servers.folder / "postgres",
        sockets=servers.folder / "pg",
        password=secrets.token_hex(16),
        create_databases=True,
        # Durability on disk is the one property a test session does not need;
        # tests/deploy/test_embedded.py looks at the settings that `make run` uses.
        options=("fsync=off", "full_page_writes=off"),
    )
    server.prepare()
    servers.database_url, servers.superuser_url = server.owner_url, server.superuser_url
    _start(servers, server.program(), server)


def _make_roles(servers: Servers) -> None:
    superuser = servers.superuser_url
    with psycopg.connect(superuser, autocommit=True) as connection:
        known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        secret = unquote(urlsplit(superuser).password or "")
        for role in {OWNER, APPLICATION, AUDITOR} - known:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}").format(
                    sql.Identifier(role),
                    sql.SQL("CREATEDB" if role == OWNER else ""),
                    sql.Literal(password_of(role, secret)),
                )
            )
    servers.database_url = with_role(superuser, OWNER)


def _start_valkey(servers: Servers) -> None:
    assert servers.folder is not None
    server = ValkeyServer(
        data=servers.folder / "valkey", port=free_port(), password=secrets.token_hex(16)
    )
    server.prepare()
    servers.redis_url = server.url
    servers.redis_databases = EMBEDDED_REDIS_DATABASES
    _start(servers, server.program(), server)


def _start(servers: Servers, program: Program, server: PostgresServer | ValkeyServer) -> None:
    assert servers.folder is not None
    log = servers.folder / f"{program.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(program.command, stdout=output, stderr=subprocess.STDOUT)
    servers.processes.append((program, process))
    if not wait_until(server.answers, PATIENCE_SECONDS, lambda: process.poll() is None):
        raise RuntimeError(f"{program.name} did not start: {log.read_text(errors='replace')}")
