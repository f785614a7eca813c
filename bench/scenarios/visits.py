"""Is a visit ever planned or reminded of twice? 100,000 enterprises, a tenth of them twice here.

Every stage runs in its real processes. While reminders go out, the reminding worker is killed,
every waiting item is doubled, and Valkey is wiped. Then the rows are counted.

python -m bench.scenarios.visits [--visits N] [--reminders N]   this part alone
"""

from __future__ import annotations

import argparse
import contextlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, LiteralString

import psutil
import psycopg

from bench import REPOSITORY, backlog, rows
from bench.contenders import WENQI, Stand, stand
from bench.machine import BenchError, Machine, Running, machine
from tests.support.waiting import poll

SECONDS = 900.0
KILL_SECONDS = 10
FIRST_SERIAL = 7_000_000
A_LITTLE = timedelta(seconds=5)

_DAYS: LiteralString = (
    "SELECT min(not_before) FROM work_item WHERE stage = 'remind' AND dead_at IS NULL"
    " AND not_before > app_now()"
)
_REMINDED: LiteralString = "SELECT count(*) FROM visit WHERE reminded_for IS NOT NULL"
# What may not be: each counts its offenders.
_WRONG: dict[str, LiteralString] = {
    "enterprises with two visits to come": (
        "SELECT count(*) FROM (SELECT FROM visit WHERE state <> 'cancelled' GROUP BY uscc"
        " HAVING count(*) > 1) AS x"
    ),
    "applications without their enterprise's visit": (
        "SELECT count(*) FROM application AS a LEFT JOIN visit AS v ON v.id = a.visit_id"
        " WHERE v.id IS NULL OR v.uscc <> a.uscc"
    ),
    "days beyond the bureau's capacity": (
        "SELECT count(*) FROM (SELECT FROM visit WHERE state IN ('scheduled', 'reminded')"
        " GROUP BY bureau, planned_on HAVING count(*) > %(capacity)s) AS x"
    ),
    "reminders told twice": (
        "SELECT count(*) FROM (SELECT FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE e.type = 'visit.reminded' GROUP BY d.visit_id, d.recipient_kind, d.recipient,"
        "  d.channel HAVING count(*) > 1) AS x"
    ),
    "timelines with two reminders": (
        "SELECT count(*) FROM (SELECT FROM event WHERE type = 'visit.reminded'"
        " GROUP BY application_id HAVING count(*) > 1) AS x"
    ),
    "visits marked and not told": (
        "SELECT count(*) FROM visit AS v WHERE reminded_for IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM delivery AS d WHERE d.visit_id = v.id AND d.channel = 'portal')"
    ),
    "dead letters": "SELECT count(*) FROM work_item WHERE dead_at IS NOT NULL",
}


@dataclass(frozen=True, slots=True)
class Followed:
    """What was counted. Seconds are of the wall clock and include the disturbances."""

    applications: int
    visits: int
    planned: int
    planning_seconds: float
    reminded: int
    reminding_seconds: float
    days: int


