"""Injects faults in seeded rounds of one to three at once, and measures how long recovery takes."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from faults.client import Record
from faults.kinds import EVERYTHING, KINDS, Kind
from faults.world import World

POLL_SECONDS = 0.05
PATIENCE_SECONDS = 120.0
CALM_SECONDS = (0.0, 0.5)


@dataclass
class Log:
    """What was done and how long the system took: seconds from the fault's end to recovery.

    `failed`: faults that could not be injected; they count for nothing.
    """

    injected: Counter[str] = field(default_factory=Counter)
    recoveries: list[tuple[str, float]] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

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
    names = " + ".join(kind.name for kind in chosen)
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
    seconds = recovery(world, record)
    say(f"{log.total:4} {names}: {'STUCK' if seconds is None else f'{seconds:.1f} s'}")
    if seconds is None:
        log.stuck.append(names)
    else:
        log.recoveries += [(kind.name, seconds) for kind in chosen]
    time.sleep(chance.uniform(*CALM_SECONDS))


def recovery(world: World, record: Record) -> float | None:
    """Seconds until applications are accepted again and all accepted before now are decided."""
    began = time.monotonic()
    accepted = len(record.receipts)
    marker: int | None = None
    while time.monotonic() - began < PATIENCE_SECONDS:
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
            return time.monotonic() - began
        time.sleep(POLL_SECONDS)
    return None


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
