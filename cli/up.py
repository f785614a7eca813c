"""`wenqi up`: everything on one machine, from nothing to served applications."""

from __future__ import annotations

import errno
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from types import FrameType

import click
from sqlalchemy.exc import SQLAlchemyError

from casework.notices import editions
from cli.demo import person, samples
from cli.demo.backstage import filed, intake_token, token_maker
from cli.keys import require_keys
from config import notices
from config.declared import is_given
from config.keys import KeyMissing
from config.settings import Settings, every_setting
from deploy.local import leftovers
from deploy.local.embedded import PostgresServer, ValkeyServer, wait_until
from deploy.local.instance import Instance, InstanceError, Running, Secrets
from deploy.local.processes import Program, application_programs
from deploy.local.supervise import Supervisor
from store import migrate, roles

HOST = "127.0.0.1"
SERVER_SECONDS = 60
READY_SECONDS = 300
WATCH_SECONDS = 1.0
REQUEST_SECONDS = 5
PORT_MAX = 65535
_LOGINS = ("DATABASE_OWNER_URL", "DATABASE_AUDITOR_URL")
NOT_SERVED = (*_LOGINS, *(f"{name}_FILE" for name in _LOGINS))


class Demo(Enum):
    """Whether the bundled samples are submitted, and a demonstration account is made."""

    NO = "no"
    IF_EMPTY = "if empty"  # of applications
    YES = "yes"


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or the terminal's end: stop everything, this is not an error."""


@dataclass(frozen=True)
class Plan:
    """What to start: embedded servers (none when their URLs were given) and the environment."""

    servers: tuple[PostgresServer | ValkeyServer, ...]
    environment: dict[str, str]
    port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


def up(folder: Path, *, port: int, once: bool, demo: Demo, environ: Mapping[str, str]) -> int:
    """Start everything, run the samples if asked to, then serve until told to stop (or not, with
    `once`).

    `port` 0: any free one. Returns the exit status: 0, or 1 when a sample was not processed.
    Raises the sentences that `wenqi` prints: InstanceError,
    EmbeddedServerError, LeftoverError, SupervisionError, SettingsError.
    """
    with _stop_signals() as asked:
        instance = Instance(folder)
        instance.lock()
        try:
            leftovers.end(instance.folder, _say)
            free = _free_port(port)
            chosen = plan(instance, instance.secrets(), free, environ, demo=demo)
            return _run(instance, chosen, asked, once=once, demo=demo)
        except Stopped:
            return 0
        finally:
            instance.close()


def plan(
    instance: Instance, secrets: Secrets, port: int, environ: Mapping[str, str], *, demo: Demo
) -> Plan:
    """Decide what to start; an outer DATABASE_URL or REDIS_URL replaces just that server."""
    made = {"PUBLIC_URL": f"http://{HOST}:{port}", "OPERATOR_LISTEN": f"{HOST}:{_free_port(0)}"}
    if not is_given(environ, "SECRET_KEY"):
        made["SECRET_KEY"] = secrets.secret_key
    if not is_given(environ, "DOCUMENT_STORE"):
        made["DOCUMENT_STORE"] = str(instance.folder / "documents")
    if not is_given(environ, "DATA_KEYS"):
        made["DATA_KEYS_FILE"] = str(instance.data_keys())
    servers: list[PostgresServer | ValkeyServer] = []
    if not is_given(environ, "DATABASE_URL"):
        postgres = PostgresServer(
            data=instance.folder / "postgres",
            sockets=instance.sockets() / "pg",
            password=secrets.database_password,
        )
        made["DATABASE_URL"] = postgres.url
        made["DATABASE_OWNER_URL"] = postgres.owner_url
        made["DATABASE_AUDITOR_URL"] = postgres.auditor_url
        servers.append(postgres)
    if not is_given(environ, "REDIS_URL"):
        valkey = ValkeyServer(
            data=instance.folder / "valkey",
            port=_free_port(0),
            password=secrets.redis_password,
        )
        made["REDIS_URL"] = valkey.url
        servers.append(valkey)
    outside = ("DATABASE_URL", "SMTP_URL", "SMS_GATEWAY")
    if not any(is_given(environ, name) for name in outside):
        made["CODES_FILE"] = str(instance.folder / "codes")
        if demo is not Demo.NO:
            made["SECOND_FACTOR"] = "0"
    set_outside = {name: value for name, value in environ.items() if value}
    environment = {**made, **set_outside}
    settings = Settings.from_env(environment)
    settings.require_secret_key()
    settings.require_data_keys()
    _require_notices(settings)
    if is_given(environ, "OPERATOR_LISTEN") and (operators := settings.operator_listen):

        def at(other: int) -> str:
            return f"OPERATOR_LISTEN={replace(operators, port=other)}"

        _free_port(operators.port, operators.host, at)
    return Plan(tuple(servers), environment, port)


