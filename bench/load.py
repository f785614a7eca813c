"""The load generator: a process of its own, over many keep-alive connections.

    python -m bench.load --port 8000 --connections 16 --seconds 4            as fast as answered
    python -m bench.load --port 8000 --connections 64 --seconds 8 --rate 70  at a given rate

Every request is another application. Prints one JSON object. One epoll loop over plain sockets:
a request costs it some 20 µs, a twentieth of what the fastest contender spends on one; its own
ceiling is measured in every run (`bench.limits.echo`).

At a given rate requests are due at random (Poisson) moments whether or not earlier ones have been
answered, and a latency counts from the due moment, so that a stalled server is not let off.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.applications import Bodies, trusted
from bench.statistics import percentile

HOST = "127.0.0.1"
PATH = "/api/v1/applications"
RECEIVE_BYTES = 64 * 1024
SILENCE_SECONDS = 20.0
# Shorter than any contender keeps an idle connection (gunicorn: 2 seconds).
STALE_SECONDS = 1.0
HEADER_END = b"\r\n\r\n"


class LoadError(Exception):
    """The server did not answer as HTTP servers do; the message says how."""


@dataclass(slots=True, eq=False)
class Connection:
    """One keep-alive connection and what has arrived of the answer it waits for."""

    sock: socket.socket
    due_at: float = 0.0
    idle_since: float = 0.0
    received: bytes = b""


@dataclass(slots=True)
class Tally:
    """What happened between `begins_at` and `ends_at` (monotonic seconds)."""

    begins_at: float
    ends_at: float
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    answered: int = 0  # in the warm-up too

    def add(self, status: int, due_at: float, now: float) -> None:
        """Count one answer; its place is the window it arrived in."""
        self.answered += 1
        if self.begins_at <= now < self.ends_at:
            self.statuses[status] += 1
            self.latencies.append(now - due_at)


def requests(first_serial: int) -> Callable[[], bytes]:
    """A source of HTTP requests, each an application of another enterprise."""
    bodies = Bodies()
    known = "".join(f"{name}: {value}\r\n" for name, value in trusted().items())
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {bodies.length}\r\n{known}\r\n"
    ).encode()
    serial = first_serial - 1

    def make() -> bytes:
        nonlocal serial
        serial += 1
        return head + bodies(serial)

    return make


def run(
    port: int,
    make: Callable[[], bytes],
    *,
    connections: int,
    warmup: float,
    seconds: float,
    rate: float | None = None,
) -> Tally:
    """Send requests for `warmup` + `seconds`, then wait for the last answers.

    Takes the loopback port, the source of requests, at most how many at once, durations in seconds,
    requests per second (None: the next as soon as one is answered). Raises LoadError.
    """
    begins_at = time.monotonic() + warmup
    tally = Tally(begins_at, begins_at + seconds)
    pacer = _Pacer(rate) if rate else None
    pool = _Pool(port, connections)
    try:
        while (now := time.monotonic()) < tally.ends_at:
            while pool.has_room() and (pacer is None or pacer.is_due(now)):
                pool.send(make(), pacer.take() if pacer else now)
            pool.collect(pacer.wait(now) if pacer and pool.has_room() else 0.1, tally)
        quiet_at = time.monotonic() + SILENCE_SECONDS
        while pool.busy and time.monotonic() < quiet_at:
            pool.collect(1.0, tally)
    finally:
        pool.close()
    if pool.busy:
        raise LoadError(f"{pool.busy} requests were not answered within {SILENCE_SECONDS:.0f} s")
    return tally


def send(port: int, make: Callable[[], bytes], count: int, *, connections: int) -> int:
    """Send so many requests, the next as soon as one is answered. Returns how many were accepted
    (202). Raises LoadError."""
    tally = Tally(-math.inf, math.inf)
    pool, begun = _Pool(port, connections), 0
    try:
        while tally.answered < count:
            while begun < count and pool.has_room():
                pool.send(make(), time.monotonic())
                begun += 1
            known = tally.answered
            pool.collect(SILENCE_SECONDS, tally)
            if tally.answered == known:
                raise LoadError(f"no answer within {SILENCE_SECONDS:.0f} s")
    finally:
        pool.close()
    return tally.statuses[202]


class _Pool:
    """The connections: opened when needed, the last used first, none that may be stale.

    Opened when needed, because a threaded server gives a thread to a connection that has not said
    anything yet, as browsers know.
    """

    def __init__(self, port: int, most: int) -> None:
        self._port = port
        self._most = most
        self._selector = selectors.DefaultSelector()
        self._idle: list[Connection] = []
        self.busy = 0

    def has_room(self) -> bool:
        """Whether another request may be under way."""
        return self.busy < self._most

    def send(self, request: bytes, due_at: float) -> None:
        """Put a request on its way."""
        connection = self._take()
        connection.due_at = due_at
        connection.received = b""
        # One small request fits any socket buffer, so this does not block.
        connection.sock.sendall(request)
        self.busy += 1

    def collect(self, patience: float, tally: Tally) -> None:
        """Read what has arrived within `patience` seconds."""
        for key, _ in self._selector.select(patience):
            connection: Connection = key.data
            arrived = connection.sock.recv(RECEIVE_BYTES)
            if not arrived:
                if connection not in self._idle:
                    raise LoadError("the server closed a connection instead of answering")
                self._idle.remove(connection)
                self._drop(connection)
                continue
            connection.received += arrived
            answer = parse(connection.received)
            if answer is None:
                continue
            status, closes = answer
            now = time.monotonic()
            tally.add(status, connection.due_at, now)
            self.busy -= 1
            if closes:
                self._drop(connection)
            else:
                connection.idle_since = now
                self._idle.append(connection)

    def close(self) -> None:
        """Close every connection."""
        for key in list(self._selector.get_map().values()):
            key.data.sock.close()
        self._selector.close()

    def _take(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if time.monotonic() - connection.idle_since < STALE_SECONDS:
                return connection
            self._drop(connection)
        sock = socket.create_connection((HOST, self._port), timeout=SILENCE_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(sock)
        self._selector.register(sock, selectors.EVENT_READ, connection)
        return connection

    def _drop(self, connection: Connection) -> None:
        self._selector.unregister(connection.sock)
        connection.sock.close()


class _Pacer:
    """Poisson arrivals: the same moments in every run."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._random = random.Random(2020)  # noqa: S311 - a schedule, not a secret
        self._next = time.monotonic()

    def is_due(self, now: float) -> bool:
        return self._next <= now

    def take(self) -> float:
        due, self._next = self._next, self._next + self._random.expovariate(self._rate)
        return due

    def wait(self, now: float) -> float:
        return max(0.0, self._next - now)


