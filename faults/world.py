"""A whole Wenqi for one run: supervised as `make run` supervises it, with everything twice that may
be twice, its broker behind a proxy, its outer world (mail, webhooks) played by sinks of ours."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import requests

from casework.delivery import webhooks
from cli.up import answers
from config import keys
from config.settings import Settings
from deploy.local.embedded import (
    APPLICATION,
    AUDITOR,
    PostgresServer,
    ValkeyServer,
    wait_until,
)
from deploy.local.processes import Program, application_programs
from deploy.local.supervise import Supervisor, halt
from faults.disk import Disk
from faults.plants import planted, strike
from faults.proxy import Proxy
from faults.sinks import Mail, Webhook
from store import migrate, roles
from store.db import Database
from tests.support import previous_release
from tests.support.servers import free_port
from tests.support.unlimited import UNLIMITED

ROOT = Path(__file__).resolve().parent.parent
PLANTS = ROOT / "faults" / "plants"
PLANT_VARIABLE = "WENQI_FAULTS_PLANT"
LEASE_SECONDS = 5
SINK_SECONDS = 2
KEEP_GRANTED_DAYS = 900
"""More than other cases are kept, and no longer than the notice has been in force."""
START_SECONDS = 150
TOLD_BUREAUS = ("development_reform", "financial_street")
"""Those of (六): they are told by e-mail, too, and the first by webhook."""


@dataclass(frozen=True)
class Twice:
    """The second relay and the second beat."""

    relay: str = "relay-2"
    beat: str = "beat-2"


@dataclass(frozen=True)
class Settled:
    """A case of years ago. `goes`: whether it is to be purged; `is_determined`: whether somebody
    determined it; `numbers`: what reports count of it, which stays."""

    goes: bool
    is_determined: bool
    numbers: tuple[object, ...]


class World:
    """`start` it, break it, `stop` it. `plant` names bugs to switch on (see faults/plants,
    joined by "+"); `only`: the programs to run instead of all. `answered`: the receipts clients
    have, by key; `data_keys`, `secret_keys`: the rings' entries, newest first; `too_old`, `kept`:
    deliveries whose address is to go or to stay; `settled`: cases of years ago, by receipt;
    `complaints`: what went wrong with upkeep;
    `settled_at`: the last application before every process had the present rings."""

    def __init__(self, *, plant: str | None = None, only: Collection[str] = ()) -> None:
        # Not below a private folder: PostgreSQL gives up root and must get in.
        self.folder = Path(tempfile.mkdtemp(prefix="wenqi-faults-"))
        self.folder.chmod(0o755)
        self._plant = plant or planted.NONE
        self.strikes = self.folder / "strikes"
        self.strikes.mkdir(mode=0o755)
        self.answered: Mapping[str, str] = {}
        self.disk = Disk(self.folder / "disk")
        self._supervisor_pid = 0
        self.mail = Mail()
        self.webhook = Webhook()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.postgres = PostgresServer(
            data=self.disk.folder / "postgres",
            sockets=self.folder / "pg",
            password=secrets.token_hex(16),
            # What cuts others' connections is a superuser.
            create_databases=True,
            # Recovers within seconds, and hundreds of crashes leave no heap of old log.
            options=("max_wal_size=128MB", "min_wal_size=80MB", "max_connections=120"),
        )
        self.valkey = ValkeyServer(
            data=self.folder / "valkey", port=free_port(), password=secrets.token_hex(16)
        )
        proxied = free_port()
        self.proxy = Proxy(proxied, self.valkey.port)
        address = urlsplit(self.valkey.url)
        behind = address._replace(
            netloc=address.netloc.replace(str(self.valkey.port), str(proxied))
        )
        self._keys_file = self.folder / "data-keys"
        self._secrets_file = self.folder / "secrets"
        self.data_keys: list[str] = []
        self.secret_keys: list[str] = []
        self.has_rotated = False
        first, second, secret = (keys.new_entry(f"faults-{number}") for number in (0, 1, 0))
        self.use_keys([first, second], [secret])
        self.settled_at = 0
        self.too_old: list[int] = []
        self.kept: list[int] = []
        self.settled: dict[str, Settled] = {}
        self.complaints: list[str] = []
        self._code = self.folder / "code"
        self._code.symlink_to(ROOT)
        self._previous: Path | None = None
        self.environment = self._environment(urlunsplit(behind))
        self.settings = Settings.from_env(self.environment)
        self.db = Database(
            self.settings.database_url, pool_size=3, pool_wait_seconds=2, time_travel=True
        )
        self.application = _twice(
            application_programs(
                host="127.0.0.1", port=self.port, schedule=self.folder / "beat-schedule"
            ),
            self.folder,
        )
        if only:
            self.application = tuple(one for one in self.application if one.name in only)
        logs = self.folder / "log"
        logs.mkdir()
        self.supervisor = Supervisor(
            [self.postgres.program(), self.valkey.program()],
            self.application,
            folder=self.folder,
            logs=logs,
            sockets=self.folder,
        )

    def start(self) -> None:
        """Start everything; returns when the API is ready."""
        self.postgres.prepare()
        self.valkey.prepare()
        self.proxy.start()
        self._supervisor_pid = self.supervisor.launch({**os.environ, **self.environment})
        for server in (self.postgres, self.valkey):
            self._wait(server.answers, type(server).__name__)
        migrate.upgrade(self.postgres.owner_url, roles.Logins(APPLICATION, AUDITOR))
        for name in self._plant.split("+"):
            if name in planted.CHANGED_SCHEMA:
                with self.connection() as conn:
                    conn.execute(planted.CHANGED_SCHEMA[name])
        webhooks.add(self.db, self.settings, bureau=TOLD_BUREAUS[0], url=self.webhook.url)
        for program in self.application:
            self.supervisor.start(program.name)
        self._wait(lambda: answers(f"{self.url}/readyz"), "the API")

    def stop(self, *, keep: bool = False) -> None:
        """Stop everything and remove the folder (`keep`: leave the logs)."""
        self.db.close()
        # Told to stop first, it does not start again what is killed; nobody waits for goodbyes.
        doomed = [one for program in self.application for one in self.processes(program.name)]
        if self.supervisor.is_alive():
            os.kill(self._supervisor_pid, signal.SIGTERM)
        for process in doomed:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.supervisor.stop()
        self.proxy.stop()
        self.mail.stop()
        self.webhook.stop()
        self.disk.remove()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def use_keys(self, data: list[str], secret: list[str]) -> None:
        """Let every process that starts from now on have these rings."""
        for path, entries in ((self._keys_file, data), (self._secrets_file, secret)):
            fresh = path.with_suffix(".new")
            fresh.write_text(",".join(entries), "utf-8")
            fresh.chmod(0o644)
            fresh.replace(path)
        self.has_rotated = bool(self.data_keys)
        self.data_keys, self.secret_keys = data, secret

    def use_release(self, *, previous: bool) -> None:
        """Let every process that starts from now on run the release before, or this one again."""
        if previous and self._previous is None:
            made = self.folder / "previous"
            made.mkdir()
            self._previous = previous_release.unpack(made)
        fresh = self._code.with_suffix(".new")
        fresh.symlink_to(self._previous if previous and self._previous else ROOT)
        fresh.replace(self._code)

    def processes(self, name: str) -> list[psutil.Process]:
        """A program's process and its children; none while it is not running."""
        pid = next((state.pid for state in self.supervisor.states() if state.name == name), 0)
        if not pid:
            return []
        try:
            process = psutil.Process(pid)
            return [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a program's process and all its children."""
        for process in self.processes(name):
            try:
                process.send_signal(number)
            except psutil.NoSuchProcess:
                continue

    def halt(self, name: str) -> None:
        """Ask a program to stop, and wait until it has."""
        halt(self.supervisor.control_socket, name)

    def launch(self, name: str) -> None:
        """Start a program that was halted."""
        self.supervisor.start(name)

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """A superuser's connection beside the application's pools."""
        with psycopg.connect(
            self.postgres.superuser_url,
            autocommit=True,
            connect_timeout=2,
            options="-c wenqi.time_travel=on",
        ) as conn:
            yield conn

    def is_alive(self, seconds: float) -> bool:
        """Whether the API, asked for what needs the database, says anything within `seconds`."""
        try:
            requests.get(f"{self.url}/api/v1/publicity", timeout=seconds)
        except requests.RequestException:
            return False
        return True

    def _wait(self, answering: object, what: str) -> None:
        assert callable(answering)  # noqa: S101 -- for the type checker
        if not wait_until(answering, START_SECONDS, self.supervisor.is_alive):
            tails = {name: self.supervisor.log_tail(name) for name in self.supervisor.programs}
            raise RuntimeError(f"{what} does not answer: {tails}")

    def _environment(self, redis_url: str) -> dict[str, str]:
        contacts = self.folder / "bureaus.toml"
        contacts.write_text(
            "".join(f'[{name}]\nemail = "{name}@example.org"\n' for name in TOLD_BUREAUS), "utf-8"
        )
        path = [str(PLANTS), str(self._code), str(ROOT), os.environ.get("PYTHONPATH", "")]
        return {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": redis_url,
            "SECRET_KEY": ",".join(self.secret_keys),
            "WENQI_FAULTS_SECRETS": str(self._secrets_file),
            "DATA_KEYS_FILE": str(self._keys_file),
            "PUBLIC_URL": self.url,
            "WENQI_ENV": "faults",
            **UNLIMITED,
            "LOG_LEVEL": "WARNING",
            "LEASE_SECONDS": str(LEASE_SECONDS),
            "SMTP_URL": self.mail.url,
            "SMTP_FROM": "wenqi@example.org",
            "SMTP_TIMEOUT": str(SINK_SECONDS),
            "HTTP_TIMEOUT": str(SINK_SECONDS),
            "WEBHOOK_ALLOW_PRIVATE": "1",
            "BUREAU_ADDRESSES": str(contacts),
            "ALLOW_TIME_TRAVEL": "1",
            "KEEP_GRANTED_DAYS": str(KEEP_GRANTED_DAYS),
            "PYTHONPATH": os.pathsep.join(part for part in path if part),
            PLANT_VARIABLE: self._plant,
            strike.FOLDER_VARIABLE: str(self.strikes),
        }


def _twice(programs: tuple[Program, ...], folder: Path) -> tuple[Program, ...]:
    relay, beat = (next(p for p in programs if p.name == name) for name in ("relay", "beat"))
    schedule = str(folder / "beat-schedule")
    other = tuple(f"{schedule}-2" if part == schedule else part for part in beat.command)
    return (*programs, Program(Twice.relay, relay.command), Program(Twice.beat, other))
