"""Very many applications at once: NDJSON over HTTP, streamed both ways, and `wenqi import FILE`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench import REPOSITORY, files, rows
from bench.contenders import WENQI, Stand, stand
from bench.machine import BenchError, Machine
from bench.meter import Meter
from deploy.local.processes import Program, runnable

# A bulk sender with two batches under way at a time, one after the other of so many lines.
CONNECTIONS = 2
MOST = 5_000
LINES = 20_000
WARMUP_LINES = 4_000
SHORT, MILLION = 10_000, 1_000_000
# One import is one process on one core; a workbook takes it several times as long as a table.
IMPORTS = 3
ROWS = {"csv": 10_000, "ndjson": 10_000, "xlsx": 3_000}
FIRST_SERIAL, IMPORT_SERIAL = 2_000_000, 4_000_000
IMPORT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Batch:
    """Accepted per second by `connections` at once; milliseconds of CPU for each, the sender's not
    counted; peak memory of the API, MiB."""

    lines: int
    connections: int
    per_second: float
    cpu_ms: float
    memory: float


@dataclass(frozen=True, slots=True)
class Import:
    """One run of the command over one file, its start included: accepted per second, milliseconds
    of CPU for each, peak memory MiB."""

    format: str
    rows: int
    per_second: float
    cpu_ms: float
    memory: float


@dataclass(frozen=True, slots=True)
class Bulk:
    """Batches in order, one API process for all of them, and imports."""

    batches: list[Batch]
    imports: list[Import]


def measure(machine: Machine, repetitions: int, say: Callable[[str], None]) -> Bulk:
    """Wenqi's API with its workers stopped, as in `throughput`; CSV is imported
    `IMPORTS` times in turn with the batches, the other formats once."""
    place = stand(WENQI, machine)
    bulk = Bulk([], [])
    try:
        place.serve()
        _stream(place.port, FIRST_SERIAL - WARMUP_LINES, WARMUP_LINES, MOST // 5, CONNECTIONS)
        for number in range(repetitions):
            bulk.batches.append(_batch(place, FIRST_SERIAL + number * LINES, LINES))
            for kind in files.FORMATS if number == 0 else ("csv",) * (number < IMPORTS):
                serial = IMPORT_SERIAL + sum(one.rows for one in bulk.imports)
                bulk.imports.append(_import(place, kind, serial))
        with place.connect() as conn:
            wanted = WARMUP_LINES + repetitions * LINES + sum(one.rows for one in bulk.imports)
            if rows.applications(conn) != wanted:
                raise BenchError("batches and imports did not leave a row per accepted line")
    finally:
        place.leave()
    say(f"  {bulk.batches[-1].per_second:,.0f} accepted/s in batches")
    return bulk


def million(machine: Machine) -> tuple[Batch, Batch]:
    """One request of ten thousand lines, then one of a million: rate and memory."""
    place = stand(WENQI, machine)
    try:
        place.serve()
        return (
            _batch(place, FIRST_SERIAL - SHORT, SHORT, SHORT, 1),
            _batch(place, FIRST_SERIAL, MILLION, MILLION, 1),
        )
    finally:
        place.leave()


def _batch(
    place: Stand, first_serial: int, lines: int, most: int = MOST, connections: int = CONNECTIONS
) -> Batch:
    serving = [one for one in place.machine.running if one.program.name == "api"]
    with Meter(serving, place.machine.servers) as meter:
        rate = _stream(place.port, first_serial, lines, most, connections)
    use = meter.use
    return Batch(lines, connections, rate, use.cpu / lines * 1000, use.app_peak_mib)


def _stream(port: int, first_serial: int, lines: int, most: int, connections: int) -> float:
    command = [sys.executable, "-m", "bench.stream", "--port", str(port), "--lines", str(lines)]
    command += ["--first-serial", str(first_serial), "--most", str(most)]
    command += ["--connections", str(connections)]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, timeout=3600, check=False
    )
    if done.returncode:
        raise BenchError(f"the batch client failed:\n{done.stderr[-1000:]}")
    return float(json.loads(done.stdout)["per_second"])


def _import(place: Stand, kind: str, first_serial: int) -> Import:
    count = ROWS[kind]
    path = place.machine.folder / f"{first_serial}.{kind}"
    files.write(path, first_serial, count)
    command = ("python", "-m", "cli.main", "import", "--var", str(path.parent / "var"), str(path))
    begun, before = time.monotonic(), _ended_cpu()
    started = place.machine.start(Program("import", tuple(runnable(command))), place.environment)
    with Meter([started], place.machine.servers) as meter:
        if started.process.wait(IMPORT_SECONDS):
            started.check()  # raises, with what it said: something was refused
        seconds = time.monotonic() - begun
    place.machine.running.remove(started)
    path.unlink()
    cpu = _ended_cpu() - before + meter.use.server_cpu
    return Import(kind, count, count / seconds, cpu / count * 1000, meter.use.app_peak_mib)


def _ended_cpu() -> float:
    """CPU seconds of our children that have ended; a meter only sees the living."""
    times = os.times()
    return times.children_user + times.children_system
