"""Injects faults in seeded rounds of one to three at once, and measures how long recovery takes."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from bench.meter import Foreign
from faults.client import Record
from faults.kinds import EVERYTHING, KINDS, Kind
from faults.snapshot import snapshot
from faults.world import LEASE_SECONDS, World

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 120.0
SLOW_SECONDS = 10.0
CALM_SECONDS = (0.0, 0.5)


@dataclass(frozen=True)
class Round:
    """Faults that were under way at once: seconds from their end to recovery (None: it never
    came), what share of the machine other programs took meanwhile, and, of a slow one, what it
    waited for."""

    kinds: tuple[str, ...]
    seconds: float | None
    foreign: float
    slow: str = ""

    @property
    def own_seconds(self) -> float | None:
        """What is held against the limit. A lease lapses however busy the machine is; beyond it
        processes begin and catch up, for which only the part of the machine counts that others
        left: on a machine of their own they would have taken so long."""
        if self.seconds is None:
            return None
        beyond = max(0.0, self.seconds - LEASE_SECONDS)
        return min(self.seconds, LEASE_SECONDS) + beyond * (1 - self.foreign)

    def __str__(self) -> str:
        took = "STUCK" if self.seconds is None else f"{self.seconds:.1f} s"
        others = f", others took {self.foreign:.0%} of the machine" if self.slow else ""
        return f"{' + '.join(self.kinds)}: {took}{others}{self.slow and '; '}{self.slow}"


@dataclass
class Log:
    """What was done. `failed`: faults that could not be injected; they count for nothing."""

    injected: Counter[str] = field(default_factory=Counter)
    rounds: list[Round] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def stuck(self) -> list[Round]:
        """Rounds after which the system did not recover."""
        return [each for each in self.rounds if each.seconds is None]

    def recoveries(self, kind: str | None = None) -> list[float]:
        """Seconds, once for each fault (of one kind)."""
        return [
            each.seconds
            for each in self.rounds
            if each.seconds is not None
            for name in each.kinds
            if kind in (None, name)
        ]

    def own_recoveries(self) -> list[float]:
        """The same of all, as `Round.own_seconds`."""
        return [each.own_seconds for each in self.rounds for _ in each.kinds if each.own_seconds]

    @property
    def total(self) -> int:
        """Faults injected."""
        return self.injected.total()


def drive(
    world: World,
    record: Record,
    *,
    seed: int,
    enough: Callable[[Log], bool],
    opening: Sequence[Kind] = (),
    kinds: Sequence[Kind] = KINDS,
    at_once: int = 3,
    say: Callable[[str], None] = lambda _: None,
) -> Log:
    """Inject rounds until `enough` of them: first `opening` in its order, one by one, then every
    one of `kinds` once before any comes by chance."""
    chance = random.Random(seed)
    log = Log()
    for kind in opening:
        _round(world, record, log, chance, [kind], say)
    first = list(kinds)
    chance.shuffle(first)
    while not enough(log):
        _round(world, record, log, chance, _draw(chance, kinds, first, at_once), say)
    return log


def _round(
    world: World,
    record: Record,
    log: Log,
    chance: random.Random,
    chosen: Sequence[Kind],
    say: Callable[[str], None],
) -> None:
    """Inject these at once, wait for recovery, write both down."""
    with ThreadPoolExecutor(len(chosen)) as lanes:
        under_way = [
            (kind, lanes.submit(kind.inject, world, random.Random(chance.random())))
            for kind in chosen
        ]
    for kind, lane in under_way:
        if (error := lane.exception()) is None:
            log.injected[kind.name] += 1
        else:
            log.failed.append(f"{kind.name}: {type(error).__name__} {error}")
            say(f"     not injected: {log.failed[-1]}")
    foreign = Foreign()
    seconds, slow = recovery(world, record)
    log.rounds.append(Round(tuple(kind.name for kind in chosen), seconds, foreign.share(), slow))
    say(f"{log.total:4} {log.rounds[-1]}")
    time.sleep(chance.uniform(*CALM_SECONDS))


def recovery(world: World, record: Record) -> tuple[float | None, str]:
    """Wait until applications are accepted again and all accepted before now are decided.

    Returns seconds, None if that never came; and what it waited for when it had taken long.
    """
    began = time.monotonic()
    accepted = len(record.receipts)
    marker: int | None = None
    slow = ""
    while (passed := time.monotonic() - began) < PATIENCE_SECONDS:
        if passed > SLOW_SECONDS and not slow:
            slow = f"{snapshot(world)}; {len(record.receipts) - accepted} accepted"
        try:
            with world.db.statement() as conn:
                if marker is None:
                    marker = conn.exec_driver_sql(
                        "SELECT coalesce(max(id), 0) FROM application"
                    ).scalar_one()
                undecided = conn.exec_driver_sql(
                    "SELECT EXISTS (SELECT FROM work_item WHERE stage = 'assess'"
                    " AND dead_at IS NULL AND subject_id <= %(marker)s)",
                    {"marker": marker},
                ).scalar_one()
        except SQLAlchemyError:
            undecided = True
        if not undecided and len(record.receipts) > accepted:
            return time.monotonic() - began, slow
        time.sleep(POLL_SECONDS)
    return None, slow


def _draw(
    chance: random.Random, kinds: Sequence[Kind], first: list[Kind], at_once: int
) -> list[Kind]:
    chosen: list[Kind] = []
    for _ in range(chance.randint(1, at_once)):
        touched = {kind.touches for kind in chosen}
        if EVERYTHING in touched:
            break
        if chosen:
            touched.add(EVERYTHING)
        if first and first[-1].touches not in touched:
            chosen.append(first.pop())
            continue
        free = [kind for kind in kinds if kind.touches not in touched]
        if free:
            chosen += chance.choices(free, [kind.weight for kind in free])
    return chosen
