"""The ground every contender stands on: embedded servers, fresh databases, processes, meters."""

from __future__ import annotations

import contextlib
import os
import platform
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import redis
from psycopg import sql

from bench import REPOSITORY
from bench.applications import TOKEN_VARIABLE
from casework.notices import editions
from casework.people import tokens
from config.settings import Settings
from deploy.local.embedded import PostgresServer, ValkeyServer, wait_until
from deploy.local.launch import adopt_orphans, launch_command
from deploy.local.processes import Program, runnable
from store import migrate
from store.db import Database
from tests.support.servers import free_port
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role

START_SECONDS = 60
TEMPLATE, SETTLING = "bench_template", "bench_settling"
LOG_TAIL_BYTES = 2000
# What `make run` uses, and the commit time of every row's transaction: latencies are differences
# of two of the database's own timestamps. The log's size keeps the checkpoints that one contender's
# writing calls for out of the next one's few seconds.
LOG_MIB = 512
POSTGRES_OPTIONS = (
    "track_commit_timestamp=on",
    f"min_wal_size={LOG_MIB}MB",
    f"max_wal_size={8 * LOG_MIB}MB",
)


class BenchError(Exception):
    """A measurement cannot be made; the message says why."""


@dataclass(slots=True)
class Running:
    """A started program: its process and where it writes."""

    program: Program
    process: psutil.Popen
    log: Path

    def check(self) -> None:
        """Raise BenchError, with its last words, if it has ended."""
        if self.process.poll() is not None:
            words = self.log.read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace")
            raise BenchError(f"{self.program.name} ended unexpectedly:\n{words}")

    def suspend(self) -> None:
        """Stop it and its children where they are: they take no time until `resume`."""
        for process in (self.process, *family(self.process)):
            process.suspend()

    def resume(self) -> None:
        """Let it go on."""
        for process in (*family(self.process), self.process):
            process.resume()


