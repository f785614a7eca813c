"""One run's numbers, and what the targets of the project say to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.contenders import CONTENDERS
from bench.scenarios.batches import Batch
from bench.scenarios.growth import Level
from bench.scenarios.latency import Latency, Single, saturation
from bench.scenarios.limits import Limits
from bench.scenarios.throughput import Sample
from bench.statistics import Spread

WENQI, TEXTBOOK = "wenqi", "textbook"


@dataclass
class Results:
    """Everything measured in one run."""

    machine: dict[str, str | int]
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    limits: list[Limits] = field(default_factory=list)
    latencies: dict[str, list[Latency]] = field(default_factory=dict)
    singles: dict[str, Single] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    processes: dict[int, Spread] = field(default_factory=dict)
    foreign_share: float = 0.0
    seconds: float = 0.0

    def spread(self, name: str, column: str) -> Spread | None:
        """A contender's repetitions of one column of `Sample`."""
        samples = self.samples.get(name)
        return Spread.of([getattr(sample, column) for sample in samples]) if samples else None

    def median(self, name: str, column: str) -> float:
        """The middle repetition. Raises KeyError if the contender was not measured."""
        return Spread.of([getattr(sample, column) for sample in self.samples[name]]).median

    def limit(self, column: str) -> float:
        """The middle repetition of a limit."""
        return Spread.of([getattr(limit, column) for limit in self.limits]).median

    def saturation(self, name: str) -> float:
        """What a contender can take in and decide at once, per second."""
        return saturation(self.median(name, "intake"), self.median(name, "decided"))

    def p99(self, name: str) -> float:
        """Accepted to decided at half saturation: the middle repetition's 99th percentile, ms."""
        return Spread.of([latency.p99_ms for latency in self.latencies[name]]).median

    def document(self) -> dict[str, Any]:
        """JSON-ready form, with the targets."""
        return {
            "machine": self.machine,
            "seconds": round(self.seconds),
            "foreign_share": round(self.foreign_share, 4),
            "contenders": {
                contender.name: {
                    "title": contender.title,
                    "repetitions": [asdict(sample) for sample in self.samples[contender.name]],
                    "latency": [asdict(one) for one in self.latencies.get(contender.name, ())],
                }
                for contender in CONTENDERS
                if contender.name in self.samples
            },
            "limits": [{**asdict(limit), "combined": limit.combined} for limit in self.limits],
            "single": {name: asdict(single) for name, single in self.singles.items()},
            "batches": [asdict(batch) for batch in self.batches],
            "growth": [asdict(level) for level in self.levels],
            "processes": {str(n): spread.document() for n, spread in self.processes.items()},
            "targets": [asdict(verdict) for verdict in self.targets()],
        }

    def targets(self) -> list[Verdict]:
        """Every target that was measured in this run."""
        verdicts: list[Verdict] = []
        for target in TARGETS:
            try:
                value = target.value(self)
            except (KeyError, IndexError, ValueError):
                continue  # this part was not asked for
            verdicts.append(Verdict(target.name, value, target.wanted, target.sense(value)))
        return verdicts


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target beside what was measured."""

    name: str
    value: float
    wanted: str
    met: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio that the project wants. `bound`: at least, or (`most`) at most."""

    name: str
    value: Callable[[Results], float]
    bound: float
    most: bool = False

    @property
    def wanted(self) -> str:
        """The bound in words."""
        return f"{'≤' if self.most else '≥'} {self.bound:g}"

    def sense(self, value: float) -> bool:
        """Whether it is met."""
        return value <= self.bound if self.most else value >= self.bound


def _batch(results: Results) -> float:
    if not results.batches:
        raise ValueError("no batch was sent")
    return Spread.of([batch.per_second for batch in results.batches]).median


def _levels(results: Results) -> tuple[Level, Level]:
    first, last = results.levels[0], results.levels[-1]
    if first is last:
        raise ValueError("nothing has grown")
    return first, last


def _kept(results: Results) -> float:
    first, last = _levels(results)
    return last.decided.median / first.decided.median


def _reminder_cost(results: Results) -> float:
    first, last = _levels(results)
    return last.reminder_cpu_ms.median / first.reminder_cpu_ms.median


TARGETS: Sequence[Target] = (
    Target(
        "intake, times the textbook's",
        lambda r: r.median(WENQI, "intake") / r.median(TEXTBOOK, "intake"),
        3.5,
    ),
    Target(
        "intake, share of the combined limit",
        lambda r: r.median(WENQI, "intake") / Spread.of([x.combined for x in r.limits]).median,
        0.5,
    ),
    Target(
        "batch intake, times the textbook's intake",
        lambda r: _batch(r) / r.median(TEXTBOOK, "intake"),
        12,
    ),
    Target(
        "decided, times the textbook's",
        lambda r: r.median(WENQI, "decided") / r.median(TEXTBOOK, "decided"),
        50,
    ),
    Target(
        "p99 accepted to decided at half saturation, share of the textbook's",
        lambda r: r.p99(WENQI) / r.p99(TEXTBOOK),
        1,
        most=True,
    ),
    Target(
        "one application on an idle system, times its own round trip",
        lambda r: r.singles[WENQI].decided_ms / r.singles[WENQI].round_trip_ms,
        5,
        most=True,
    ),
    Target("cost of a reminder, largest store to smallest", _reminder_cost, 1.2, most=True),
    Target("decided per second, largest store to smallest", _kept, 0.9),
)
