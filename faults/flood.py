"""`make flood`: more clients than the API can serve, and a PostgreSQL that slows down and hangs.

Shows three promises: memory stays bounded, whoever cannot be served is told so (429 or 503 with
Retry-After), and every 202 is stored. Bounded in time (`--minutes`) and in requests (`--most`).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import click
import psutil
import psycopg

from bench.meter import memory_mib
from cli.tables import markdown
from faults.world import World
from tests.support.applications import tenant_body

ACCEPTED, OK = 202, 200
READS_EVERY = 4
"""Every so many clients one does not apply but reads what the database has to be asked for."""

REFUSALS = (429, 503)
GIVE_UP_SECONDS = 60.0
AFTER_REFUSAL_SECONDS = 0.2
"""Impatient: clients do not wait as long as Retry-After asks them to."""

PROBE_SECONDS = 1.0
PROBE_PATIENCE_SECONDS = 3.0
WARM_SECONDS = 10.0
GROWTH_MIB = 48.0
"""What the API's memory may grow by after the first seconds, however long the flood lasts."""


@dataclass
class Answers:
    """What the clients saw. `slowest`: seconds by status; `unpromising`: refusals without
    Retry-After; `unanswered`: time-outs and cut connections."""

    statuses: Counter[int] = field(default_factory=Counter)
    slowest: dict[int, float] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)
    unpromising: int = 0
    unanswered: int = 0

    @property
    def sent(self) -> int:
        """Requests that have been answered or given up."""
        return self.statuses.total() + self.unanswered


@dataclass(frozen=True)
class Sample:
    """A moment: seconds since the start, what PostgreSQL does, the API's PSS in MiB, answers so
    far, and whether /healthz answered in time."""

    at: float
    weather: str
    mib: float
    answered: int
    alive: bool


@dataclass(frozen=True)
class Outcome:
    """A finished flood; `findings` is empty when the promises held."""

    answers: Answers
    samples: tuple[Sample, ...]
    stored: int
    findings: tuple[str, ...]


@contextmanager
def locked(world: World) -> Iterator[None]:
    """No row can be inserted: statements wait until their lock time-out."""
    with psycopg.connect(world.postgres.superuser_url) as conn:
        conn.execute("LOCK TABLE application IN EXCLUSIVE MODE")
        yield


@contextmanager
def stopped(world: World) -> Iterator[None]:
    """The API's connections hang: not even a time-out of the server can end a statement."""
    with world.connection() as conn:
        backends = [
            row[0]
            for row in conn.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'wenqi-api'"
            )
        ]
    try:
        for pid in backends:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in backends:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


WEATHERS: tuple[tuple[str, Callable[[World], object]], ...] = (
    ("table locked", locked),
    ("backends stopped", stopped),
)


