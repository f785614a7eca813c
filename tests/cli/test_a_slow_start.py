"""How long a start waits: minutes for processes that still load, not at all for what has failed.

On a clock of its own, which goes on only while somebody sleeps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from cli import up
from deploy.local import embedded
from deploy.local.instance import InstanceError
from deploy.local.processes import Program
from deploy.local.supervise import ProgramState, Supervisor

NEVER = float("inf")
BUSY_MACHINE_SECONDS = 290
"""Two starts of one day took longer than 90 seconds, with every process still loading."""


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Processes:
    """What a start asks a supervisor; all run from `ready_at` on, one fails at `fails_at`."""

    def __init__(self, clock: Clock, *, ready_at: float, fails_at: float, anew_at: float) -> None:
        self._clock, self._ready_at, self._fails_at = clock, ready_at, fails_at
        self._anew_at = anew_at
        self.started: list[str] = []

    def start(self, name: str) -> None:
        self.started.append(name)

    def all_run(self) -> bool:
        return self._clock.now >= self._ready_at

    def has_failed(self, name: str) -> bool:
        return name == "relay" and self._clock.now >= self._fails_at

    def states(self) -> list[ProgramState]:
        """The relay's pid is another once it was begun anew."""
        pid = 7 + (self._clock.now >= self._anew_at)
        return [ProgramState("application", "relay", "RUNNING", pid, "")]

    def log_tail(self, name: str) -> str:
        return f"the last words of {name}"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(embedded, "time", made)
    monkeypatch.setattr(up, "answers", lambda _url: True)
    return made


def begun(
    clock: Clock, *, ready_at: float, fails_at: float = NEVER, anew_at: float = NEVER
) -> Callable[[], None]:
    processes = Processes(clock, ready_at=ready_at, fails_at=fails_at, anew_at=anew_at)
    programs = (Program("api", ()), Program("relay", ()))
    supervisor = cast("Supervisor", processes)
    return lambda: up._start_application(supervisor, programs, "http://127.0.0.1:1")


def test_what_still_loads_on_a_busy_machine_is_waited_for(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    begun(clock, ready_at=BUSY_MACHINE_SECONDS)()
    assert clock.now >= BUSY_MACHINE_SECONDS
    assert "API, relay, workers and beat are up" in capsys.readouterr().out


def test_what_never_comes_up_ends_the_start_with_the_last_words_of_the_api(clock: Clock) -> None:
    with pytest.raises(InstanceError, match=r"Not everything starts(.|\n)*last words of api"):
        begun(clock, ready_at=NEVER)()
    assert clock.now < 2 * BUSY_MACHINE_SECONDS


def test_what_has_failed_ends_the_start_at_once_and_is_named(clock: Clock) -> None:
    with pytest.raises(InstanceError, match="the last words of relay"):
        begun(clock, ready_at=NEVER, fails_at=2)()
    assert clock.now < 2 + 1


def test_what_ends_after_loading_for_long_and_is_begun_anew_has_failed(clock: Clock) -> None:
    with pytest.raises(InstanceError, match="the last words of relay"):
        begun(clock, ready_at=NEVER, anew_at=9)()
    assert clock.now < 9 + 1