def measure(place_of: Machine, visits: int = 100_000, reminders: int = 10_000) -> Followed:
    """Run it on a fresh database. Raises BenchError, naming what happened twice or not at all."""
    per_day = max(1, reminders // 2)
    extra = {"VISITS_PER_DAY": str(per_day), "LEASE_SECONDS": "10", "ALLOW_TIME_TRAVEL": "1"}
    place = stand(WENQI, place_of, extra)
    try:
        for count in (visits, visits // 10):
            backlog.fill(place.database_url, place.environment, count, FIRST_SERIAL)
        running = place.work()
        with place.connect() as conn:
            conn.execute("SET statement_timeout = '60s'")
            _wait(place, lambda: rows.nothing_due(conn), "all are decided")
            planning = _plan(place, conn)
            placed = _count(conn, "SELECT count(*) FROM visit WHERE state <> 'planned'")
            reminding = _remind(place, conn, running, reminders)
            _check(conn, visits, per_day)
            return Followed(
                applications=_count(conn, "SELECT count(*) FROM application"),
                visits=_count(conn, "SELECT count(*) FROM visit"),
                planned=placed,
                planning_seconds=planning,
                reminded=_count(conn, _REMINDED),
                reminding_seconds=reminding,
                days=_count(conn, "SELECT count(DISTINCT planned_on) FROM visit"),
            )
    finally:
        place.leave()


def _plan(place: Stand, conn: psycopg.Connection) -> float:
    """Go to the day on which all visits want their place, and wait until all have it."""
    _travel(conn, _next_due(conn))
    begun = time.monotonic()
    none_waits = "SELECT NOT EXISTS (SELECT FROM visit WHERE state = 'planned')"
    _wait(place, lambda: bool(_value(conn, none_waits)), "all visits have a place")
    return time.monotonic() - begun


def _remind(
    place: Stand, conn: psycopg.Connection, running: list[Running], reminders: int
) -> float:
    """Let reminders fall due day by day until there are enough, and disturb it at each."""
    begun = time.monotonic()
    while _count(conn, _REMINDED) < reminders:
        _wait(place, lambda: rows.nothing_due(conn), "what is due is done")
        if _count(conn, _REMINDED) >= reminders:
            break
        worker = next(one for one in running if one.program.name == "worker-remind")
        before = _count(conn, _REMINDED)
        _travel(conn, _next_due(conn))
        conn.execute(
            "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
            " SELECT stage, subject_id, not_before, created_at FROM work_item"
            " WHERE stage = 'remind' AND not_before <= app_now()"
        )
        _wait(place, partial(_more_than, conn, before), "reminders go out")
        _kill(place, running, worker)
        place.machine.fresh_redis()
        running.append(place.machine.start(worker.program, place.environment))
    _wait(place, lambda: rows.nothing_due(conn), "what is due is done")
    return time.monotonic() - begun


def _more_than(conn: psycopg.Connection, before: int) -> bool:
    return _count(conn, _REMINDED) > before


def _kill(place: Stand, running: list[Running], worker: Running) -> None:
    """`kill -9` a worker and its children, as a power cut would."""
    running.remove(worker)
    place.machine.running.remove(worker)
    for process in (*worker.process.children(recursive=True), worker.process):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    worker.process.wait(KILL_SECONDS)


def _check(conn: psycopg.Connection, visits: int, per_day: int) -> None:
    found = _count(conn, "SELECT count(*) FROM visit")
    if found != visits:
        raise BenchError(f"{found:,} visits for {visits:,} enterprises")
    for what, statement in _WRONG.items():
        row = conn.execute(statement, {"capacity": per_day}).fetchone()
        if row is None or row[0]:
            raise BenchError(f"{what}: {row and row[0]}")


def _travel(conn: psycopg.Connection, moment: datetime) -> None:
    conn.execute(
        "UPDATE clock SET offset_seconds = offset_seconds"
        " + ceil(extract(epoch FROM %s - app_now()))",
        (moment + A_LITTLE,),
    )


def _next_due(conn: psycopg.Connection) -> datetime:
    moment = _value(conn, _DAYS)
    if moment is None:
        raise BenchError("no visit has anything left to come")
    return moment


def _count(conn: psycopg.Connection, statement: LiteralString) -> int:
    return int(_value(conn, statement))


def _value(conn: psycopg.Connection, statement: LiteralString) -> Any:
    row = conn.execute(statement).fetchone()
    if row is None:
        raise BenchError("an aggregate gave no row")
    return row[0]


def _wait(place: Stand, done: Any, what: str) -> None:
    if not poll(done, SECONDS, place.machine.check):
        raise BenchError(f"after {SECONDS:.0f} s: not yet so that {what}")


def text(followed: Followed) -> str:
    """What was counted, in two lines."""
    return (
        f"{followed.applications:,} applications, {followed.visits:,} visits planned over"
        f" {followed.days} days in {followed.planning_seconds:.1f} s, no enterprise twice\n"
        f"{followed.reminded:,} visits reminded of in {followed.reminding_seconds:.1f} s, none"
        " twice, with a worker killed, items doubled and the broker wiped meanwhile"
    )


def main() -> None:
    """This part alone."""
    parser = argparse.ArgumentParser(prog="python -m bench.scenarios.visits")
    parser.add_argument("--visits", type=int, default=100_000)
    parser.add_argument("--reminders", type=int, default=10_000)
    parser.add_argument("--data", type=Path, default=REPOSITORY / "var" / "bench-visits")
    chosen = parser.parse_args()
    with machine(chosen.data) as place:
        print(text(measure(place, chosen.visits, chosen.reminders)))


if __name__ == "__main__":
    main()