def parse(received: bytes) -> tuple[int, bool] | None:
    """An answer's status and whether the server closes the connection; None while incomplete.

    Raises LoadError for an answer without Content-Length, which no contender sends.
    """
    end = received.find(HEADER_END)
    if end < 0:
        return None
    head = received[:end].lower()
    start = head.find(b"content-length:")
    if start < 0:
        raise LoadError(f"an answer without Content-Length: {received[:80]!r}")
    length = int(head[start + 15 :].split(b"\r", 1)[0])
    if len(received) < end + len(HEADER_END) + length:
        return None
    return int(received[9:12]), b"connection: close" in head


def summary(tally: Tally, seconds: float, cpu_seconds: float) -> dict[str, object]:
    """What the parent process reads: counts, answers per second, latencies in milliseconds."""
    good = sum(count for status, count in tally.statuses.items() if 200 <= status < 300)
    ordered = sorted(tally.latencies)
    return {
        "answered": tally.answered,
        "counted": len(ordered),
        "good": good,
        "statuses": dict(sorted(tally.statuses.items())),
        "per_second": good / seconds,
        "p50_ms": percentile(ordered, 50) * 1000,
        "p99_ms": percentile(ordered, 99) * 1000,
        "cpu_seconds": cpu_seconds,
    }


def main() -> None:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--warmup", type=float, default=0.5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rate", type=float, help="requests per second (default: closed loop)")
    parser.add_argument("--first-serial", type=int, default=0)
    chosen = parser.parse_args()
    tally = run(
        chosen.port,
        requests(chosen.first_serial),
        connections=chosen.connections,
        warmup=chosen.warmup,
        seconds=chosen.seconds,
        rate=chosen.rate,
    )
    print(json.dumps(summary(tally, chosen.seconds, time.process_time())))


if __name__ == "__main__":
    main()
