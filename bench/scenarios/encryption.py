"""What encrypting personal data costs: Wenqi beside itself with a cipher that passes everything
through, side by side on the same servers, each with its own database, in short blocks.

A block is so many applications accepted over HTTP and then decided; meanwhile the other's processes
stand still. Four blocks make a round, by turns begun by either (ABBA, BAAB), so that whatever
drifts hits both alike; their order within a second leaves nothing else to differ. Counted is CPU,
of the processes and of the PostgreSQL backends of the block's own database, in nanoseconds as the
system accounts for each thread. What the servers do for both (checkpoints, the log's writer,
autovacuum) cannot be told apart and is not counted.
"""

from __future__ import annotations

import math
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench import REPOSITORY, load, rows
from bench.contenders import WENQI, Stand, stand
from bench.machine import BenchError, Machine, Running, family
from cli.tables import numbers
from tests.support.waiting import poll

BLOCK = 200
"""Applications of a block."""
ROUNDS = 100
WARM_ROUNDS = 2
SECONDS = 300.0
"""No round begins later than this after the first."""
MOST = 1.05
"""What encryption may cost, as a ratio of CPU."""
_CONNECTIONS = 8
_PATIENCE_SECONDS = 60.0
_FIRST = {"encrypted": 0, "in clear": 5_000_000}
_FOLDER = REPOSITORY / "bench" / "in_clear"
_PATH = os.pathsep.join(filter(None, [str(_FOLDER), str(REPOSITORY)]))

IN_CLEAR = replace(WENQI, name="in_clear", title="in clear", variables={"PYTHONPATH": _PATH})


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU milliseconds per application of a block, accepted and decided."""

    accepted: float
    decided: float

    @property
    def both(self) -> float:
        """From the request to the decision."""
        return self.accepted + self.decided


@dataclass(slots=True)
class Round:
    """The blocks of both in one round, two of each."""

    encrypted: list[Cost] = field(default_factory=list)
    in_clear: list[Cost] = field(default_factory=list)

    def ratio(self, part: Callable[[Cost], float]) -> float:
        """Encrypted / in clear."""
        return math.fsum(map(part, self.encrypted)) / math.fsum(map(part, self.in_clear))


PARTS: Sequence[tuple[str, Callable[[Cost], float]]] = (
    ("accepted", lambda one: one.accepted),
    ("decided", lambda one: one.decided),
    ("both", lambda one: one.both),
)


class _Side:
    """One of the two: its processes, which stand still unless a block of theirs is under way."""

    def __init__(self, place: Stand, first_serial: int) -> None:
        self._place = place
        self._working = place.work()
        self._serving = place.serve()
        self._conn = place.connect()
        self._make = load.requests(first_serial)
        if not poll(lambda: bool(self._backends()), _PATIENCE_SECONDS, place.machine.check):
            raise BenchError(f"{place.contender.title}: nobody has come to the database")
        self._suspend(self._serving + self._working)

    def block(self) -> Cost:
        """Accept and decide so many applications."""
        stored = rows.visits(self._conn)
        with self._at_work(self._serving) as accepted:
            answered = load.send(self._place.port, self._make, BLOCK, connections=_CONNECTIONS)
        if answered != BLOCK:
            raise BenchError(f"{self._place.contender.title}: accepted {answered} of {BLOCK}")
        with self._at_work(self._working) as decided:
            if not poll(lambda: rows.nothing_waits(self._conn), _PATIENCE_SECONDS):
                raise BenchError(f"{self._place.contender.title}: a block is not decided")
        if rows.visits(self._conn) - stored != BLOCK:
            raise BenchError(f"{self._place.contender.title}: not a visit for each application")
        return Cost(*(used[0] / BLOCK for used in (accepted, decided)))

    def close(self) -> None:
        """Let go of the database."""
        self._conn.close()

    @contextmanager
    def _at_work(self, group: Sequence[Running]) -> Iterator[list[float]]:
        """Let a group go on for a while; the list holds the milliseconds of CPU afterwards."""
        used: list[float] = []
        before = self._cpu()
        for one in group:
            one.resume()
        yield used
        self._suspend(group)
        after = self._cpu()
        used.append(sum(ms - before.get(pid, 0.0) for pid, ms in after.items()))

    @staticmethod
    def _suspend(group: Sequence[Running]) -> None:
        for one in group:
            one.suspend()

    def _cpu(self) -> dict[int, float]:
        """Milliseconds so far of every process and backend of this side."""
        ours = [
            process.pid
            for one in (*self._serving, *self._working)
            for process in (one.process, *family(one.process))
        ]
        return {pid: _cpu_ms(pid) for pid in (*ours, *self._backends())}

    def _backends(self) -> list[int]:
        """Of the application's connections; ours, which looks on, is none of them."""
        found = self._conn.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in found]


