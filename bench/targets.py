"""What the project wants of its numbers, beside what was measured; a miss comes with its cause,
computed from the same run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.results import TEXTBOOK, WENQI, Results


@dataclass(frozen=True, slots=True)
class TargetResult:
    """A target beside what was measured. `cause`: of a miss, else empty."""

    name: str
    value: float
    wanted: str
    met: bool
    cause: str


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio that the project wants. `bound`: at least, or (`most`) at most. `cause`: where the
    time goes, in the numbers of the run."""

    name: str
    value: Callable[[Results], float]
    bound: float
    cause: Callable[[Results], str]
    most: bool = False

    def result(self, results: Results) -> TargetResult:
        """Raises KeyError, IndexError or ValueError if the run has not measured it."""
        value = self.value(results)
        met = value <= self.bound if self.most else value >= self.bound
        wanted = f"{'≤' if self.most else '≥'} {self.bound:g}"
        return TargetResult(self.name, value, wanted, met, "" if met else self.cause(results))


def target_results(results: Results) -> list[TargetResult]:
    """Every target that was measured in this run."""
    found: list[TargetResult] = []
    for target in TARGETS:
        try:
            found.append(target.result(results))
        except (KeyError, IndexError, ValueError):
            continue  # this part was not asked for
    return found


def _cpu(results: Results, phase: str, wanted: float) -> str:
    """What an application costs, and the rate at which all cores do nothing else."""
    cores = int(results.machine["cores"])
    app, server = (results.median(WENQI, f"{phase}_{part}_ms") for part in ("app", "server"))
    return (
        f"wanted {wanted:,.0f}/s, for which {cores} cores have {cores / wanted * 1000:.2f} ms"
        f" of CPU per application; Python takes {app:.2f}, PostgreSQL {server:.2f}:"
        f" at most {cores / (app + server) * 1000:,.0f}/s"
    )


def _batch_cause(results: Results) -> str:
    cores, wanted = int(results.machine["cores"]), 12 * results.median(TEXTBOOK, "intake")
    cost = results.batch("cpu_ms")
    return (
        f"wanted {wanted:,.0f}/s, for which {cores} cores have {cores / wanted * 1000:.2f} ms"
        f" of CPU per application; API and PostgreSQL take {cost:.2f} and the sender its share:"
        f" at most {cores / cost * 1000:,.0f}/s"
    )


def _p99_cause(results: Results) -> str:
    rates = [results.latencies[name][0].rate for name in (WENQI, TEXTBOOK)]
    waits = [results.latency(name, "assessed_p99_ms") for name in (WENQI, TEXTBOOK)]
    return (
        f"{waits[0]:.0f} ms at {rates[0]:,.0f}/s against {waits[1]:.0f} ms at {rates[1]:,.0f}/s:"
        " work moves in chunks, and a chunk waits for the one before it"
    )


def _single_cause(results: Results) -> str:
    single = results.singles[WENQI]
    return (
        f"{single.decided_ms:.1f} ms against a round trip of {single.round_trip_ms:.1f} ms: the"
        " relay's pause, a message over the broker, a claim, and a transaction of sleepers"
    )


def _reminder_cost(results: Results) -> float:
    first, last = results.extremes()
    if first.reminder_cpu_ms is None or last.reminder_cpu_ms is None:
        raise ValueError("no reminders were sent")
    return last.reminder_cpu_ms.median / first.reminder_cpu_ms.median


def _reminder_cause(results: Results) -> str:
    first, last = results.extremes()
    costs = [one.reminder_cpu_ms.median for one in (first, last) if one.reminder_cpu_ms]
    times = [one.reminder_ms.median for one in (first, last) if one.reminder_ms]
    return (
        f"{costs[0]:.3f} ms of CPU each beside {first.stored:,} and {costs[1]:.3f} beside"
        f" {last.stored:,}, in {times[0]:.3f} and {times[1]:.3f} ms of time; all of PostgreSQL's"
        " CPU counts, its housekeeping of the larger tables too"
    )


def _memory(results: Results) -> float:
    first, last = results.extremes()
    if first.worker_mib is None or last.worker_mib is None:
        raise ValueError("no reminders were sent")
    return last.worker_mib[-1] / first.worker_mib[-1]


def _memory_cause(results: Results) -> str:
    last = results.extremes()[1]
    before, after = last.worker_mib or (0, 0)
    return f"from {before:.0f} to {after:.0f} MiB while sending beside {last.stored:,}"


def _kept(results: Results) -> float:
    first, last = results.extremes()
    return last.decided.median / first.decided.median


def _kept_cause(results: Results) -> str:
    first, last = results.extremes()
    return (
        f"{first.decided.median:,.0f}/s beside {first.stored:,}, {last.decided.median:,.0f}/s"
        f" beside {last.stored:,}: deeper indexes, and pages no longer in PostgreSQL's cache"
    )


def _whole(results: Results) -> float:
    """Milliseconds of CPU that an application takes until it is decided."""
    return sum(
        results.median(WENQI, f"{phase}_{part}_ms")
        for phase in ("intake", "decided")
        for part in ("app", "server")
    )


TARGETS: Sequence[Target] = (
    Target(
        "intake, times the textbook's",
        lambda r: r.median(WENQI, "intake") / r.median(TEXTBOOK, "intake"),
        3.5,
        lambda r: _cpu(r, "intake", 3.5 * r.median(TEXTBOOK, "intake")),
    ),
    Target(
        "intake, share of the combined limit",
        lambda r: r.median(WENQI, "intake") / r.limit("combined"),
        0.5,
        lambda r: _cpu(r, "intake", 0.5 * r.limit("combined")),
    ),
    Target(
        "batch intake, times the textbook's intake",
        lambda r: r.batch("per_second") / r.median(TEXTBOOK, "intake"),
        12,
        _batch_cause,
    ),
    Target(
        "decided, times the textbook's",
        lambda r: r.median(WENQI, "decided") / r.median(TEXTBOOK, "decided"),
        50,
        lambda r: _cpu(r, "decided", 50 * r.median(TEXTBOOK, "decided")),
    ),
    Target(
        "p99 accepted to assessed at half saturation, share of the textbook's",
        lambda r: r.latency(WENQI, "assessed_p99_ms") / r.latency(TEXTBOOK, "assessed_p99_ms"),
        1,
        _p99_cause,
        most=True,
    ),
    Target(
        "one application on an idle system, times its own round trip",
        lambda r: r.singles[WENQI].decided_ms / r.singles[WENQI].round_trip_ms,
        5,
        _single_cause,
        most=True,
    ),
    Target(
        "cost of a reminder, largest store to smallest",
        _reminder_cost,
        1.2,
        _reminder_cause,
        most=True,
    ),
    Target(
        "reminding worker's memory, largest store to smallest",
        _memory,
        1.1,
        _memory_cause,
        most=True,
    ),
    Target("decided per second, largest store to smallest", _kept, 0.9, _kept_cause),
    Target(
        "CPU ms to read the costliest body of 240 KB",
        lambda r: r.step("body_ms"),
        50,
        lambda r: f"{r.step('body_ms'):.1f} ms: {r.steps and r.steps.body}",
        most=True,
    ),
    Target(
        "encryption, share of an application's CPU",
        lambda r: r.step("encryption_ms") / _whole(r),
        0.05,
        lambda r: f"{r.step('encryption_ms'):.3f} of {_whole(r):.2f} ms",
        most=True,
    ),
)
