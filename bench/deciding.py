"""Where deciding spends its time: one process, one PostgreSQL backend, no broker.

python -m bench.deciding                      CPU, log bytes and rows per application
python -m bench.deciding --statements         and every statement's share, triggers included
python -m bench.deciding --functions          and the worker's functions (cProfile)

CPU time is compared, not rates: it hardly depends on what else the machine is doing.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import event

from bench import REPOSITORY, backlog
from bench.machine import Machine, machine
from casework.decision import assess
from config.settings import Settings
from store.db import Database

WARM = 4
"""Chunks at the beginning that do not count: connections, plans, caches."""


def main() -> None:
    """Decide a backlog and print what an application cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunk", type=int, default=500)
    parser.add_argument("--chunks", type=int, default=24)
    parser.add_argument("--statements", action="store_true")
    parser.add_argument("--functions", action="store_true")
    parser.add_argument("--alter", action="append", default=[], help="SQL run before the filling")
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "var" / "deciding")
    chosen = parser.parse_args()
    with machine(chosen.folder) as place:
        measure(place, chosen)


def measure(place: Machine, chosen: argparse.Namespace) -> None:
    """Fill a database, decide all of it in chunks, and print the costs."""
    url = place.fresh_database("bench_deciding")
    environment = place.environment(url)
    settings = Settings.from_env(environment)
    with psycopg.connect(url, autocommit=True) as owner:
        for statement in chosen.alter:
            owner.execute(statement.encode())
    backlog.fill(url, environment, chosen.chunk * (WARM + chosen.chunks + 1), 0)
    database = Database(settings.database_url, pool_size=1)
    with psycopg.connect(url, autocommit=True, options="-c wenqi.time_travel=on") as onlooker:
        onlooker.execute("VACUUM (ANALYZE)")
        waiting = [row[0] for row in onlooker.execute("SELECT id FROM work_item ORDER BY id")]
        chunks = [
            waiting[start : start + chosen.chunk] for start in range(0, len(waiting), chosen.chunk)
        ]
        for ids in chunks[:WARM]:
            assess.run(database, settings, ids)
        with database.statement() as conn:
            backend = psutil.Process(conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
        profile = cProfile.Profile() if chosen.functions else None
        before = _log_bytes(onlooker)
        worker, server, wall = _decide(database, settings, chunks[WARM:-1], backend, profile)
        print(f"{chosen.chunk * chosen.chunks} applications in chunks of {chosen.chunk}")
        print(f"worker      {worker:.4f} ms of CPU per application, its quietest tenth of chunks")
        print(f"PostgreSQL  {server:.4f} ms of CPU per application, its one backend")
        print(f"elapsed     {wall:.4f} ms per application")
        written = (_log_bytes(onlooker) - before) / (chosen.chunk * chosen.chunks)
        print(f"log         {written:.0f} bytes per application")
        _print_rows(onlooker)
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)
    if chosen.statements:
        event.listen(database.engine, "before_cursor_execute", _explain)
        assess.run(database, settings, chunks[-1])
    database.close()


def _decide(
    database: Database,
    settings: Settings,
    chunks: Sequence[list[int]],
    backend: psutil.Process,
    profile: cProfile.Profile | None,
) -> tuple[float, float, float]:
    """Returns milliseconds per application: our CPU, the backend's, elapsed."""
    ours: list[float] = []
    theirs: list[float] = []
    walls: list[float] = []
    for ids in chunks:
        times, cpu, begun = backend.cpu_times(), time.process_time(), time.perf_counter()
        if profile is not None:
            profile.enable()
        report = assess.run(database, settings, ids)
        if profile is not None:
            profile.disable()
        ours.append((time.process_time() - cpu) * 1000 / len(ids))
        walls.append((time.perf_counter() - begun) * 1000 / len(ids))
        now = backend.cpu_times()
        theirs.append((now.user + now.system - times.user - times.system) * 1000 / len(ids))
        if report.done != len(ids):
            raise SystemExit(f"only {report.done} of {len(ids)} were decided: {report.failures}")
    # The backend's time comes in hundredths of a second: a mean, not a median.
    return statistics.quantiles(ours, n=10)[0], statistics.fmean(theirs), statistics.median(walls)


def _explain(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
    """Print what a statement costs before it is run: its plan, and its triggers, among which are
    the checks of foreign keys."""
    if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
        cursor.execute("SAVEPOINT explained")
        cursor.execute(f"EXPLAIN (ANALYZE, WAL, COSTS OFF) {statement}", parameters)
        print(f"\n{statement[:100]}", *(f"   {line}" for (line,) in cursor.fetchall()), sep="\n")
        cursor.execute("ROLLBACK TO explained")


def _log_bytes(conn: psycopg.Connection) -> int:
    row = conn.execute("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint").fetchone()
    return int(row[0]) if row else 0


def _print_rows(conn: psycopg.Connection) -> None:
    conn.execute("SELECT pg_stat_clear_snapshot()")
    time.sleep(1.5)  # a backend reports its counts once a second
    for row in conn.execute(
        "SELECT relname, n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del,"
        " pg_relation_size(relid) FROM pg_stat_user_tables"
        " WHERE n_tup_ins + n_tup_upd + n_tup_del > 100 ORDER BY relname"
    ):
        print("{:16} inserted {:6} updated {:6} (HOT {:6}) deleted {:6} size {:9}".format(*row))


if __name__ == "__main__":
    main()
