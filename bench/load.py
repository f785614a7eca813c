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
import random
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.applications import Bodies
from bench.statistics import percentile

HOST = "127.0.0.1"
PATH = "/api/v1/applications"
RECEIVE_BYTES = 64 * 1024
SILENCE_SECONDS = 20.0
HEADER_END = b"\r\n\r\n"


class LoadError(Exception):
    """The server did not answer as HTTP servers do; the message says how."""


@dataclass(slots=True)
class Connection:
    """One keep-alive connection and what has arrived of the answer it waits for."""

    sock: socket.socket
    due_at: float = 0.0
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
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {bodies.length}\r\n\r\n"
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

    In: the loopback port, the source of requests, at most how many at once, durations in seconds,
    requests per second (None: the next as soon as one is answered). Raises LoadError.
    """
    begins_at = time.monotonic() + warmup
    tally = Tally(begins_at, begins_at + seconds)
    pacer = _Pacer(rate) if rate else None
    with selectors.DefaultSelector() as selector:
        idle = deque(_connect(port) for _ in range(connections))
        for connection in idle:
            selector.register(connection.sock, selectors.EVENT_READ, connection)
        busy = 0
        try:
            while True:
                now = time.monotonic()
                if now >= tally.ends_at:
                    break
                while idle and (pacer is None or pacer.is_due(now)):
                    _send(idle.pop(), make(), pacer.take() if pacer else now)
                    busy += 1
                patience = pacer.wait(now) if pacer and idle else tally.ends_at - now
                busy -= _collect(selector, patience, tally, idle, port)
            quiet_at = time.monotonic() + SILENCE_SECONDS
            while busy and time.monotonic() < quiet_at:
                busy -= _collect(selector, 1.0, tally, idle, port)
        finally:
            for key in list(selector.get_map().values()):
                key.data.sock.close()
    if busy:
        raise LoadError(f"{busy} requests were not answered within {SILENCE_SECONDS:.0f} s")
    return tally


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


def _connect(port: int) -> Connection:
    sock = socket.create_connection((HOST, port), timeout=SILENCE_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(sock)


def _send(connection: Connection, request: bytes, due_at: float) -> None:
    connection.due_at = due_at
    connection.received = b""
    # One small request fits any socket buffer, so this does not block.
    connection.sock.sendall(request)


def _collect(
    selector: selectors.BaseSelector,
    patience: float,
    tally: Tally,
    idle: deque[Connection],
    port: int,
) -> int:
    """Read what has arrived within `patience` seconds. Out: how many answers are complete."""
    complete = 0
    for key, _ in selector.select(patience):
        connection: Connection = key.data
        arrived = connection.sock.recv(RECEIVE_BYTES)
        if not arrived and not connection.received and connection in idle:
            # The server closed a connection nobody used.
            idle.remove(connection)
            idle.append(_reconnect(selector, connection, port))
            continue
        if not arrived:
            raise LoadError("the server closed a connection instead of answering")
        connection.received += arrived
        answer = parse(connection.received)
        if answer is None:
            continue
        status, closes = answer
        tally.add(status, connection.due_at, time.monotonic())
        complete += 1
        connection.received = b""
        idle.append(_reconnect(selector, connection, port) if closes else connection)
    return complete


def _reconnect(selector: selectors.BaseSelector, old: Connection, port: int) -> Connection:
    selector.unregister(old.sock)
    old.sock.close()
    new = _connect(port)
    selector.register(new.sock, selectors.EVENT_READ, new)
    return new


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
