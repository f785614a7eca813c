"""`wenqi up` as a person uses it: real servers, real processes, one folder."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from cli.demo import person
from cli.demo.http import call
from cli.demo.samples import load_samples
from cli.up import answers
from deploy.local.instance import Instance
from deploy.local.supervise import program_states
from tests.support.applications import tenant_body
from tests.support.servers import free_port
from tests.support.waiting import PATIENCE_SECONDS, wait_for

WENQI = [sys.executable, "-m", "cli.main"]
START_SECONDS = 2 * PATIENCE_SECONDS


class Up:
    """A running `wenqi up` and what it has printed so far."""

    def __init__(self, folder: Path, *options: str, env: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [*WENQI, "up", "--var", str(folder), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**clean_environment(), **(env or {})},
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def printed(self, pattern: str) -> re.Match[str]:
        def look() -> re.Match[str] | None:
            found = re.search(pattern, self.text)
            assert found or self.process.poll() is None, f"ended early:\n{self.text}"
            return found

        found = wait_for(look, f"prints {pattern!r}", START_SECONDS)
        assert found
        return found

    def ended(self) -> int:
        status = self.process.wait(START_SECONDS)
        self._reader.join(10)
        return status


def clean_environment() -> dict[str, str]:
    """The outer environment without servers of its own."""
    ours = {"DATABASE_URL", "REDIS_URL", "PORT", "ONCE", "DEMO"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def wenqi(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WENQI, *arguments], env=clean_environment(), capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="wenqi-") as made:
        yield Path(made) / "var"


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def run(*options: str, env: Mapping[str, str] | None = None) -> Up:
        started.append(Up(folder, *options, env=env))
        return started[-1]

    yield run
    for up in started:
        if up.process.poll() is None:
            up.process.terminate()
            up.process.wait(PATIENCE_SECONDS)


def processes_of(folder: Path) -> list[psutil.Process]:
    """Every process whose command line mentions the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(folder) in part for part in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def pids_of(folder: Path) -> dict[str, int]:
    """The processes that run, as `wenqi ps` lists them, without its start."""
    running = Instance(folder).running()
    assert running
    states = program_states(Path(running.control_socket))
    return {state.name: state.pid for state in states if state.state == "RUNNING"}


def receipts(text: str) -> set[str]:
    return set(re.findall(r"^(WQ\S+)", text, re.MULTILINE))


def kill_9_of_everything_above_leaves_nothing_behind(
    folder: Path, start: Callable[..., Up]
) -> None:
    """Not that a next start would mind."""
    up = start("--port", "0")
    up.printed("database schema is up to date")
    up.process.kill()
    up.process.wait()
    wait_for(lambda: not processes_of(folder), "all processes end")


def kill_9_and_a_start_at_once(folder: Path, port: int, up: Up, start: Callable[..., Up]) -> None:
    """On the same port; then Ctrl-C, and once more because it takes long."""
    names = {process.name() for process in processes_of(folder)}
    assert {"postgres", "valkey-server"} <= names
    killed = pids_of(folder)
    up.process.kill()
    again = start("--port", str(port))
    again.printed("an earlier run has not ended yet")
    again.printed(f"serves at http://127.0.0.1:{port}")
    assert not set(killed.values()) & set(pids_of(folder).values())
    again.process.send_signal(signal.SIGINT)
    again.printed("stopping")
    again.process.send_signal(signal.SIGINT)
    assert again.ended() == 0
    assert "Traceback" not in again.text
    assert processes_of(folder) == []
    assert wenqi("ps", "--var", str(folder)).returncode == 1


def killed_processes_come_back(folder: Path, up: Up) -> int:
    """The process id that the relay had before."""
    listed = wenqi("ps", "--var", str(folder)).stdout
    killed = {name: pids_of(folder)[name] for name in ("worker-assess", "api", "relay")}
    for name, pid in killed.items():
        assert re.search(rf"^{name} +RUNNING +pid {pid}\b", listed, re.MULTILINE)
        os.kill(pid, signal.SIGKILL)
    for name in killed:
        up.printed(f"{name} had ended and was started again")
    return killed["relay"]


def the_account_that_is_printed_logs_in(folder: Path, url: str, up: Up) -> None:
    """Its password was made at the first start and is kept beside the data."""
    said = up.printed(rf"account for {url}/desk/: login (\S+), password (\S+)\n")
    login, password = said.groups()
    kept = folder / person.FILE
    assert json.loads(kept.read_text(encoding="utf-8"))["password"] == password
    assert (len(password) >= 16, kept.stat().st_mode & 0o777) == (True, 0o600)
    begun = call(f"{url}/api/v1/session", None, {"login": login, "password": password})
    assert begun.body["stage"] == "open"


