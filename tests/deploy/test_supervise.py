"""How programs stop under supervisord: together, and after them what they need."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.processes import Program
from deploy.local.supervise import Supervisor, halt
from tests.support.supervised import supervised_folder
from tests.support.waiting import wait_for
from vocabulary.zone import CHINA

BODY = """
import pathlib, signal, sys, time
name, *others = sys.argv[1:]

def stop(*_):
    pathlib.Path(name + ".told").touch()
    # Who is stopped before the others were told waits for them in vain, and is killed.
    while not all(pathlib.Path(other).exists() for other in others):
        time.sleep(0.01)
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


def program(name: str, *needed: str) -> Program:
    return Program(name, ("python", "program.py", name, *needed), stop_seconds=5)


def test_the_application_stops_together_and_its_servers_after_it(folder: Path) -> None:
    application = [
        program("first", "second.told"),
        program("second", "first.told"),
    ]
    # Told first, it would never end: nothing below it has begun to.
    servers = [program("server", "first.ended", "second.ended")]
    supervisor = Supervisor(
        servers, application, folder=folder, logs=folder / "log", sockets=folder
    )
    supervisor.launch(os.environ)
    for one in application:
        supervisor.start(one.name)
    names = [one.name for one in (*servers, *application)]
    assert [state.name for state in supervisor.states()] == names
    for name in names:
        wait_for((folder / f"{name}.up").exists, f"{name} runs")
    supervisor.stop()
    assert not supervisor.is_alive()
    assert (folder / "log" / "reaper.log").read_text("utf-8") == "", "errors alone, no protocol"
    said = (folder / "log" / "supervisord.log").read_text("utf-8")
    assert "killing" not in said, said
    logged = datetime.fromisoformat(said[:19]).replace(tzinfo=CHINA)
    assert datetime.now(CHINA) - logged < timedelta(hours=1), "in China's time, as every log"
    assert [name for name in names if (folder / f"{name}.ended").exists()] == names
    told = said.partition("waiting for")[2]
    assert told.index("stopped: server") > max(told.index(f"stopped: {n}") for n in names[1:]), said


def test_what_was_stopped_begins_again_by_its_name_whatever_it_stops_with(folder: Path) -> None:
    supervisor = Supervisor(
        [program("server")], [program("one")], folder=folder, logs=folder / "log", sockets=folder
    )
    supervisor.launch(os.environ)
    supervisor.start("one")
    for name in ("server", "one"):
        up = folder / f"{name}.up"
        wait_for(up.exists, f"{name} runs")
        halt(supervisor.control_socket, name)
        up.unlink()
        supervisor.start(name)
        wait_for(up.exists, f"{name} runs again")
    supervisor.stop()
