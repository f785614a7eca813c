"""One run's numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from bench.contenders import CONTENDERS
from bench.scenarios.batches import Bulk
from bench.scenarios.growth import Growth, Level
from bench.scenarios.latency import Latency, Single, saturation
from bench.scenarios.limits import Ceilings, Limits
from bench.scenarios.steps import Steps
from bench.scenarios.throughput import Sample
from bench.scenarios.visits import Followed
from bench.statistics import Spread

WENQI, TEXTBOOK = "wenqi", "textbook"


@dataclass
class Results:
    """Everything measured in one run."""

    machine: dict[str, str | int]
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    limits: list[Limits] = field(default_factory=list)
    ceilings: Ceilings | None = None
    steps: Steps | None = None
    latencies: dict[str, list[Latency]] = field(default_factory=dict)
    singles: dict[str, Single] = field(default_factory=dict)
    bulk: Bulk | None = None
    growth: Growth | None = None
    followed: Followed | None = None
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
        """The middle repetition of a limit. Raises ValueError if none was measured."""
        return Spread.of([getattr(limit, column) for limit in self.limits]).median

    def step(self, column: str) -> float:
        """One column of `Steps`. Raises ValueError if they were not measured."""
        if self.steps is None:
            raise ValueError("no single steps were measured")
        return float(getattr(self.steps, column))

    def batch(self, column: str) -> float:
        """The middle batch. Raises ValueError if none was sent."""
        return Spread.of(
            [getattr(batch, column) for batch in (self.bulk.batches if self.bulk else ())]
        ).median

    def saturation(self, name: str) -> float:
        """What a contender can take in and decide at once, per second."""
        return saturation(self.median(name, "intake"), self.median(name, "decided"))

    def latency(self, name: str, column: str) -> float:
        """The middle repetition of one column of `Latency`. Raises KeyError if there is none."""
        return Spread.of([getattr(latency, column) for latency in self.latencies[name]]).median

    def extremes(self) -> tuple[Level, Level]:
        """The smallest and the largest store. Raises ValueError if there are not two."""
        levels = self.growth.levels if self.growth else []
        if len(levels) < 2:
            raise ValueError("nothing has grown")
        return levels[0], levels[-1]

    def document(self) -> dict[str, Any]:
        """JSON-ready form."""
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
            "ceilings": asdict(self.ceilings) if self.ceilings else None,
            "steps": asdict(self.steps) if self.steps else None,
            "single": {name: asdict(single) for name, single in self.singles.items()},
            "bulk": asdict(self.bulk) if self.bulk else None,
            "growth": asdict(self.growth) if self.growth else None,
            "visits": asdict(self.followed) if self.followed else None,
        }
