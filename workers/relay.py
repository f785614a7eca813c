"""The relay: moves due work items from the ledger to the broker.

Chunk size adapts by itself. While the workers keep up, every item goes out alone as soon as it is
due; when a queue holds `depth` messages nothing more is claimed, and what gathers meanwhile goes
out as one chunk. The broker never holds more than that, however large the backlog and however long
the workers are away. Any number of relays may run: claims skip each other's rows.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any

import structlog
from celery import Celery
from kombu import Connection
from kombu.exceptions import ChannelError, KombuError
from kombu.messaging import Producer

from casework.database import UNREADABLE, Database, open_database
from casework.work import dispatch
from casework.work.dispatch import Claimed
from casework.work.stages import FIRST_PAUSE, STAGES
from config.settings import Settings
from config.telemetry import sentry
from config.telemetry.ids import headers
from vocabulary.work import Queue, Stage
from workers import runtime
from workers.app import app as celery_app
from workers.app import transport_options
from workers.start import when_ready

log = structlog.get_logger(__name__)

OUTAGE_PAUSE = (0.1, 2.0)
# A lapsed lease is retried in company of at most this many, a failed or lost attempt alone.
CAREFUL_CHUNK = 25
SPREAD = 50  # below this many items, splitting a chunk over idle workers costs more than it gains
LOOK_SECONDS = 1.0
"""A queue last seen empty is believed to be so, and the clock not to be set back, this long."""


@dataclass(slots=True)
class Pace:
    """When a stage is looked at next, and what waited in its queue at the last look there
    (monotonic seconds)."""

    pause: float = FIRST_PAUSE
    due: float = 0.0
    waiting: int = 0
    looked: float = float("-inf")


class Relay:
    """One relay over one database and one broker."""

    def __init__(self, db: Database, settings: Settings, app: Celery = celery_app) -> None:
        self._db = db
        self._settings = settings
        self._app = app
        self._connection: Connection | None = None
        self._producer: Producer | None = None
        self._paces = {stage: Pace() for stage in STAGES}
        self._lookout = dispatch.Lookout(db)
        # Not an Event: one that is set by a signal handler while its own thread waits for it hangs.
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._stopped = False
        self._canaries: dict[int, str] = {}
        self._canary_due = float("-inf")
        self._clock = dispatch.ClockWatch()
        self._clock_due = float("-inf")

    def stop(self) -> None:
        """Finish what is claimed and return from `run`. May be called from a signal handler."""
        self._stopped = True
        self._wake.put(None)

    def run(self) -> None:
        """Relay until stopped; outages of either side are waited out."""
        outage = OUTAGE_PAUSE[0]
        while not self._stopped:
            try:
                self._round()
            except self._outages() as error:
                log.warning("relay.outage", error=type(error).__name__, pause=outage)
                self._disconnect()
                self._lookout.close()
                self._pause(outage)
                outage = min(2 * outage, OUTAGE_PAUSE[1])
            else:
                outage = OUTAGE_PAUSE[0]
                self._rest()
        self._disconnect()
        self._lookout.close()

    def _round(self) -> None:
        if time.monotonic() >= self._canary_due:
            self._canaries = dispatch.send_canaries(self._db, tuple(Queue))
            self._canary_due = time.monotonic() + dispatch.CANARY_SECONDS
        if time.monotonic() >= self._clock_due:
            self._clock.look(self._db, self._settings)
            self._clock_due = time.monotonic() + LOOK_SECONDS
        for stage, row in STAGES.items():
            pace, lane = self._paces[stage], row.lane
            if time.monotonic() >= pace.due and not self._stopped:
                moved, more = self.relay(stage)
                now = time.monotonic()
                if moved:
                    pace.pause = FIRST_PAUSE
                    pace.due = now + (0 if more else lane.gather)
                else:
                    pace.pause = min(2 * pace.pause, lane.idle)
                    pace.due = now + pace.pause

    def _rest(self) -> None:
        next_due = min(pace.due for pace in self._paces.values())
        self._pause(max(0.0, next_due - time.monotonic()))

    def _pause(self, seconds: float) -> None:
        with suppress(Empty):
            self._wake.get(timeout=seconds)

    def relay(self, stage: Stage) -> tuple[int, bool]:
        """Claim and publish once. Returns items moved, and whether more may be due."""
        # First of all: while the broker is away, nothing is claimed only to be given back.
        self._connected()
        lane = STAGES[stage].lane
        free = lane.depth - self._occupied(stage)
        if free <= 0:
            return 0, False
        if not self._lookout.sees(stage):
            return 0, False
        chunk = lane.chunk or self._settings.chunk_max
        most = free * chunk
        claimed = dispatch.claim(self._db, self._settings, stage, most)
        for queue, items in self._by_queue(stage, claimed).items():
            batch = list(messages(items, chunk=chunk, free=free))
            self._publish(stage, queue, batch)
            self._paces[stage].waiting += len(batch)
        return len(claimed), len(claimed) == most

    def _occupied(self, stage: Stage) -> int:
        """Messages that wait where the stage's go. An idle one asks now and then, a busy one
        always."""
        pace, now = self._paces[stage], time.monotonic()
        if pace.waiting or now - pace.looked > LOOK_SECONDS:
            own = STAGES[stage].queue
            queues = tuple(Queue) if own is None else (own,)
            pace.waiting = sum(self._waiting(queue) for queue in queues)
            pace.looked = now
        return pace.waiting

    def _by_queue(self, stage: Stage, claimed: Sequence[Claimed]) -> dict[str, list[Claimed]]:
        """Which items go to which queue: a canary to its own, all others to their stage's."""
        sorted_: dict[str, list[Claimed]] = {}
        for item in claimed:
            queue = STAGES[stage].queue or self._canaries.get(item.subject_id, Queue.REMIND)
            sorted_.setdefault(queue, []).append(item)
        return sorted_

    def _publish(self, stage: Stage, queue: str, batch: Sequence[tuple[list[int], bool]]) -> None:
        """Publish all messages in one round trip, or give every lease back."""
        try:
            producer = self._connected()
            with producer.batch():  # type: ignore[attr-defined]  # newer than the type stubs
                for ids, careful in batch:
                    self._app.send_task(
                        stage.value,
                        args=(ids,),
                        kwargs={"careful": True} if careful else {},
                        queue=queue,
                        headers=headers(stage=stage.value),
                        producer=producer,
                        retry=False,
                        ignore_result=True,
                    )
        except self._broker_errors():
            # Some may have arrived: their workers then find the items leased to nobody and do
            # them, and the second message finds nothing.
            dispatch.release(self._db, [item_id for ids, _ in batch for item_id in ids])
            raise
        log.debug("relay.published", stage=stage.value, messages=len(batch))

    def _waiting(self, queue: str) -> int:
        """Messages in a queue that no worker has taken yet."""
        channel: Any = self._connected().channel
        try:
            return int(channel.queue_declare(queue, passive=True).message_count)
        except ChannelError:
            return 0  # an empty Redis list does not exist

    def _connected(self) -> Producer:
        if self._producer is None:
            # Each relay its own connection, with short waits: work can be given back at once.
            options = transport_options(socket_timeout=5, socket_connect_timeout=2)
            self._connection = Connection(
                self._settings.redis_url, transport_options=options, connect_timeout=2
            )
            self._connection.ensure_connection(max_retries=1, timeout=2)
            self._producer = Producer(self._connection.channel())
        return self._producer

    def _disconnect(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            connection.collect(socket_timeout=1)

    def _outages(self) -> tuple[type[BaseException], ...]:
        return (*UNREADABLE, *self._broker_errors())

    def _broker_errors(self) -> tuple[type[BaseException], ...]:
        known: tuple[type[BaseException], ...] = (KombuError, OSError)
        if self._connection is not None:
            known += (*self._connection.connection_errors, *self._connection.channel_errors)
        return known


def messages(
    claimed: Sequence[Claimed], *, chunk: int, free: int
) -> Iterator[tuple[list[int], bool]]:
    """Group claimed items into messages: (ids, careful).

    Fresh items are spread over the free places of the queue in chunks; items whose lease lapsed
    travel in small groups, items whose attempt failed or killed its worker alone.
    """
    fresh = [item.id for item in claimed if not item.attempts and not item.lapsed]
    size = max(1, min(chunk, max(SPREAD, -(-len(fresh) // free))))
    for start in range(0, len(fresh), size):
        yield fresh[start : start + size], False
    lapsed = [item.id for item in claimed if item.lapsed and not item.attempts]
    size = min(chunk, CAREFUL_CHUNK)
    for start in range(0, len(lapsed), size):
        yield lapsed[start : start + size], True
    for item in claimed:
        if item.attempts:
            yield [item.id], True


def main() -> None:
    """Run a relay until SIGTERM or SIGINT."""
    settings = runtime.settings()
    sentry.start(settings, "relay")
    db = open_database(settings, process="relay", pool_size=2)
    when_ready(db, settings)
    relay = Relay(db, settings)

    def stop(_: int, __: FrameType | None) -> None:
        relay.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("relay.started")
    relay.run()
    db.close()
    log.info("relay.stopped")
