"""Runs programs under supervisord: starts, watches, restarts and stops them.

See docs/decisions/0001-process-supervision.md for why supervisord.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shlex
import subprocess
import time
import xmlrpc.client
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from deploy.local import leftovers
from deploy.local.launch import launch_command
from deploy.local.processes import Program, runnable

CONTROL_SECONDS = 15
POLL_SECONDS = 0.05
ZONE = "Asia/Shanghai"
"""Of the lines that supervisord and Valkey write about themselves, like all others."""
LOG_BYTES = 10 * 1024 * 1024
LOG_BACKUPS = 3
# A program that crashes on its first imports does so within this time.
START_SECONDS = 3
START_RETRIES = 1000  # with one second more between each two, this is "until it works"
LOG_TAIL_LINES = 12
REAPER = Program("reaper", ("python", "-m", "deploy.local.reap"))
SERVERS, APPLICATION = "servers", "application"
"""The groups, in starting order: what stops together."""


class SupervisionError(Exception):
    """supervisord cannot be used or a program does not start; the message says which and why."""


@dataclass(frozen=True)
class ProgramState:
    """What supervisord says about a program: a state such as RUNNING or BACKOFF, and its pid."""

    group: str
    name: str
    state: str
    pid: int
    description: str


class Supervisor:
    """One supervisord over `servers`, which start with it, and the `application` above them, which
    starts by `start`. What is in one of the two stops together: first the application, and when
    none of it is left, what it needed.

    `sockets` holds its control socket, `logs` the logs, `folder` its configuration.
    """

    def __init__(
        self,
        servers: Sequence[Program],
        application: Sequence[Program],
        *,
        folder: Path,
        logs: Path,
        sockets: Path,
    ) -> None:
        self.programs = {program.name: program for program in (*servers, *application)}
        self._groups = {SERVERS: servers, APPLICATION: application}
        self.control_socket = sockets / "supervisor.sock"
        self._folder = folder
        self.logs = logs
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self, environment: Mapping[str, str]) -> int:
        """Start supervisord in a session of its own, away from the terminal's Ctrl-C.

        Its programs get `environment`. Returns its process id.
        """
        configuration = self._folder / leftovers.CONFIGURATION
        configuration.write_text(self._configuration(), encoding="utf-8")
        self.control_socket.unlink(missing_ok=True)
        command = ["python", "-m", "supervisor.supervisord", "-n", "-s", "-c", str(configuration)]
        with (self.logs / "supervisord.out").open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                launch_command(runnable(tuple(command))),
                env={**environment, "TZ": ZONE},
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + CONTROL_SECONDS
        while not self.control_socket.exists():
            if not self.is_alive() or time.monotonic() > deadline:
                said = (self.logs / "supervisord.out").read_text(errors="replace")
                raise SupervisionError(f"supervisord did not start: {said.strip()[-500:]}")
            time.sleep(POLL_SECONDS)
        return self._process.pid

    def start(self, name: str) -> None:
        """Start a program that does not run; returns without waiting for it. Raises
        SupervisionError for an unknown name."""
        address = _address(self.control_socket, name)
        control(self.control_socket).startProcess(address, False)

    def states(self) -> list[ProgramState]:
        """Return what every program is doing, in starting order; empty when supervisord is gone."""
        known = {state.name: state for state in program_states(self.control_socket)}
        return [known[name] for name in self.programs if name in known]

    def has_failed(self, name: str) -> bool:
        """Whether a program is down (crashed at least once since it was started)."""
        failed = {"BACKOFF", "FATAL", "EXITED"}
        return any(state.name == name and state.state in failed for state in self.states())

    def all_run(self) -> bool:
        """Whether every program has been up for `START_SECONDS`."""
        return all(state.state == "RUNNING" for state in self.states())

    def log_tail(self, name: str) -> str:
        """The last lines a program wrote."""
        path = self.logs / f"{name}.log"
        if not path.exists():
            return ""
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def is_alive(self) -> bool:
        """Whether supervisord runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self, at_once: Callable[[], bool] = lambda: False) -> None:
        """Stop the application, then its servers, then supervisord itself; when `at_once` becomes
        true meanwhile, without waiting for what they have begun."""
        if self._process is None:
            return
        if self.is_alive():
            self._process.terminate()
        # Each program has its own limit, after which supervisord kills it.
        groups = ((REAPER,), *filter(None, self._groups.values()))
        patience = sum(max(program.stop_seconds for program in group) for group in groups)
        deadline = time.monotonic() + patience
        while self.is_alive() and time.monotonic() < deadline and not at_once():
            time.sleep(POLL_SECONDS)
        if self.is_alive():
            leftovers.kill(self._folder)
            self._process.kill()
        self._process.wait()
        self._process = None

    def _log_folder(self) -> str:
        """Relative to the folder supervisord runs in: it mangles some signs in absolute paths."""
        return os.path.relpath(self.logs, self._folder)

    def _configuration(self) -> str:
        logs = self._log_folder()
        sections: list[tuple[str, dict[str, Any]]] = [
            ("unix_http_server", {"file": self.control_socket, "chmod": "0700"}),
            (
                "supervisord",
                {
                    "logfile": f"{logs}/supervisord.log",
                    "pidfile": leftovers.PID_FILE,
                    "childlogdir": logs,
                    "minfds": 1024,
                },
            ),
            (
                "rpcinterface:supervisor",
                {
                    "supervisor.rpcinterface_factory": (
                        "supervisor.rpcinterface:make_main_rpcinterface"
                    )
                },
            ),
        ]
        sections.append((f"eventlistener:{REAPER.name}", self._listener_section()))
        for priority, (name, programs) in enumerate(self._groups.items(), start=1):
            if programs:
                names = ",".join(program.name for program in programs)
                sections.append((f"group:{name}", {"programs": names, "priority": priority}))
            at_once = name == SERVERS
            sections += [
                (f"program:{program.name}", self._section(program, place, at_once=at_once))
                for place, program in enumerate(programs)
            ]
        return "\n".join(_render(title, values) for title, values in sections)

    def _listener_section(self) -> dict[str, Any]:
        section = self._section(REAPER, 0, at_once=True)
        # What a listener prints is its answer to supervisord; what it has to say is an error.
        del section["redirect_stderr"]
        told = {
            name.replace("stdout", "stderr"): section.pop(name)
            for name in tuple(section)
            if name.startswith("stdout_")
        }
        return {**section, **told, "events": "PROCESS_STATE_EXITED", "stdout_logfile": "NONE"}

    def _section(self, program: Program, priority: int, *, at_once: bool) -> dict[str, Any]:
        command = runnable(program.command)
        if not at_once:
            command = launch_command(command)
        return {
            "command": shlex.join(command),
            "priority": priority,
            "autostart": str(at_once).lower(),
            "autorestart": "true",
            "startsecs": START_SECONDS,
            "startretries": START_RETRIES,
            "stopsignal": program.stop_signal.name.removeprefix("SIG"),
            "stopwaitsecs": program.stop_seconds,
            # After a kill -9 nothing of the process may stay behind.
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": f"{self._log_folder()}/{program.name}.log",
            "stdout_logfile_maxbytes": LOG_BYTES,
            "stdout_logfile_backups": LOG_BACKUPS,
        }


