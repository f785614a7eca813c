"""What a killed run left behind is found, told from everything else, and ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local import leftovers
from deploy.local.processes import Program
from deploy.local.supervise import Supervisor
from tests.support.supervised import supervised_folder
from tests.support.waiting import wait_for

BODY = """
import pathlib, signal, subprocess, sys, time
name, deaf = sys.argv[1], sys.argv[2:] == ["deaf"]

def stop(*_):
    if not deaf:
        pathlib.Path(name + ".ended").touch()
        sys.exit()

signal.signal(signal.SIGTERM, stop)
pathlib.Path(name + ".up").touch()
while True:
    time.sleep(1)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with supervised_folder(BODY) as made:
        yield made


@pytest.fixture
def run(folder: Path) -> Iterator[Callable[..., Supervisor]]:
    """Starts a run of one program, "plain" or "deaf", and returns its supervisor."""
    made: list[Supervisor] = []

    def begin(name: str) -> Supervisor:
        program = Program(name, ("python", "program.py", name, name))
        made.append(Supervisor([program], (), folder=folder, logs=folder / "log", sockets=folder))
        made[-1].launch(os.environ)
        wait_for((folder / f"{name}.up").exists, "the program runs")
        wait_for((folder / leftovers.PID_FILE).exists, "supervisord wrote its pid")
        return made[-1]

    yield begin
    for supervisor in made:
        supervisor.stop(at_once=lambda: True)


@pytest.fixture
def stranger() -> Iterator[Callable[..., int]]:
    """Begins a session that has nothing to do with a run and sleeps; returns its number.

    `leaves`: a child goes on in it that works in this folder, and the leader is gone.
    """
    begun: list[int] = []

    def begin(leaves: Path | None = None) -> int:
        sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
        if leaves is None:
            process = subprocess.Popen(sleep, start_new_session=True)
        else:
            code = (
                "import subprocess, sys; print(subprocess.Popen(sys.argv[2:], cwd=sys.argv[1]).pid)"
            )
            process = subprocess.Popen(
                [sys.executable, "-c", code, str(leaves), *sleep],
                start_new_session=True,
                stdout=subprocess.PIPE,
            )
            assert process.stdout
            begun.append(int(process.stdout.readline()))
            process.wait()
            return process.pid
        begun.append(process.pid)
        return process.pid

    yield begin
    for pid in begun:
        os.kill(pid, signal.SIGKILL)


def test_a_run_that_still_ends_is_waited_for(folder: Path, run: Callable[..., Supervisor]) -> None:
    supervisor = run("plain")
    found = leftovers.members(folder)
    assert len(found) >= 3, "supervisord, its reaper and the program"
    said: list[str] = []
    leftovers.end(folder, said.append)
    who = f"process {found[0].pid} and {len(found) - 1} more"
    assert said == [f"an earlier run has not ended yet ({who}); ending it ..."]
    assert leftovers.members(folder) == []
    assert (folder / "plain.ended").exists(), "in its own time"
    assert not supervisor.is_alive()
    leftovers.end(folder, said.append)
    assert len(said) == 1, "there is nothing to say of what has ended"


def test_what_outlived_its_supervisor_and_does_not_listen_is_killed(
    folder: Path, run: Callable[..., Supervisor], monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = run("deaf")
    leader, *rest = leftovers.members(folder)
    leader.kill()
    wait_for(lambda: not supervisor.is_alive(), "supervisord ends")
    assert set(leftovers.members(folder)) & set(rest), "the program is found without it"
    monkeypatch.setattr(leftovers, "ORDERLY_SECONDS", 0.5)
    leftovers.end(folder, lambda _: None)
    assert leftovers.members(folder) == []
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in rest)
    assert not (folder / leftovers.PID_FILE).exists()


def test_to_end_at_once_waits_for_nobody(folder: Path, run: Callable[..., Supervisor]) -> None:
    supervisor = run("deaf")
    found = leftovers.members(folder)
    supervisor.stop(at_once=lambda: True)
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in found)
    assert "killing" not in (folder / "log" / "supervisord.log").read_text("utf-8")


def test_who_got_the_number_since_is_left_alone(folder: Path, stranger: Callable[..., int]) -> None:
    pid = stranger()
    (folder / leftovers.PID_FILE).write_text(f"{pid}\n", "ascii")
    assert leftovers.members(folder) == []
    leftovers.end(folder, pytest.fail)
    assert psutil.Process(pid).status() != psutil.STATUS_ZOMBIE

    elsewhere = stranger(leaves=Path("/"))
    (folder / leftovers.PID_FILE).write_text(f"{elsewhere}\n", "ascii")
    assert leftovers.members(folder) == [], "it works elsewhere"
    inside = stranger(leaves=folder)
    (folder / leftovers.PID_FILE).write_text(f"{inside}\n", "ascii")
    assert len(leftovers.members(folder)) == 1, "what works in the folder is its run's"


@pytest.mark.parametrize("content", [None, "", "half"])
def test_without_a_number_there_is_nobody(folder: Path, content: str | None) -> None:
    if content is not None:
        (folder / leftovers.PID_FILE).write_text(content, "ascii")
    leftovers.end(folder, pytest.fail)


def test_who_holds_a_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = leftovers.holder(port)
        assert said
        assert said.startswith(f"process {os.getpid()} (")
        assert "python" in said or "pytest" in said
        assert len(said) < 100
    assert leftovers.holder(port) is None