def measure(machine: Machine, say: Callable[[str], None]) -> list[Round]:
    """Up to ROUNDS rounds. Raises BenchError."""
    with ExitStack() as ended:
        sides = _sides(machine, ended)
        for number in range(WARM_ROUNDS):
            _round(sides, number)
        say("both are warm")
        begun, measured = time.monotonic(), list[Round]()
        while len(measured) < ROUNDS and time.monotonic() - begun < SECONDS:
            machine.check()
            measured.append(_round(sides, len(measured)))
            if len(measured) % 10 == 0:
                so_far = statistics.median(one.ratio(PARTS[-1][1]) for one in measured)
                say(f"{len(measured)} rounds of four blocks: CPU x {so_far:.3f}")
    return measured


def _sides(machine: Machine, ended: ExitStack) -> tuple[_Side, _Side]:
    """Encrypted, in clear: each with a database of PostgreSQL and of Valkey."""
    places = []
    for number, contender in enumerate((WENQI, IN_CLEAR)):
        broker = urlunsplit(urlsplit(machine.valkey.url)._replace(path=f"/{number}"))
        places.append(stand(contender, machine, {"REDIS_URL": broker}))
        ended.callback(machine.drop_database, Stand.database_name(contender))
    ended.callback(machine.stop)
    ours, clear = (
        _Side(place, first) for place, first in zip(places, _FIRST.values(), strict=True)
    )
    ended.callback(ours.close)
    ended.callback(clear.close)
    return ours, clear


def _round(sides: tuple[_Side, _Side], number: int) -> Round:
    made = Round()
    into = dict(zip(sides, (made.encrypted, made.in_clear), strict=True))
    order = (0, 1, 1, 0) if number % 2 == 0 else (1, 0, 0, 1)
    for which in order:
        into[sides[which]].append(sides[which].block())
    return made


def _cpu_ms(pid: int) -> float:
    """Milliseconds that a process has run; of its threads that are there now."""
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
        except FileNotFoundError:
            continue
    return total / 1e6


def interval(ratios: Sequence[float]) -> tuple[float, float]:
    """Between which two of the ordered ratios the true median lies with 95 % (sign test): no shape
    of what disturbs is taken for granted. Of at least six."""
    ordered, count = sorted(ratios), len(ratios)
    below, cut = 0.0, 0
    while below + math.comb(count, cut) / 2**count <= 0.025:
        below += math.comb(count, cut) / 2**count
        cut += 1
    return ordered[cut - 1], ordered[count - cut]


def text(measured: Sequence[Round], foreign_share: float) -> str:
    """Medians of both, of the ratios within the rounds the median and its interval, and whether the
    target is met."""
    table: list[Sequence[str]] = [
        ("CPU ms per application", "encrypted", "in clear", "ratio", "95 % interval")
    ]
    low = high = math.nan
    for title, part in PARTS:
        ours, clear = (
            statistics.median(part(cost) for one in measured for cost in side(one))
            for side in (lambda one: one.encrypted, lambda one: one.in_clear)
        )
        ratios = [one.ratio(part) for one in measured]
        low, high = interval(ratios)
        table.append(
            (
                title,
                f"{ours:.3f}",
                f"{clear:.3f}",
                f"{statistics.median(ratios):.3f}",
                f"{low:.3f}-{high:.3f}",
            )
        )
    verdict = "met" if high <= MOST else "MISSED" if low > MOST else "not decided"
    how = f"{len(measured)} rounds of four blocks (ABBA) of {BLOCK} applications; "
    beside = f"other processes took {foreign_share:.0%} of the machine meanwhile."
    target = f"Target, at most {MOST - 1:.0%} for both: {verdict}."
    return "\n".join((*numbers(table), how + beside, target))