@pytest.mark.timeout(2400)
def test_a_day_with_make_run(folder: Path, start: Callable[..., Up]) -> None:
    kill_9_of_everything_above_leaves_nothing_behind(folder, start)
    port = free_port()
    up = start("--port", str(port), "--demo-if-empty")
    url = up.printed(r"serves at (http://127\.0\.0\.1:\d+)")[1]
    the_account_that_is_printed_logs_in(folder, url, up)
    filed = call(f"{url}/api/v1/applications", None, tenant_body()).body
    code = call(f"{filed['status_url']}/contact/code", filed["access_code"], {"channel": "sms"})
    assert code.body["sent_to"] == "138****0000"
    assert up.printed(rf"验证码：(\d{{6}}).*{filed['receipt']}")
    assert url == f"http://127.0.0.1:{port}"
    count = len(load_samples())
    assert f"{count} of {count} samples processed" in up.text
    first_receipts = receipts(up.text)
    assert len(first_receipts) == count

    # Only the ports of API and Valkey, and only on loopback.
    ours = {process.pid for process in processes_of(folder)} | {up.process.pid}
    listening = {
        connection.laddr
        for pid in ours
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert {address.ip for address in listening} == {"127.0.0.1"}

    # The same folder a second time, and the same port from another folder.
    second = wenqi("up", "--var", str(folder), "--port", "0")
    assert (second.returncode, second.stdout) == (1, "")
    assert f"already running from this folder at {url}" in second.stderr
    with tempfile.TemporaryDirectory() as other:
        busy = wenqi("up", "--var", f"{other}/var", "--port", str(port))
    assert busy.returncode == 1
    assert f"Port {port} cannot be used" in busy.stderr
    assert re.search(r"held by process \d+ \(.*python.*\)", busy.stderr), busy.stderr
    assert "Traceback" not in second.stderr + busy.stderr

    relay = killed_processes_come_back(folder, up)

    # So does one that is asked for, even when it hangs.
    stopped = pids_of(folder)["relay"]
    assert stopped != relay
    os.kill(stopped, signal.SIGSTOP)
    asked = wenqi("restart", "relay", "--var", str(folder))
    assert (asked.returncode, asked.stderr) == (0, "")
    wait_for(lambda: pids_of(folder).get("relay", stopped) != stopped, "the relay is another")
    unknown = wenqi("restart", "nobody", "--var", str(folder))
    assert (unknown.returncode, "There is no process 'nobody'" in unknown.stderr) == (1, True)

    wait_for(lambda: answers(f"{url}/readyz"), "the API answers again")
    demo = wenqi("demo", "--var", str(folder))
    assert demo.returncode == 0, demo.stderr
    assert receipts(demo.stdout) == first_receipts

    assert "Traceback" not in up.text
    kill_9_and_a_start_at_once(folder, port, up, start)

    again = start("--port", "0", "--once", "--demo-if-empty")
    assert again.ended() == 0
    assert receipts(again.text) == set(), "samples are for an empty instance"
    assert f"{count + 1} applications are here already" in again.text, "the data has survived"
    assert processes_of(folder) == []


@pytest.mark.timeout(1500)
def test_servers_of_ones_own_replace_the_embedded_ones(
    folder: Path, start: Callable[..., Up], fresh_database_url: Callable[..., str], redis_url: str
) -> None:
    env = {"DATABASE_URL": fresh_database_url(), "REDIS_URL": redis_url}
    up = start("--port", "0", "--once", env=env)
    assert up.ended() == 0, up.text
    assert receipts(up.text) == set(), "nobody asked for samples"
    assert not (folder / "postgres").exists()
    assert not (folder / "valkey").exists()


def test_foreseeable_troubles_are_sentences(folder: Path) -> None:
    folder.mkdir()
    (folder / "postgres").mkdir()
    without_secret = wenqi("up", "--var", str(folder), "--port", "0")
    wrong_port = wenqi("up", "--var", str(folder), "--port", "70000")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        busy = wenqi("up", "--var", str(folder), "--port", str(port))
    expected = ("backup", "PORT must be", f"make run PORT={port + 1}")
    for answer, words in zip((without_secret, wrong_port, busy), expected, strict=True):
        assert answer.returncode == 1
        assert words in answer.stderr
        assert "Traceback" not in answer.stderr
