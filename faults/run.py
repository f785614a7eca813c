"""One run: a world, clients, faults, rest, judgement."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from bench.meter import Foreign
from faults import upkeep
from faults.bodies import jobs
from faults.client import Clients, Record
from faults.driver import Log, drive
from faults.judgement import Judgement, judge
from faults.kinds import KINDS, Kind
from faults.officers import Officers
from faults.strikes import STRIKES
from faults.world import LEASE_SECONDS, World
from tests.support import filing

CLIENTS = 6
REST_SECONDS = 180.0
ANSWER_SECONDS = 60.0
STEP_MINUTES = 20
RECOVERY_LIMIT = LEASE_SECONDS + 10


@dataclass(frozen=True)
class Plan:
    """What a run is to reach. `plant`: the bugs to switch on, joined by "+"; `per_second`: what
    clients offer; `only`: the programs to run instead of all."""

    seed: int
    faults: int
    accepted: int
    minutes: float
    per_second: float
    plant: str | None = None
    kinds: Sequence[Kind] = KINDS
    at_once: int = 3
    only: Collection[str] = ()

    @property
    def has_goal(self) -> bool:
        """Whether it ends before its minutes, once it has done so much."""
        return self.faults > 0 or self.accepted > 0


@dataclass(frozen=True)
class Outcome:
    """What a run came to. `mails`, `webhooks`: messages that arrived, attempts; `certified`: claims
    officers certified; `foreign`: what share of the machine other programs took."""

    plan: Plan
    log: Log
    judgement: Judgement
    seconds: float
    replays: int
    repeats: int
    mails: tuple[int, int]
    webhooks: tuple[int, int]
    disk: str
    foreign: float
    certified: int

    @property
    def is_good(self) -> bool:
        """Whether the guarantees held: nothing lost or doubled, all recovered in time."""
        recovered = quantile(self.log.own_recoveries(), 99) <= RECOVERY_LIMIT
        return self.judgement.is_clean and not self.log.stuck and recovered

    @property
    def has_reached(self) -> bool:
        """Whether as much was done as was planned."""
        return self.log.total >= self.plan.faults and self.judgement.accepted >= self.plan.accepted


def quantile(seconds: Sequence[float], percent: int) -> float:
    """What so many per cent of the recoveries did not exceed, seconds; 0 without any."""
    if len(seconds) < 2:  # noqa: PLR2004 -- quantiles need two
        return max(seconds, default=0.0)
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


def run(plan: Plan, *, say: Callable[[str], None] = lambda _: None, keep: bool = False) -> Outcome:
    """Make a world, break it as planned, let it come to rest, judge it."""
    began, foreign = time.monotonic(), Foreign()
    world = World(plant=plan.plant, only=plan.only)
    clean = False
    try:
        world.start()
        say(f"up in {world.folder}; disk: {world.disk.kind}")
        record = Record(world.folder / "clients.jsonl")
        prefix = f"run-{plan.seed}-{os.urandom(4).hex()}"
        clients = Clients(
            world.port,
            jobs(plan.seed, prefix),
            record,
            count=CLIENTS,
            per_second=plan.per_second,
            known=filing.credentials(world.db, world.settings),
        )
        officers = Officers(world, record)
        world.answered = record.receipts
        clients.start()
        officers.start()
        last = time.monotonic() + 60 * plan.minutes

        def enough(log: Log) -> bool:
            reached = log.total >= plan.faults and len(record.receipts) >= plan.accepted
            return (plan.has_goal and reached) or time.monotonic() > last

        log = drive(
            world,
            record,
            seed=plan.seed,
            enough=enough,
            opening=[STRIKES[name] for name in (plan.plant or "").split("+") if name in STRIKES],
            kinds=plan.kinds,
            at_once=plan.at_once,
            say=say,
        )
        clients.stop(ANSWER_SECONDS)
        say("officers work off what is left ...")
        officers.stop(REST_SECONDS)
        upkeep.settle(world)
        rest(world, say)
        judgement = judge(world, record)
        record.close()
        outcome = Outcome(
            plan,
            log,
            judgement,
            time.monotonic() - began,
            record.replays,
            record.repeats,
            (len(world.mail.kept), world.mail.tried),
            (len(world.webhook.kept), world.webhook.tried),
            world.disk.kind,
            foreign.share(),
            len(record.granted),
        )
        clean = outcome.is_good
        return outcome
    finally:
        world.stop(keep=keep and not clean)


def rest(world: World, say: Callable[[str], None]) -> None:
    """Wait until nothing is due. Messages put off for hours are brought near by the clock."""
    began = time.monotonic()
    say("coming to rest ...")
    while time.monotonic() - began < REST_SECONDS:
        try:
            with world.db.transaction() as conn:
                due, put_off = conn.exec_driver_sql(
                    "SELECT count(*) FILTER (WHERE not_before <= app_now()),"
                    " count(*) FILTER (WHERE stage = 'notify') FROM work_item"
                    " WHERE dead_at IS NULL AND stage <> 'canary'"
                ).one()
            if not due and put_off:
                with world.connection() as owners:
                    owners.execute(
                        "UPDATE clock SET offset_seconds = offset_seconds + %s",
                        [60 * STEP_MINUTES],
                    )
        except (SQLAlchemyError, psycopg.Error):
            due = put_off = 1
        if not due and not put_off:
            return
        time.sleep(0.2)