@dataclass
class Machine:
    """PostgreSQL and Valkey of one run, and whatever is started on them."""

    folder: Path
    postgres: PostgresServer
    valkey: ValkeyServer
    servers: list[Running] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)

    def start_server(self, server: PostgresServer | ValkeyServer) -> None:
        """Prepare and start one of the two servers, and wait until it answers."""
        server.prepare()
        program = server.program()
        started = self._popen(program, {})
        self.servers.append(started)
        if not wait_until(server.answers, START_SECONDS, lambda: started.process.poll() is None):
            started.check()
            raise BenchError(f"{program.name} does not answer")

    def make_template(self) -> None:
        """A migrated database that holds the notice's data; the contenders' are copies of it."""
        self._create(TEMPLATE, "template0")
        url = self.database_url(TEMPLATE)
        migrate.upgrade(url)
        database = Database(url)
        settings = Settings.from_env(self.environment(url))
        with database.statement() as conn:
            editions.remember(conn, editions.edition(settings.notice_id))
        # For the clients, which are processes of their own with our environment.
        os.environ[TOKEN_VARIABLE] = tokens.create(
            database,
            settings,
            bureau="sasac",
            role=Role.INTAKE,
            label="bench",
            vouches=IdentityLevel.ASSURED,
        )
        database.close()

    def fill_log(self) -> None:
        """Write as much log as is kept. A log file's first use costs more than every later one
        (it is created and zeroed), which only the first contender of the first round would pay."""
        with psycopg.connect(self.postgres.owner_url, autocommit=True) as connection:
            for _ in range(LOG_MIB):
                connection.execute(
                    "SELECT pg_logical_emit_message(false, '', repeat('x', 1048576))"
                )

    def fresh_database(self, name: str) -> str:
        """Drop the database `name` if there is one and copy the template. Returns its URL."""
        self.drop_database(name)
        self._create(name, TEMPLATE)
        return self.database_url(name)

    def drop_database(self, name: str) -> None:
        """Drop it, whoever is still connected.

        Not WITH (FORCE): that is refused while autovacuum, which is not ours to end, is at work
        there. A plain DROP ends autovacuum by itself.
        """
        with psycopg.connect(self.postgres.owner_url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND usename = current_user",
                (name,),
            )
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))

    def database_url(self, name: str) -> str:
        """The URL of a database of this server."""
        return urlunsplit(urlsplit(self.postgres.owner_url)._replace(path=f"/{name}"))

    def fresh_redis(self) -> str:
        """The URL of Valkey's database, emptied."""
        with redis.Redis.from_url(self.valkey.url) as client:
            client.flushall()
        return self.valkey.url

    def environment(self, database_url: str) -> dict[str, str]:
        """What a contender's processes get: our own environment less any Wenqi settings in it."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
        }
        return {
            **kept,
            "DATABASE_URL": database_url,
            "REDIS_URL": self.valkey.url,
            "SECRET_KEY": "bench-only-" + "0" * 32,
            "DATA_KEYS": "bench:" + "A" * 43 + "=",
            "ALLOW_TIME_TRAVEL": "1",
            "PYTHONPATH": str(REPOSITORY),
        }

    def start(self, program: Program, environment: Mapping[str, str]) -> Running:
        """Start a contender's program; it ends with `stop`, or with us."""
        wrapped = Program(
            program.name,
            tuple(launch_command(runnable(program.command))),
            program.stop_signal,
            program.stop_seconds,
        )
        started = self._popen(wrapped, environment)
        self.running.append(started)
        return started

    def check(self) -> None:
        """Raise BenchError if something we started has ended."""
        for started in (*self.servers, *self.running):
            started.check()

    def wait_until_quiet(self) -> None:
        """Have what was written brought to the disk, so that nobody measured next waits for it."""
        # Copying a database by its files begins with a checkpoint, which only a superuser may ask
        # for by its name.
        self._create(SETTLING, TEMPLATE)
        self.drop_database(SETTLING)

    def stop(self) -> None:
        """End the contender's programs, not the servers. Nothing they do is needed any more."""
        families = [family(started.process) for started in self.running]
        # The program first: it would put another in the place of a child that was killed.
        for started, below in zip(self.running, families, strict=True):
            for process in (started.process, *below):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            started.process.wait()
            # Adopted, and waited for: else what they have used would count as somebody else's.
            for process in below:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(process.pid, 0)
        self.running.clear()

    def close(self) -> None:
        """Stop everything and remove the data."""
        self.stop()
        _stop(list(reversed(self.servers)))
        shutil.rmtree(self.folder, ignore_errors=True)

    def _create(self, name: str, template: str) -> None:
        self._administer("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template)

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.postgres.owner_url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _popen(self, program: Program, environment: Mapping[str, str]) -> Running:
        log = self.folder / f"{program.name}.log"
        with log.open("ab") as output:
            process = psutil.Popen(
                program.command,
                env={**os.environ, **environment} if not environment else dict(environment),
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return Running(program, process, log)


@contextlib.contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """Servers with data below `folder` (on a disk: fsync must mean something)."""
    adopt_orphans()
    folder.mkdir(parents=True, exist_ok=True)
    data = Path(tempfile.mkdtemp(prefix="run-", dir=folder))
    sockets = Path(tempfile.mkdtemp(prefix="wqb-"))
    made = Machine(
        data,
        PostgresServer(
            data / "postgres",
            sockets / "pg",
            secrets.token_hex(16),
            create_databases=True,
            options=POSTGRES_OPTIONS,
        ),
        ValkeyServer(data / "valkey", free_port(), secrets.token_hex(16)),
    )
    try:
        made.start_server(made.postgres)
        made.start_server(made.valkey)
        made.fill_log()
        made.make_template()
        yield made
    finally:
        made.close()
        shutil.rmtree(sockets, ignore_errors=True)


def describe() -> dict[str, str | int]:
    """The hardware and versions, for the record."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return {
        "cpu": model,
        "cores": len(psutil.Process().cpu_affinity())
        if hasattr(psutil.Process, "cpu_affinity")
        else psutil.cpu_count() or 0,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
    }


def _stop(servers: Sequence[Running]) -> None:
    for one in servers:
        if one.process.poll() is None:
            one.process.send_signal(one.program.stop_signal)
    for one in servers:
        try:
            one.process.wait(one.program.stop_seconds)
        except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
            one.process.kill()
            one.process.wait()


def family(process: psutil.Popen) -> list[psutil.Process]:
    """Its children, theirs included; none of one that has ended."""
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []
