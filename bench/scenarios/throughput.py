"""Intake and deciding, each alone on the two cores; the whole build runs in `latency`.

Intake: the API with its workers stopped, as fast as it answers. Deciding: the backlog of that
intake (for Wenqi topped up, it would be gone in a second), the API idle, the workers started; the
rate is read from the commit times of the rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench import REPOSITORY, backlog, rows
from bench.contenders import WENQI, Contender, Stand, stand
from bench.machine import BenchError, Machine, poll
from bench.meter import Meter

CONNECTIONS = 16
WARMUP_SECONDS = 1.0
INTAKE_SECONDS = 3.0
DECIDE_SECONDS = 4.0
FIRST_DECISION_SECONDS = 60.0
WENQI_BACKLOG = 25_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One repetition of one contender. Rates per second, CPU milliseconds per application (all
    processes, PostgreSQL and Valkey included), peak memory MiB of the contender's processes."""

    intake: float
    intake_cpu_ms: float
    intake_memory: float
    intake_p50_ms: float
    intake_p99_ms: float
    decided: float
    decided_cpu_ms: float
    decided_memory: float


def measure(
    machine: Machine,
    contender: Contender,
    extra: Mapping[str, str] | None = None,
) -> Sample:
    """One repetition on a fresh database."""
    place = stand(contender, machine, extra)
    try:
        serving = place.serve()
        with Meter(serving, machine.servers) as meter:
            load = generate(place.port, warmup=WARMUP_SECONDS, seconds=INTAKE_SECONDS)
        intake_cpu = meter.use.cpu / load["answered"]
        intake_memory = meter.use.app_peak_mib
        with place.connect() as conn:
            if rows.applications(conn) < load["good"]:
                raise BenchError(f"{contender.title}: fewer rows than accepted applications")
            if contender is WENQI:
                backlog.fill(place.database_url, place.environment, WENQI_BACKLOG, 5_000_000)
            decided, decided_cpu, decided_memory = decide(place, DECIDE_SECONDS)
        return Sample(
            intake=load["per_second"],
            intake_cpu_ms=intake_cpu * 1000,
            intake_memory=intake_memory,
            intake_p50_ms=load["p50_ms"],
            intake_p99_ms=load["p99_ms"],
            decided=decided,
            decided_cpu_ms=decided_cpu * 1000,
            decided_memory=decided_memory,
        )
    finally:
        place.leave()


def decide(place: Stand, seconds: float) -> tuple[float, float, float]:
    """Start the workers on what waits. Out: decided per second, CPU seconds for each, peak MiB.

    Ends when nothing waits or `seconds` after the first decision.
    """
    machine = place.machine
    with place.connect() as conn:
        before = rows.newest_visit(conn)
        working = place.work()

        def begun() -> bool:
            return rows.newest_visit(conn) > before

        if not poll(begun, FIRST_DECISION_SECONDS, machine.check):
            raise BenchError(f"{place.contender.title}: the workers decide nothing")
        with Meter(working, machine.servers) as meter:
            first, deadline = rows.newest_visit(conn), time.monotonic() + seconds
            poll(lambda: rows.nothing_waits(conn), deadline - time.monotonic(), machine.check)
            last = rows.newest_visit(conn)
        _, rate = rows.decided_per_second(conn, before)
    return rate, meter.use.cpu / max(last - first, 1), meter.use.app_peak_mib


def generate(
    port: int,
    *,
    warmup: float,
    seconds: float,
    rate: float | None = None,
    connections: int = CONNECTIONS,
    first_serial: int = 0,
    allow: tuple[int, ...] = (202,),
) -> dict[str, Any]:
    """Run the load generator in its own process. Raises BenchError if any answer is not 202."""
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
    refused = {status: n for status, n in result["statuses"].items() if int(status) not in allow}
    if refused or not result["good"]:
        raise BenchError(f"not every application was accepted: {result['statuses']}")
    return result
