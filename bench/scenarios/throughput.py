"""Intake and deciding, each alone on the cores; the whole build runs in `latency`.

First everything runs and takes a load that is not counted, so that every process, connection and
cache is warm. Then the workers are suspended. Intake: the API as fast as it answers. Deciding: the
backlog of that intake (for Wenqi topped up, it would be gone in a second), the API idle, the
workers resumed; the rate is read from the commit times of the rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import REPOSITORY, rows
from bench.contenders import Contender, Stand, stand
from bench.machine import BenchError, Machine, Running
from bench.meter import Meter
from tests.support.waiting import poll

CONNECTIONS = 16
WARM_SECONDS = 1.0
WARM_SERIAL, BACKLOG_SERIAL = 900_000, 5_000_000
WARMUP_SECONDS = 0.5
INTAKE_SECONDS = 2.5
DECIDE_SECONDS = 3.0
# Who decides in stages is waited for: a part of the backlog would tell only of the first stages.
STAGED_SECONDS = 90.0
DRAIN_SECONDS = 60.0
BACKLOG = 15_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One repetition of one contender. Rates per second; CPU milliseconds per application, of the
    contender's processes and of PostgreSQL with Valkey; peak memory MiB of its processes."""

    intake: float
    intake_app_ms: float
    intake_server_ms: float
    intake_memory: float
    intake_p50_ms: float
    intake_p99_ms: float
    decided: float
    decided_app_ms: float
    decided_server_ms: float
    decided_memory: float


def measure(machine: Machine, contender: Contender) -> Sample:
    """One repetition on a fresh database."""
    place = stand(contender, machine)
    try:
        serving, working = place.start()
        with place.connect() as conn:
            warm(place, conn)
            stored = rows.applications(conn)
            for one in working:
                one.suspend()
            with Meter(serving, machine.servers) as intake:
                load = generate(place.port, warmup=WARMUP_SECONDS, seconds=INTAKE_SECONDS)
            if rows.applications(conn) != stored + load["answered"]:
                raise BenchError(f"{contender.title}: not a row for every accepted application")
            if contender.fill is not None:
                contender.fill(place.database_url, place.environment, BACKLOG, BACKLOG_SERIAL)
            decided, count, rate = decide(place, conn, working)
        return Sample(
            intake=load["per_second"],
            intake_app_ms=intake.use.app_cpu / load["answered"] * 1000,
            intake_server_ms=intake.use.server_cpu / load["answered"] * 1000,
            intake_memory=intake.use.app_peak_mib,
            intake_p50_ms=load["p50_ms"],
            intake_p99_ms=load["p99_ms"],
            decided=rate,
            decided_app_ms=decided.use.app_cpu / count * 1000,
            decided_server_ms=decided.use.server_cpu / count * 1000,
            decided_memory=decided.use.app_peak_mib,
        )
    finally:
        place.leave()


def warm(place: Stand, conn: rows.Connection) -> None:
    """Let the whole build work for a while and come to rest. Raises BenchError if it does not."""
    generate(place.port, warmup=0, seconds=WARM_SECONDS, first_serial=WARM_SERIAL, least=0)
    if not poll(lambda: rows.nothing_waits(conn), DRAIN_SECONDS, place.machine.check):
        raise BenchError(f"{place.contender.title}: the workers do not get through the warm-up")


def decide(
    place: Stand, conn: rows.Connection, working: Sequence[Running]
) -> tuple[Meter, int, float]:
    """Resume the workers on what waits. Returns what was used, how many were decided, per second.

    Ends when nothing waits or, for who decides an application in one job, after some seconds.
    """
    machine, staged = place.machine, place.contender.stages > 1
    patience = STAGED_SECONDS if staged else DECIDE_SECONDS
    before, visits = rows.newest_visit(conn), rows.visits(conn)
    with Meter(working, machine.servers) as meter:
        for one in working:
            one.resume()
        if not poll(lambda: rows.newest_visit(conn) > before, STAGED_SECONDS, machine.check):
            raise BenchError(f"{place.contender.title}: the workers decide nothing")
        finished = poll(lambda: rows.nothing_waits(conn), patience, machine.check)
        count = rows.visits(conn) - visits
    if staged and not finished:
        raise BenchError(f"{place.contender.title}: the workers do not get through the backlog")
    return meter, count, rows.decided_per_second(conn, before)[1]


def generate(
    port: int,
    *,
    warmup: float,
    seconds: float,
    rate: float | None = None,
    connections: int = CONNECTIONS,
    first_serial: int = 0,
    least: int = 1,
) -> dict[str, Any]:
    """Run the load generator in its own process. Raises BenchError if any answer is not 202, or
    fewer than `least` of them came in time."""
    command = [sys.executable, "-m", "bench.load", "--port", str(port)]
    command += ["--warmup", str(warmup), "--seconds", str(seconds)]
    command += ["--connections", str(connections), "--first-serial", str(first_serial)]
    if rate is not None:
        command += ["--rate", str(rate)]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=warmup + seconds + 60,
        check=False,
    )
    if done.returncode:
        raise BenchError(f"the load generator failed:\n{done.stderr[-1000:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    if set(result["statuses"]) - {"202"} or result["good"] < least:
        raise BenchError(f"not every application was accepted: {result['statuses']}")
    return result
