"""Does it stay as fast when a lot is stored? Deciding, and reminders, over a growing database.

Every stored application has a visit to come and a pending reminder, so that a million stored
applications are a million pending reminders too. The relay is suspended while a burst of work is
laid out, and the rate is read from the commit times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import LiteralString

from bench import backlog, rows, stored
from bench.contenders import WENQI, Stand, stand
from bench.machine import BenchError, Machine, Running, poll
from bench.meter import Meter, memory_mib
from bench.statistics import Spread
from cli.processes import Program

BURSTS = 3
BURST = 12_000
REMINDERS = 10_000
SECONDS = 90.0
FIRST_SERIAL = 6_000_000


@dataclass(frozen=True, slots=True)
class Level:
    """At `stored` applications: decided per second, milliseconds of CPU and of time per reminder
    (10,000 due besides `stored` pending), peak memory of the reminding worker, MiB."""

    stored: int
    decided: Spread
    reminder_cpu_ms: Spread
    reminder_ms: Spread
    worker_mib: float


def measure(machine: Machine, sizes: Sequence[int]) -> list[Level]:
    """One database that grows through `sizes`, measured at each."""
    place = stand(WENQI, machine)
    levels: list[Level] = []
    try:
        for number, size in enumerate(sizes):
            stored.grow(place.database_url, place.environment, size)
            try:
                levels.append(_level(place, size, FIRST_SERIAL + number * BURSTS * BURST))
            finally:
                machine.stop()
    finally:
        place.leave()
    return levels


def concurrency(machine: Machine, processes: int) -> Spread:
    """Decided per second with so many processes of the assessing worker."""
    place = stand(WENQI, machine)
    programs = tuple(_with_processes(program, processes) for program in place.programs)
    place = replace(place, programs=programs)
    try:
        return Spread.of(_bursts(place, _start(place), FIRST_SERIAL))
    finally:
        place.leave()


def _level(place: Stand, size: int, serial: int) -> Level:
    running = _start(place)
    reminded = [_remind(place, running) for _ in range(BURSTS)]
    decided = _bursts(place, running, serial)
    worker = next(one for one in running if one.program.name == "worker-remind")
    return Level(
        size,
        Spread.of(decided),
        Spread.of([cpu for cpu, _ in reminded]),
        Spread.of([wall for _, wall in reminded]),
        memory_mib([worker.process]),
    )


def _start(place: Stand) -> list[Running]:
    """Start the workers and wait until one application has been through them."""
    running = place.work()
    backlog.fill(place.database_url, place.environment, 1, stored.PATTERN_SERIAL + 1)
    _finish(place)
    return running


def _bursts(place: Stand, running: Sequence[Running], serial: int) -> list[float]:
    relay = next(one.process for one in running if one.program.name == "relay")
    rates: list[float] = []
    with place.connect() as conn:
        for burst in range(BURSTS):
            before = rows.newest_visit(conn)
            relay.suspend()
            backlog.fill(place.database_url, place.environment, BURST, serial + burst * BURST)
            relay.resume()
            _finish(place)
            rates.append(rows.decided_per_second(conn, before)[1])
    return rates


def _finish(place: Stand) -> None:
    with place.connect() as conn:
        if not poll(lambda: rows.nothing_due(conn), SECONDS, place.machine.check):
            raise BenchError("the workers do not get through their work")


# Visits of today that nobody has been reminded of, and an item that falls due for each. They keep
# the pending items they had: as many as before pend.
_FALL_DUE: LiteralString = """
WITH chosen AS (
    UPDATE visit SET state = 'scheduled', reminded_for = NULL,
        planned_on = (app_now() AT TIME ZONE 'Asia/Shanghai')::date
    WHERE id IN (SELECT id FROM visit ORDER BY hashint8(id) LIMIT %s) RETURNING id
)
INSERT INTO work_item (stage, subject_id, not_before, created_at)
SELECT 'remind', id, app_now(), app_now() FROM chosen
"""


def _remind(place: Stand, running: Sequence[Running]) -> tuple[float, float]:
    """Let reminders fall due. Out: milliseconds of CPU and of time for each."""
    relay = next(one.process for one in running if one.program.name == "relay")
    with place.connect() as conn:
        before = rows.newest_event(conn)
        relay.suspend()
        due = conn.execute(_FALL_DUE, (REMINDERS,)).rowcount
        with Meter(running, place.machine.servers) as meter:
            relay.resume()
            _finish(place)
        reminded, seconds = rows.reminding(conn, before)
    if reminded != due:
        raise BenchError(f"{due} reminders were due and {reminded} were sent")
    return meter.use.cpu / due * 1000, seconds / due * 1000


def _with_processes(program: Program, processes: int) -> Program:
    if program.name != "worker-assess":
        return program
    return replace(program, command=(*program.command, "--concurrency", str(processes)))
