"""CPU seconds and memory of process trees."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

from bench.machine import Running

SAMPLE_SECONDS = 0.5
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Use:
    """What was used while a meter ran: CPU seconds of the contender's processes and of the two
    servers, the highest memory (proportional set size, so that shared pages count once), and the
    share of all cores that processes outside the benchmark took."""

    app_cpu: float
    server_cpu: float
    app_peak_mib: float
    server_peak_mib: float
    foreign_share: float

    @property
    def cpu(self) -> float:
        """CPU seconds altogether."""
        return self.app_cpu + self.server_cpu


class Meter:
    """`with Meter(app, servers) as meter: …` then `meter.use`."""

    def __init__(self, app: Sequence[Running], servers: Sequence[Running]) -> None:
        self._groups = ([one.process for one in app], [one.process for one in servers])
        self._peaks = [0.0, 0.0]
        self._before = [0.0, 0.0]
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._foreign = Foreign()
        self.use = Use(0, 0, 0, 0, 0)

    def __enter__(self) -> Self:
        self._before = [cpu_seconds(group) for group in self._groups]
        self._foreign = Foreign()
        self._sampler.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        used = [
            cpu_seconds(group) - before
            for group, before in zip(self._groups, self._before, strict=True)
        ]
        self._ended.set()
        self._sampler.join()
        share = self._foreign.share()
        self.use = Use(used[0], used[1], self._peaks[0], self._peaks[1], share)

    def _sample(self) -> None:
        while True:
            for place, group in enumerate(self._groups):
                self._peaks[place] = max(self._peaks[place], memory_mib(group))
            if self._ended.wait(SAMPLE_SECONDS):
                return


class Foreign:
    """How much of the machine goes to processes that are none of ours, since it was made.

    Ours are this process and everything below it, generator and servers included.
    """

    def __init__(self) -> None:
        self._busy, self._ours, self._at = _busy(), _ours(), time.monotonic()

    def share(self) -> float:
        """0 to 1, of all cores."""
        used = (_busy() - self._busy) - (_ours() - self._ours)
        available = (time.monotonic() - self._at) * (psutil.cpu_count() or 1)
        return min(max(used / available, 0.0), 1.0)


def _busy() -> float:
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0)


def _ours() -> float:
    return cpu_seconds([psutil.Process()])


def cpu_seconds(roots: Iterable[psutil.Process]) -> float:
    """User and system time of the trees below `roots`, children that have ended included."""
    total = 0.0
    for process in _trees(roots):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def memory_mib(roots: Iterable[psutil.Process]) -> float:
    """Proportional set size of the trees, MiB (resident size where the system has no PSS)."""
    total = 0.0
    for process in _trees(roots):
        try:
            memory = process.memory_full_info()
            total += getattr(memory, "pss", 0) or memory.rss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / MIB


def _trees(roots: Iterable[psutil.Process]) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for root in roots:
        try:
            found += [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    return found
