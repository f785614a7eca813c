"""One running Wenqi and its folder `var/`: secrets, data, logs, lock.

var/secret        keys made at the first start (0600); losing them loses access codes
var/data-keys     keys of personal data (0600), newest first; losing them loses that data
var/running.json  how to reach the running instance and its settings (0600), only while it runs
var/running-keys  those of its settings that are secrets (0600), only while it runs
var/postgres      PostgreSQL's data
var/valkey        Valkey's append-only file: only what is on its way, never the truth
var/log           one log per process, rotated
var/run           unix sockets
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from config import keys
from config.declared import is_given
from deploy.local.embedded import PRIVATE, fits_socket

# The longest names ever bound below the folder: supervisord binds under a name ending in its pid.
LONGEST_SOCKETS = ("supervisor.sock.4194304", "pg/.s.PGSQL.5432.lock")
TRAVERSABLE = 0o711


class InstanceError(Exception):
    """The folder cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Secrets:
    """What is made up once per `var/`. All values are URL-safe."""

    secret_key: str
    database_password: str
    redis_password: str


@dataclass(frozen=True)
class Running:
    """What other commands need to know about a running instance. `environment`: its settings but
    for the `secrets`, which are kept in a file of their own."""

    pid: int
    control_socket: str
    url: str
    environment: dict[str, str]
    secrets: dict[str, str] = field(default_factory=dict, repr=False)


class Instance:
    """The folder of one instance. Use `lock()` before changing anything in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.logs = self.folder / "log"
        self._lock_fd: int | None = None

    def lock(self) -> None:
        """Create the folder if needed and claim it until this process ends.

        Raises InstanceError when another process has it, or it cannot be written.
        """
        try:
            # Others may pass through but not look around: the servers run under another account.
            for folder, mode in ((self.folder, TRAVERSABLE), (self.logs, PRIVATE)):
                folder.mkdir(mode=mode, parents=True, exist_ok=True)
            self._lock_fd = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise InstanceError(f"{error.filename} cannot be used: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            running = self.running()
            where = f" at {running.url} (process {running.pid})" if running else ""
            raise InstanceError(
                f"Wenqi is already running from this folder{where}. Stop it first (Ctrl-C there)."
            ) from None
        self._forget_running()

    def secrets(self) -> Secrets:
        """Return the secrets of this folder, made at the first call."""
        path = self.folder / "secret"
        if path.exists():
            try:
                return Secrets(**json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError) as error:
                raise InstanceError(f"{path} cannot be read: {error}.") from error
        if (self.folder / "postgres").exists():
            raise InstanceError(
                f"{path} is missing although {self.folder / 'postgres'} holds data. Put it back "
                "from a backup (without it no access code can be checked), or move "
                f"{self.folder} away to begin anew."
            )
        made = Secrets(*(secrets.token_urlsafe(32) for _ in range(3)))
        _write_private(path, json.dumps(asdict(made)))
        return made

    def data_keys(self) -> Path:
        """Return the file with the keys of personal data, made at the first call.

        Beside data of a release that had none it is made, too: where the data knows another key,
        whatever starts refuses to.
        """
        path = self.folder / "data-keys"
        if not path.exists():
            _write_private(path, keys.new_entry("first") + "\n")
        return path

    def sockets(self) -> Path:
        """Return a folder for unix sockets: var/run, or a short one when the path is too long.

        The name of a unix socket has about 100 bytes, which a deep checkout exceeds.
        """
        folder = self.folder / "run"
        if not all(fits_socket(folder / name) for name in LONGEST_SOCKETS):
            digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
            folder = Path(tempfile.gettempdir()) / f"wenqi-{os.geteuid()}-{digest}"
        folder.mkdir(mode=TRAVERSABLE, exist_ok=True)
        # In a shared temporary directory somebody else could have put a folder of this name.
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            raise InstanceError(f"{folder} belongs to another account; remove it.")
        folder.chmod(TRAVERSABLE)
        return folder

    def announce(self, running: Running) -> None:
        """Tell other commands how to reach this instance."""
        told = asdict(running)
        _write_private(self._running_keys, json.dumps(told.pop("secrets")))
        _write_private(self._running_file, json.dumps(told, indent=2))

    def running(self) -> Running | None:
        """Return how to reach the running instance, or None when there is none."""
        try:
            told = json.loads(self._running_file.read_text(encoding="utf-8"))
            kept = json.loads(self._running_keys.read_text(encoding="utf-8"))
            running = Running(**told, secrets=kept)
            os.kill(running.pid, 0)
        except (OSError, ValueError, TypeError):
            return None
        return running

    def close(self) -> None:
        """Say that nothing runs any more and let go of the folder."""
        self._forget_running()
        if self._lock_fd is not None:
            os.close(self._lock_fd)
            self._lock_fd = None

    @property
    def _running_file(self) -> Path:
        return self.folder / "running.json"

    @property
    def _running_keys(self) -> Path:
        return self.folder / "running-keys"

    def _forget_running(self) -> None:
        self._running_file.unlink(missing_ok=True)
        self._running_keys.unlink(missing_ok=True)


def default_folder() -> Path:
    """Return `var/` beside the code."""
    return Path(__file__).resolve().parents[2] / "var"


def environment_of(instance: Instance, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment a command should read its settings from.

    `environ` wins where it names a database; otherwise all the running instance's settings are
    added, so that a command finds the database of `make run` and reckons as its API does. What
    `environ` says besides is for this one command.
    """
    running = None if is_given(environ, "DATABASE_URL") else instance.running()
    set_here = {name: value for name, value in environ.items() if value}
    return {**running.environment, **running.secrets, **set_here} if running else set_here


def _write_private(path: Path, content: str) -> None:
    """Write a file that only this account can read; complete or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
