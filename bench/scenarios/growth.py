"""Does it stay as fast when a lot is stored? Deciding, and reminders, over a growing database.

Every stored application has a visit to come and a pending reminder, so that a million stored
applications are a million pending reminders too. The relay is suspended while a burst of work is
laid out, and the rate is read from the commit times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import LiteralString

from bench import backlog, rows, stored
from bench.contenders import WENQI, Stand, stand
from bench.machine import BenchError, Machine, Running
from bench.meter import Meter, memory_mib
from bench.statistics import Spread
from deploy.local.processes import Program
from tests.support.waiting import poll

BURSTS = 3
PROCESSES = 2
BURST = 10_000
REMINDERS = 10_000
SECONDS = 90.0
FIRST_SERIAL = 6_000_000


@dataclass(frozen=True, slots=True)
class Level:
    """At `stored` applications: decided per second; milliseconds of CPU and of time per reminder
    (10,000 due besides `stored` pending) and the reminding worker's memory, MiB, before and after
    them. Reminders are sent at the smallest and the largest level only."""

    stored: int
    decided: Spread
    reminder_cpu_ms: Spread | None = None
    reminder_ms: Spread | None = None
    worker_mib: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Growth:
    """The levels in order of size, and decided per second by number of assessing processes, at
    the smallest of them."""

    levels: list[Level]
    processes: dict[int, Spread]


def measure(machine: Machine, sizes: Sequence[int], say: Callable[[str], None]) -> Growth:
    """One database that grows through `sizes`, measured at each. `say` is told how far it is."""
    place = stand(WENQI, machine)
    grown = Growth([], {})
    serials = iter(range(FIRST_SERIAL, stored.PATTERN_SERIAL, BURST))
    try:
        for size in sizes:
            stored.grow(place.database_url, place.environment, size)
            machine.wait_until_quiet()
            say(f"  {size:,} applications stored")
            level = _level(place, size, serials, reminders=size in (sizes[0], sizes[-1]))
            machine.stop()
            grown.levels.append(level)
            say(f"  {level.decided.median:,.0f} decided/s beside them")
            if not grown.processes:
                grown.processes[1] = Spread.of(
                    _bursts(place, _start(place, 1, next(serials)), serials)
                )
                grown.processes[PROCESSES] = level.decided
                machine.stop()
    finally:
        place.leave()
    return grown


def _level(place: Stand, size: int, serials: Iterator[int], *, reminders: bool) -> Level:
    running = _start(place, PROCESSES, next(serials))
    worker = next(one.process for one in running if one.program.name == "worker-remind")
    if not reminders:
        return Level(size, Spread.of(_bursts(place, running, serials)))
    sent, memory = [], []
    for seed in range(BURSTS):
        sent.append(_remind(place, running, seed))
        memory.append(memory_mib([worker]))
    return Level(
        size,
        Spread.of(_bursts(place, running, serials)),
        Spread.of([cpu for cpu, _ in sent]),
        Spread.of([wall for _, wall in sent]),
        (memory[0], memory[-1]),
    )


def _start(place: Stand, processes: int, serial: int) -> list[Running]:
    """Start the workers and wait until as many applications as there are processes, and one more,
    have been through them. Each is another enterprise's: two of one would share their visit, and
    its reminder."""
    programs = tuple(_with_processes(program, processes) for program in place.programs)
    running = replace(place, programs=programs).work()
    for number in range(processes + 1):
        backlog.fill(place.database_url, place.environment, 1, serial + number)
    _finish(place)
    return running


def _bursts(place: Stand, running: Sequence[Running], serials: Iterator[int]) -> list[float]:
    relay = _relay(running)
    rates: list[float] = []
    with place.connect() as conn:
        for _ in range(BURSTS):
            before = rows.newest_visit(conn)
            relay.suspend()
            backlog.fill(place.database_url, place.environment, BURST, next(serials))
            relay.resume()
            _finish(place)
            rates.append(rows.decided_per_second(conn, before)[1])
    return rates


def _relay(running: Sequence[Running]) -> Running:
    return next(one for one in running if one.program.name == "relay")


def _finish(place: Stand) -> None:
    with place.connect() as conn:
        if not poll(lambda: rows.nothing_due(conn), SECONDS, place.machine.check):
            raise BenchError("the workers do not get through their work")


# Visits of today that nobody has been reminded of, and an item that falls due for each. They keep
# the pending items they had: as many as before pend. Neighbours, because what falls due on one day
# was decided within a few days. Every time others, as far as there are others; never the copies'
# pattern.
_FALL_DUE: LiteralString = """
WITH chosen AS (
    UPDATE visit SET state = 'scheduled', reminded_for = NULL,
        planned_on = (app_now() AT TIME ZONE 'Asia/Shanghai')::date
    WHERE id IN (SELECT id FROM visit WHERE id <> %(pattern)s
        ORDER BY id LIMIT %(reminders)s OFFSET (SELECT CASE
            WHEN count(*) > (%(seed)s::int + 1) * %(reminders)s
            THEN %(seed)s::int * %(reminders)s ELSE 0 END FROM visit)) RETURNING id
)
INSERT INTO work_item (stage, subject_id, not_before, created_at)
SELECT 'remind', id, app_now(), app_now() FROM chosen
"""


def _remind(place: Stand, running: Sequence[Running], seed: int) -> tuple[float, float]:
    """Let reminders fall due. Returns milliseconds of CPU and of time for each."""
    relay = _relay(running)
    with place.connect() as conn:
        before = rows.newest_event(conn)
        relay.suspend()
        due = conn.execute(
            _FALL_DUE, {"pattern": stored.PATTERN, "reminders": REMINDERS, "seed": seed}
        ).rowcount
        with Meter(running, place.machine.servers) as meter:
            relay.resume()
            _finish(place)
        reminded, seconds = rows.reminding(conn, before)
    if not due or reminded != due:
        raise BenchError(f"{due} reminders were due and {reminded} were sent")
    return meter.use.cpu / due * 1000, seconds / due * 1000


def _with_processes(program: Program, processes: int) -> Program:
    if program.name != "worker-assess":
        return program
    return replace(program, command=(*program.command, "--concurrency", str(processes)))
