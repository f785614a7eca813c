"""Real processes of the application, started for one test and stopped by it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import requests

from config.settings import Settings
from deploy.local.launch import launch_command
from deploy.local.processes import Program, application_programs, runnable
from store.db import Database
from tests.support import filing
from tests.support.servers import free_port
from tests.support.waiting import PATIENCE_SECONDS, wait_for

LOG_TAIL_CHARS = 4000
NOT_SERVED = ("DATABASE_OWNER_URL", "DATABASE_AUDITOR_URL")


class App:
    """Some of the application's processes against one database and one broker.

    `names` as in `deploy.local.processes`: api, relay, worker-assess, worker-notify,
    worker-remind, beat.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        operators = f"127.0.0.1:{free_port()}"
        self.operator_url = f"http://{operators}"
        self.environment = {
            "PUBLIC_URL": self.base_url,
            "OPERATOR_LISTEN": operators,
            **environment,
        }
        programs = application_programs(
            host="127.0.0.1", port=self.port, schedule=folder / "beat-schedule"
        )
        self.programs: dict[str, Program] = {program.name: program for program in programs}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start the named processes (all without names); waits until the API answers."""
        for name in names or tuple(self.programs):
            command = launch_command(runnable(self.programs[name].command), signal_name="SIGKILL")
            with self._log(name).open("ab") as output:
                self.processes[name] = subprocess.Popen(
                    command,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=self.full_environment(),
                    cwd=self.folder,
                    start_new_session=True,
                )
        if not names or "api" in names:
            wait_for(self._api_answers, "the API answers")

    def full_environment(self) -> dict[str, str]:
        """What the processes see: the outer environment with the application's settings, less the
        logins that none of them needs."""
        return {**os.environ, **self.environment, **dict.fromkeys(NOT_SERVED, "")}

    @cached_property
    def known(self) -> dict[str, str]:
        """The headers of a trusted sending system, which states who files (`filing.STATED`)."""
        settings = Settings.from_env(self.environment)
        database = Database(settings.database_url, pool_size=1)
        try:
            return filing.credentials(database, settings)
        finally:
            database.close()

    def pid(self, name: str) -> int:
        """Process id of a started process (a Celery worker's or granian's parent)."""
        return self.processes[name].pid

    def kill(self, name: str) -> None:
        """`kill -9` the process and its children, as a power cut would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, *names: str) -> None:
        """Ask the named processes (all without names) to stop and wait until they have."""
        chosen = names or tuple(reversed(self.processes))
        for name in chosen:
            self.processes[name].send_signal(self.programs[name].stop_signal)
        for name in chosen:
            process = self.processes.pop(name)
            try:
                process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise AssertionError(f"{name} did not stop: {self.log(name)}") from None

    def is_running(self, name: str) -> bool:
        """Whether the process has been started and has not ended."""
        return name in self.processes and self.processes[name].poll() is None

    def log(self, name: str) -> str:
        """The last part of what the process wrote."""
        return self.written(name)[-LOG_TAIL_CHARS:]

    def written(self, name: str) -> str:
        """All that the process wrote."""
        return self._log(name).read_text(encoding="utf-8", errors="replace")

    def _api_answers(self) -> bool:
        assert self.is_running("api"), f"api ended: {self.log('api')}"
        try:
            return requests.get(f"{self.base_url}/healthz", timeout=5).ok
        except (requests.ConnectionError, requests.Timeout):
            return False

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"
