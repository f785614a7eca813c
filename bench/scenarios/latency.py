"""From accepted to decided: at half of a contender's own saturation, and one on an idle system.

Saturation is what intake and deciding allow together on the same cores, 1 / (1/intake + 1/decided).
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from bench import rows
from bench.contenders import Contender, stand
from bench.machine import BenchError, Machine
from bench.scenarios.sameness import submit
from bench.scenarios.throughput import generate
from bench.statistics import percentile
from tests.support.waiting import poll

SECONDS = 6.0
WARMUP_SECONDS = 1.0
CONNECTIONS = 64
DRAIN_SECONDS = 30.0
SINGLES = 25
FIRST_SERIAL = 1_000_000


@dataclass(frozen=True, slots=True)
class Latency:
    """At `rate` applications per second: milliseconds from the commit of the acceptance to that of
    everything decided, to that of the assessment alone, and of the answer."""

    rate: float
    p50_ms: float
    p99_ms: float
    assessed_p99_ms: float
    answer_p99_ms: float


@dataclass(frozen=True, slots=True)
class Single:
    """Medians on an idle system: milliseconds of the round trip, and from accepted to decided."""

    round_trip_ms: float
    decided_ms: float


def saturation(intake: float, decided: float) -> float:
    """What both together allow, per second."""
    return 1 / (1 / intake + 1 / decided)


def measure(machine: Machine, contender: Contender, rate: float) -> Latency:
    """The whole build at a given rate. Raises BenchError if it does not keep up."""
    place = stand(contender, machine)
    try:
        place.start()
        with place.connect() as conn:
            for serial in range(20):
                submit(place.port, serial)
            _drain(machine, conn, contender)
            warm = rows.newest_application(conn) + int(rate * WARMUP_SECONDS)
            load = generate(
                place.port,
                warmup=WARMUP_SECONDS,
                seconds=SECONDS,
                rate=rate,
                connections=CONNECTIONS,
                first_serial=FIRST_SERIAL,
            )
            _drain(machine, conn, contender)
            decided, assessed = rows.waiting_ms(conn, warm)
    finally:
        place.leave()
    p50, p99 = percentile(decided, 50), percentile(decided, 99)
    return Latency(rate, p50, p99, percentile(assessed, 99), load["p99_ms"])


def single(machine: Machine, contender: Contender) -> Single:
    """One application at a time, with pauses, on the whole build."""
    place = stand(contender, machine)
    pauses = random.Random(2020)  # noqa: S311 - pauses, not secrets
    try:
        place.start()
        trips: list[float] = []
        with place.connect() as conn:
            for serial in range(5):
                submit(place.port, serial)
            _drain(machine, conn, contender)
            warm = rows.newest_application(conn)
            for serial in range(5, 5 + SINGLES):
                begun = time.perf_counter()
                submit(place.port, serial)
                trips.append((time.perf_counter() - begun) * 1000)
                _drain(machine, conn, contender)
                # Long enough for every poller to have fallen asleep.
                time.sleep(0.2 + pauses.random() * 0.1)
            waits, _ = rows.waiting_ms(conn, warm)
    finally:
        place.leave()
    return Single(percentile(sorted(trips), 50), percentile(waits, 50))


def _drain(machine: Machine, conn: rows.Connection, contender: Contender) -> None:
    if not poll(lambda: rows.nothing_waits(conn), DRAIN_SECONDS, machine.check):
        raise BenchError(f"{contender.title} does not keep up")