class Flood:
    """`clients` connections post applications to a world's API as fast as they are answered."""

    def __init__(self, world: World, *, clients: int, most: int) -> None:
        self.answers = Answers()
        self._world = world
        self._clients = clients
        self._most = most
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Send nothing new; returns when every request sent is answered or given up."""
        self._stop.set()
        self._thread.join()

    async def _run(self) -> None:
        await asyncio.gather(*(self._client(number) for number in range(self._clients)))

    async def _client(self, number: int) -> None:
        request = _reading() if number % READS_EVERY == READS_EVERY - 1 else _applying()
        await asyncio.sleep(number / self._clients)
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while not self._stop.is_set() and self.answers.sent < self._most:
            began = time.monotonic()
            try:
                async with asyncio.timeout(GIVE_UP_SECONDS):
                    if streams is None:
                        streams = await asyncio.open_connection("127.0.0.1", self._world.port)
                    status = await self._ask(*streams, request)
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                self.answers.unanswered += 1
                if streams is not None:
                    streams[1].close()
                streams, status = None, 0
            took = time.monotonic() - began
            if status:
                self.answers.statuses[status] += 1
                self.answers.slowest[status] = max(self.answers.slowest.get(status, 0.0), took)
            if status not in (ACCEPTED, OK):
                await asyncio.sleep(AFTER_REFUSAL_SECONDS)
        if streams is not None:
            streams[1].close()

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
    ) -> int:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = await reader.readexactly(int(fields["content-length"]))
        status = int(head.split(" ", 2)[1])
        if status == ACCEPTED:
            self.answers.receipts.append(json.loads(body)["receipt"])
        elif status in REFUSALS and "retry-after" not in fields:
            self.answers.unpromising += 1
        return status


def _applying() -> bytes:
    body = json.dumps(tenant_body(), ensure_ascii=False).encode()
    head = "POST /api/v1/applications HTTP/1.1\r\nHost: localhost\r\n"
    kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + kind.encode() + body


def _reading() -> bytes:
    return b"GET /api/v1/publicity HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def _is_alive(port: int) -> bool:
    with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
        async with asyncio.timeout(PROBE_PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            said = await reader.readuntil(b"\r\n")
            writer.close()
            return int(said.split(b" ", 2)[1]) == OK
    return False


def run(
    *, seconds: float, clients: int, most: int, fair: float, foul: float, say: Callable[[str], None]
) -> Outcome:
    """Flood a world of its own for `seconds`: `fair` seconds PostgreSQL works, `foul` it does not,
    in turns. Says one line per change."""
    world = World(only=("api",))
    samples: list[Sample] = []
    try:
        world.start()
        flood = Flood(world, clients=clients, most=most)
        api = [psutil.Process(one.pid) for one in world.processes("api")[:1]]
        began = time.monotonic()
        flood.start()

        def watch(weather: str, until: float) -> None:
            while (now := time.monotonic()) < until:
                alive = asyncio.run(_is_alive(world.port))
                answered = flood.answers.statuses.total()
                samples.append(Sample(now - began, weather, memory_mib(api), answered, alive))
                time.sleep(max(0.0, min(now + PROBE_SECONDS, until) - time.monotonic()))
            last = samples[-1]
            say(
                f"{last.at:6.0f} s  after {weather:16}  {last.mib:6.1f} MiB  "
                f"{last.answered:,} answered"
            )

        turn, end = 0, began + seconds
        while time.monotonic() < end:
            watch("fair", min(end, time.monotonic() + fair))
            name, weather = WEATHERS[turn % len(WEATHERS)]
            with weather(world):  # type: ignore[attr-defined]
                watch(name, min(end, time.monotonic() + foul))
            turn += 1
        flood.stop()
        stored, findings = _judge(world, flood.answers, samples)
        return Outcome(flood.answers, tuple(samples), stored, tuple(findings))
    finally:
        world.stop()


def _judge(world: World, answers: Answers, samples: list[Sample]) -> tuple[int, list[str]]:
    """How many applications are stored, and which promises were broken."""
    found = []
    with world.connection() as conn:
        stored = {row[0] for row in conn.execute("SELECT receipt FROM application")}
    told = set(answers.receipts)
    if told - stored:
        found.append(f"{len(told - stored)} were told 202 and are not stored")
    if len(told) != len(answers.receipts):
        found.append("a receipt was given twice")
    if not told:
        found.append("nothing was accepted")
    # Whoever broke off, or was told 503 by a lost connection, may have been stored: an unknown
    # outcome, which an idempotency key makes known. Nothing else may.
    unknown = answers.unanswered + answers.statuses[503]
    if len(stored - told) > unknown:
        found.append(f"{len(stored - told)} are stored and nobody was told")
    if wrong := set(answers.statuses) - {ACCEPTED, OK, *REFUSALS}:
        found.append(f"answers that were not to be expected: {sorted(wrong)}")
    if answers.unpromising:
        found.append(f"{answers.unpromising} refusals without Retry-After")
    if not any(answers.statuses[status] for status in REFUSALS):
        found.append("nobody was refused: there was no pressure")
    warm = [sample.mib for sample in samples if sample.at <= WARM_SECONDS]
    if (peak := max(sample.mib for sample in samples)) - max(warm) > GROWTH_MIB:
        found.append(f"memory grew from {max(warm):.0f} to {peak:.0f} MiB")
    if silent := sum(not sample.alive for sample in samples):
        found.append(f"/healthz did not answer in {silent} of {len(samples)} looks")
    return len(stored), found


def rendered(outcome: Outcome) -> str:
    """An outcome in Markdown."""
    answers, samples = outcome.answers, outcome.samples
    rows = [("Duration", f"{samples[-1].at:.0f} s")]
    rows += [
        (f"Answered {status}", f"{count:,}, slowest {answers.slowest[status]:.2f} s")
        for status, count in sorted(answers.statuses.items())
    ]
    rows += [
        ("Not answered", f"{answers.unanswered:,}"),
        ("Told 202 / stored", f"{len(answers.receipts):,} / {outcome.stored:,}"),
        ("/healthz answered", f"{sum(one.alive for one in samples)} of {len(samples)} looks"),
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        one = samples[round(share * (len(samples) - 1))]
        rows.append((f"Memory of the API (PSS) after {one.at:.0f} s", f"{one.mib:.1f} MiB"))
    rows.append(("Memory of the API, peak", f"{max(one.mib for one in samples):.1f} MiB"))
    return "\n".join(
        [markdown(("", ""), rows), "", *(f"* FOUND: {one}" for one in outcome.findings)]
    ).rstrip()


@click.command()
@click.option("--minutes", type=click.FloatRange(0.1, 60), default=10, show_default=True)
@click.option("--clients", type=click.IntRange(1, 800), default=200, show_default=True)
@click.option("--most", type=int, default=2_000_000, show_default=True, help="Requests.")
@click.option("--fair", type=float, default=10, show_default=True, help="Seconds between troubles.")
@click.option("--foul", type=float, default=20, show_default=True, help="Seconds of each trouble.")
def main(minutes: float, clients: int, most: int, fair: float, foul: float) -> None:
    """Flood an API over a PostgreSQL that is slow again and again."""
    outcome = run(
        seconds=60 * minutes, clients=clients, most=most, fair=fair, foul=foul, say=click.echo
    )
    click.echo(rendered(outcome))
    sys.exit(1 if outcome.findings else 0)


if __name__ == "__main__":
    main()
