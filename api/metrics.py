"""Prometheus metrics of the API: of all its processes, whichever is asked.

With a folder in prometheus_client's `PROMETHEUS_MULTIPROC_DIR` (:mod:`web.serve` makes one) every
process keeps its counts in files there, which outlive it, so that no count ever goes back. Only
what can be added up may be counted here; gauges are read from the database when asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import ValueClass

from api import memory
from casework.operations.gauges import Reading
from config import build, capacity

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_registry = CollectorRegistry()
_requests = Counter(
    "wenqi_http_requests_total",
    "Requests answered.",
    ["method", "route", "status"],
    registry=_registry,
)
_seconds = Histogram(
    "wenqi_http_request_duration_seconds",
    "Time until an answer was ready, in seconds.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_registry,
)


_failed_tries = Counter(
    "wenqi_failed_tries_total",
    "Access codes, tokens, links, one-time codes and logins that were wrong.",
    ["credential"],
    registry=_registry,
)


_limited = Counter(
    "wenqi_limited_requests_total",
    "Requests that went above a limit (LIMIT_...).",
    ["limit"],
    registry=_registry,
)


def limited(limit: str) -> None:
    """Count one. ``limit``: a word of :mod:`api.limits`, so the number of series is bounded."""
    _limited.labels(limit).inc()


def failed_try(credential: str) -> None:
    """Count one. ``credential``: a word of :class:`casework.people.failed_tries.Credential`."""
    _failed_tries.labels(credential).inc()


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answered request. ``method`` is one of :data:`METHODS` or "other", ``route`` a
    pattern, so the number of series is bounded."""
    _count(method, route, status).inc()
    _time(route).observe(seconds)


@cache
def _count(method: str, route: str, status: int) -> Counter:
    return _requests.labels(method, route, str(status))


@cache
def _time(route: str) -> Histogram:
    return _seconds.labels(route)


def exposition() -> bytes:
    """The requests of all processes in Prometheus' text format."""
    if not ValueClass._multiprocess:  # noqa: SLF001 -- what the library itself asks
        return generate_latest(_registry)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)


def built() -> bytes:
    """Which build answers, as Prometheus' text."""
    registry = CollectorRegistry()
    info = Gauge(
        "wenqi_build_info", "Always 1; which build runs.", ["version", "revision"],
        registry=registry,
    )  # fmt: skip
    info.labels(build.VERSION, build.revision()).set(1)
    return generate_latest(registry)


def processes(pids: Sequence[int]) -> bytes:
    """What the processes of this API hold, as Prometheus' text."""
    registry = CollectorRegistry()
    held = memory.held(pids)
    if held is not None:
        memory_bytes = Gauge(
            "wenqi_api_memory_bytes",
            "Memory of the API's processes together, what they share counted once (PSS).",
            registry=registry,
        )
        memory_bytes.set(held)
    serving = max(1, len(pids) - 1)
    count = Gauge("wenqi_api_processes", "Processes of the API that serve.", registry=registry)
    count.set(serving)
    pools = Gauge(
        "wenqi_api_pool_connections_max",
        "Connections to the database that the API's processes may hold together.",
        registry=registry,
    )
    pools.set(serving * capacity.CONNECTIONS)
    return generate_latest(registry)


def gauges(readings: Iterable[Reading]) -> bytes:
    """What was read of the database (:mod:`casework.operations.gauges`), as Prometheus' text."""
    registry = CollectorRegistry()
    for gauge, rows in readings:
        shown = Gauge(gauge.name, gauge.help, gauge.labels, registry=registry)
        for *labels, value in rows:
            (shown.labels(*labels) if labels else shown).set(value)
    return generate_latest(registry)