def control(socket: Path) -> Any:
    """Return supervisord's control interface behind a unix socket."""
    transport = SupervisorTransport(None, None, f"unix://{socket}")
    return xmlrpc.client.ServerProxy("http://localhost", transport=transport).supervisor


def program_states(socket: Path) -> list[ProgramState]:
    """Return the programs of the supervisord behind `socket`; empty when nobody answers."""
    with contextlib.suppress(OSError, http.client.HTTPException, xmlrpc.client.Error):
        return [
            ProgramState(
                info["group"], info["name"], info["statename"], info["pid"], info["description"]
            )
            for info in control(socket).getAllProcessInfo()
        ]
    return []


def restart(socket: Path, name: str) -> None:
    """Stop a program of the supervisord behind `socket` (killed if it does not end in its time)
    and start it; returns when it was asked to start. Raises SupervisionError for an unknown name.
    """
    halt(socket, name)
    control(socket).startProcess(_address(socket, name), False)


def halt(socket: Path, name: str) -> None:
    """Stop a program, as `restart` does, and wait until it has ended."""
    address = _address(socket, name)
    # Not running: then there is nothing to stop.
    with contextlib.suppress(xmlrpc.client.Fault):
        control(socket).stopProcess(address, True)


def _address(socket: Path, name: str) -> str:
    for state in program_states(socket):
        if state.name == name:
            return f"{state.group}:{name}"
    raise SupervisionError(f"There is no process {name!r}; `wenqi ps` lists them.")


def _render(title: str, values: Mapping[str, Any]) -> str:
    lines = [f"[{title}]"]
    for key, value in values.items():
        text = str(value)
        if any(sign in text for sign in (" ;", " #", "\n")):
            raise SupervisionError(
                f"The path {text!r} holds a character sequence that supervisord takes for a "
                "comment. Move the checkout to a folder with a simpler name."
            )
        lines.append(f"{key}={text.replace('%', '%%')}")
    return "\n".join(lines) + "\n"