def _require_notices(settings: Settings) -> None:
    """Raises InstanceError for data that no process could work with: each would end again and
    again."""
    for name in notices.names():
        try:
            editions.edition(name)
        except notices.NoticeDataError as error:
            where = settings.notices_path / name
            raise InstanceError(f"The notice data in {where} is faulty: {error}") from error


def running(supervisor: Supervisor, chosen: Plan) -> Running:
    """What other commands are told: every setting that was given or made, its paths whole."""
    given: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for item in every_setting():
        if value := chosen.environment.get(item.variable.name):
            said = str(Path(value).absolute()) if item.is_path else value
            given[item.is_secret][item.variable.name] = said
        elif item.is_secret and (file := chosen.environment.get(item.variable.file)):
            given[False][item.variable.file] = str(Path(file).absolute())
    return Running(
        os.getpid(), str(supervisor.control_socket), chosen.url, given[False], given[True]
    )


def _run(instance: Instance, chosen: Plan, asked: Asked, *, once: bool, demo: Demo) -> int:
    for server in chosen.servers:
        _say(f"preparing {_name(server)} ...")
        server.prepare()
    embedded = [server.program() for server in chosen.servers]
    application = application_programs(
        host=HOST, port=chosen.port, schedule=instance.folder / "beat-schedule"
    )
    supervisor = Supervisor(
        embedded,
        application,
        folder=instance.folder,
        logs=instance.logs,
        sockets=instance.sockets(),
    )
    try:
        # The processes that serve have the application's login alone.
        supervisor.launch({**chosen.environment, **dict.fromkeys(NOT_SERVED, "")})
        instance.announce(running(supervisor, chosen))
        _start_servers(supervisor, chosen)
        settings = Settings.from_env(chosen.environment)
        _migrate(settings)
        _start_application(supervisor, application, chosen.url)
        processed = _demonstrate(chosen.url, settings, demo)
        if once:
            return 0 if processed else 1
        if demo is not Demo.NO and not settings.accounts.second_factor:
            who = person.prepare(settings, instance.folder)
            desk = f"{chosen.url}/desk/"
            _say(f"Demonstration account for {desk}: login {who.login}, password {who.password}")
        _say(f"Wenqi serves at {chosen.url} (documentation: {chosen.url}/docs). Ctrl-C stops it.")
        operators = chosen.environment["OPERATOR_LISTEN"]
        _say(f"for operators alone: http://{operators}/metrics and /readyz")
        _watch(supervisor, chosen.environment.get("CODES_FILE"))
    finally:
        asked.has_effect = False
        before = asked.interrupts
        _say("stopping ... (Ctrl-C again: at once)")
        supervisor.stop(at_once=lambda: asked.interrupts > before)
        _say("stopped; the data stays in " + str(instance.folder))
    return 0


def _demonstrate(url: str, settings: Settings, demo: Demo) -> bool:
    """Submit the samples where that was asked for. Returns whether none of them failed."""
    if demo is Demo.NO:
        return True
    if demo is Demo.IF_EMPTY and (count := filed(settings)):
        _say(f"{count:,} applications are here already, so no samples (make run DEMO=1)")
        return True
    return samples.run(url, token_maker(settings), intake_token(settings))


def _start_servers(supervisor: Supervisor, chosen: Plan) -> None:
    for server in chosen.servers:
        name = _name(server)

        def alive(name: str = name) -> bool:
            return not supervisor.has_failed(name)

        if not wait_until(server.answers, SERVER_SECONDS, alive):
            raise InstanceError(f"{name} does not start. It said:\n{supervisor.log_tail(name)}")
        _say(f"{name} is up")


