"""Very many applications at once: NDJSON over HTTP, streamed both ways."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from bench import REPOSITORY, rows
from bench.contenders import WENQI, stand
from bench.machine import BenchError, Machine
from bench.meter import Meter

LINES = 20_000
WARMUP_LINES = 2_000
FIRST_SERIAL = 2_000_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Accepted per second, milliseconds of CPU for each, peak memory of the API, MiB."""

    per_second: float
    cpu_ms: float
    memory: float


def measure(machine: Machine, repetitions: int) -> list[Batch]:
    """Wenqi's API with its workers stopped, as in `throughput`, one batch after the other."""
    place = stand(WENQI, machine)
    measured: list[Batch] = []
    try:
        serving = place.serve()
        _stream(place.port, WARMUP_LINES, FIRST_SERIAL)
        for repetition in range(1, repetitions + 1):
            with Meter(serving, machine.servers) as meter:
                rate = _stream(place.port, LINES, FIRST_SERIAL + repetition * LINES)
            measured.append(Batch(rate, meter.use.cpu / LINES * 1000, meter.use.app_peak_mib))
        with place.connect() as conn:
            if rows.applications(conn) != WARMUP_LINES + repetitions * LINES:
                raise BenchError("the batches did not leave a row per accepted line")
    finally:
        place.leave()
    return measured


def _stream(port: int, lines: int, first_serial: int) -> float:
    command = [sys.executable, "-m", "bench.stream", "--port", str(port)]
    command += ["--lines", str(lines), "--first-serial", str(first_serial)]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        raise BenchError(f"the batch client failed:\n{done.stderr[-1000:]}")
    return float(json.loads(done.stdout)["per_second"])
