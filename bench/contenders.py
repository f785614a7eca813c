"""Who is measured: which processes serve the form, which decide, how a backlog is made."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench import backlog
from bench.machine import BenchError, Machine, Running
from deploy.local.processes import Program, application_programs
from tests.support.servers import free_port
from tests.support.waiting import poll

READY_SECONDS = 60
REQUEST_SECONDS = 5


@dataclass(frozen=True)
class Contender:
    """One way to build the service.

    `programs` makes its processes for a port and a scratch folder; the one named "api" serves, the
    others work. `prepare` readies a fresh database beyond the shared schema. `stages`: in how many
    jobs an application is decided; with several, in a queue, none is done before nearly all are.
    `fill` tops a backlog up that would be gone in a second; `variables`: of its processes alone.
    """

    name: str
    title: str
    programs: Callable[[int, Path], tuple[Program, ...]]
    prepare: Callable[[str], None] | None = None
    stages: int = 1
    fill: Callable[[str, Mapping[str, str], int, int], None] | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Stand:
    """A contender on a fresh database; `serve` and `work` start its processes."""

    contender: Contender
    machine: Machine
    port: int
    database_url: str
    environment: Mapping[str, str]
    programs: tuple[Program, ...]

    def serve(self) -> list[Running]:
        """Start the API and wait until it answers."""
        started = [
            self.machine.start(program, self.environment)
            for program in self.programs
            if program.name == "api"
        ]
        if not poll(lambda: answers(self.port), READY_SECONDS, self.machine.check):
            raise BenchError(f"{self.contender.title}: the API does not answer")
        return started

    def work(self) -> list[Running]:
        """Start everything but the API; returns at once."""
        return [
            self.machine.start(program, self.environment)
            for program in self.programs
            if program.name != "api"
        ]

    def start(self) -> tuple[list[Running], list[Running]]:
        """Start everything and wait until the API answers. Returns who serves, who works."""
        working = self.work()
        return self.serve(), working

    def connect(self) -> psycopg.Connection:
        """A connection for looking on."""
        return psycopg.connect(
            self.database_url, autocommit=True, options="-c wenqi.time_travel=on"
        )

    def leave(self) -> None:
        """Stop the processes and drop the database."""
        self.machine.stop()
        self.machine.drop_database(self.database_name(self.contender))

    @staticmethod
    def database_name(contender: Contender) -> str:
        """The contender's database."""
        return f"bench_{contender.name}"


def stand(contender: Contender, machine: Machine, extra: Mapping[str, str] | None = None) -> Stand:
    """Give a contender a fresh database and an empty Valkey. `extra`: further variables."""
    database_url = machine.fresh_database(Stand.database_name(contender))
    machine.fresh_redis()
    if contender.prepare is not None:
        contender.prepare(database_url)
    port = free_port()
    environment = {
        **machine.environment(database_url),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        **contender.variables,
        **(extra or {}),
    }
    programs = contender.programs(port, machine.folder)
    return Stand(contender, machine, port, database_url, environment, programs)


def answers(port: int) -> bool:
    """Whether an API serves on loopback."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=REQUEST_SECONDS):
            return True
    except (urllib.error.URLError, OSError):
        time.sleep(0.05)
        return False


def _wenqi(port: int, scratch: Path) -> tuple[Program, ...]:
    schedule = scratch / f"beat-schedule-{port}"
    return application_programs(host="127.0.0.1", port=port, schedule=schedule)


def _textbook(port: int, _: Path) -> tuple[Program, ...]:
    # Two cores: two processes on either side, and threads where they wait for the database.
    gunicorn: tuple[str, ...] = ("--workers", "2", "--worker-class", "gthread", "--threads", "4")
    gunicorn += ("--bind", f"127.0.0.1:{port}", "--log-level", "warning")
    celery = ("--concurrency", "2", "--without-gossip", "--without-mingle", "-l", "warning")
    return (
        Program("api", ("python", "-m", "gunicorn", *gunicorn, "bench.textbook.api:app")),
        Program(
            "worker",
            ("python", "-m", "celery", "-A", "bench.textbook.tasks:celery", "worker", *celery),
        ),
    )


def _uvicorn(module: str, port: int) -> Program:
    options = ("--workers", "2", "--port", str(port), "--log-level", "warning", "--no-access-log")
    return Program("api", ("python", "-m", "uvicorn", *options, f"bench.alternatives.{module}:app"))


def _taskiq(port: int, _: Path) -> tuple[Program, ...]:
    module = "bench.alternatives.fastapi_taskiq"
    # As many tasks at once as the pool has connections.
    options = ("--workers", "2", "--max-async-tasks", "10", "--log-level", "WARNING")
    return (
        _uvicorn("fastapi_taskiq", port),
        Program(
            "worker",
            ("python", "-m", "taskiq", "worker", f"{module}:broker", *options),
        ),
    )


def _procrastinate(port: int, _: Path) -> tuple[Program, ...]:
    command: tuple[str, ...] = ("python", "-m", "procrastinate", "--log-level", "warning", "--app")
    command += ("bench.alternatives.fastapi_procrastinate.jobs", "worker")
    command += ("--concurrency", "10", "--delete-jobs", "successful")
    return (
        _uvicorn("fastapi_procrastinate", port),
        Program("worker-1", command),
        Program("worker-2", command),
    )


def _procrastinate_schema(database_url: str) -> None:
    # Here, so that the tests of the harness need no contender's packages.
    from procrastinate import App, SyncPsycopgConnector

    with App(connector=SyncPsycopgConnector(conninfo=database_url)).open() as app:
        app.schema_manager.apply_schema()


WENQI = Contender("wenqi", "Wenqi", _wenqi, fill=backlog.fill)
TEXTBOOK = Contender("textbook", "Textbook (Flask, ORM, gunicorn, Celery)", _textbook, stages=4)
ALTERNATIVES = (
    Contender("taskiq", "FastAPI + taskiq", _taskiq),
    Contender("procrastinate", "FastAPI + procrastinate", _procrastinate, _procrastinate_schema),
)
CONTENDERS = (TEXTBOOK, *ALTERNATIVES, WENQI)