def _migrate(settings: Settings) -> None:
    logins = roles.logins(settings.database_url, settings.database_auditor_url)
    try:
        migrate.upgrade(settings.owner_url, logins)
    except (SQLAlchemyError, migrate.MigrationRefused) as error:
        first_line = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise InstanceError(f"The database cannot be migrated: {first_line}") from error
    try:
        require_keys(settings)
    except KeyMissing as error:
        raise InstanceError(str(error)) from error
    _say("database schema is up to date")


def _start_application(supervisor: Supervisor, application: tuple[Program, ...], url: str) -> None:
    for program in application:
        supervisor.start(program.name)

    first: dict[str, int] = {}

    def failed() -> list[str]:
        """What is down, or was begun anew: who ends after loading for long counts as running."""
        known = [state for state in supervisor.states() if state.pid]
        anew = {one.name for one in known if first.setdefault(one.name, one.pid) != one.pid}
        names = [program.name for program in application]
        return [name for name in names if name in anew or supervisor.has_failed(name)]

    def ready() -> bool:
        return supervisor.all_run() and answers(f"{url}/readyz")

    if not wait_until(ready, READY_SECONDS, lambda: not failed()):
        down = failed() or ["api"]
        tails = "\n".join(f"{name}:\n{supervisor.log_tail(name)}" for name in down)
        raise InstanceError(f"Not everything starts. The last log lines:\n{tails}")
    _say("API, relay, workers and beat are up")


def answers(url: str) -> bool:
    """Whether a GET of `url` (our own API) gives a success."""
    try:
        with urllib.request.urlopen(url, timeout=REQUEST_SECONDS):  # noqa: S310 - our own address
            return True
    except (urllib.error.URLError, OSError):
        return False


def _watch(supervisor: Supervisor, codes: str | None) -> None:
    """Say when a program was restarted, and which verification codes would have been sent; return
    only by a signal, raise if supervisord dies."""
    shown = _say_codes(codes, None)
    known = {state.name: state.pid for state in supervisor.states()}
    while supervisor.is_alive():
        time.sleep(WATCH_SECONDS)
        shown = _say_codes(codes, shown)
        for state in supervisor.states():
            if state.state == "RUNNING" and state.pid != known.get(state.name):
                _say(f"{state.name} had ended and was started again")
                known[state.name] = state.pid
    raise InstanceError(f"supervisord ended unexpectedly; its log is in {supervisor.logs}.")


def _say_codes(path: str | None, said: int | None) -> int:
    """Print what was added to the file of codes since `said` bytes (None: nothing yet). Returns its
    length."""
    if path is None or not Path(path).exists():
        return 0
    content = Path(path).read_bytes()
    for line in [] if said is None else content[said:].decode().splitlines():
        _say(f"[not sent, there is no gateway] {line}")
    return len(content)


def _free_port(port: int, host: str = HOST, say: Callable[[int], str] = "PORT={}".format) -> int:
    """Return `port` if nobody uses it, any free one for 0. Raises InstanceError otherwise.

    `say`: how another is chosen.
    """
    if not 0 <= port <= PORT_MAX:
        raise InstanceError(f"PORT must be a number from 0 to {PORT_MAX}, not {port}.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As the server itself will: a port whose last connections linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            by = leftovers.holder(port) if error.errno == errno.EADDRINUSE else None
            why = f"held by {by}" if by else error.strerror
            raise InstanceError(
                f"Port {port} cannot be used: {why}. Choose another: "
                f"make run {say(min(port + 1, PORT_MAX))}"
            ) from error
        chosen: int = probe.getsockname()[1]
        return chosen


class Asked:
    """Turns the signals that end a program into Stopped, while that has an effect; counts each
    Ctrl-C."""

    def __init__(self) -> None:
        self.has_effect = True
        self.interrupts = 0

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        self.interrupts += number == signal.SIGINT
        if self.has_effect:
            raise Stopped


@contextmanager
def _stop_signals() -> Iterator[Asked]:
    asked = Asked()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, asked) for number in numbers]
    try:
        yield asked
    finally:
        for number, old in zip(numbers, before, strict=True):
            signal.signal(number, old)


def _name(server: PostgresServer | ValkeyServer) -> str:
    return server.program().name


def _say(line: str) -> None:
    click.echo(line)
