"""Prometheus metrics of the API: of all its processes, whichever is asked.

With a folder in prometheus_client's `PROMETHEUS_MULTIPROC_DIR` (:mod:`web.serve` makes one) every
process keeps its counts in files there, which outlive it, so that no count ever goes back. Only
what can be added up may be counted here; gauges are read from the database when asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
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
    """Count one. ``credential``: a word of :class:`casework.operations.failed_tries.Credential`."""
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
    info = GaugeMetricFamily(
        "wenqi_build_info", "Always 1; which build runs.", labels=["version", "revision"]
    )
    info.add_metric([build.VERSION, build.revision()], 1)
    return _text([info])


def processes(pids: Sequence[int]) -> bytes:
    """What the processes of this API hold, as Prometheus' text."""
    told = []
    held = memory.held(pids)
    if held is not None:
        told.append(
            GaugeMetricFamily(
                "wenqi_api_memory_bytes",
                "Memory of the API's processes together, what they share counted once (PSS).",
                held,
            )
        )
    serving = max(1, len(pids) - 1)
    told += [
        GaugeMetricFamily("wenqi_api_processes", "Processes of the API that serve.", serving),
        GaugeMetricFamily(
            "wenqi_api_pool_connections_max",
            "Connections to the database that the API's processes may hold together.",
            serving * capacity.CONNECTIONS,
        ),
    ]
    return _text(told)


def gauges(readings: Iterable[Reading]) -> bytes:
    """What was read of the database (:mod:`casework.operations.gauges`), as Prometheus' text."""
    told = []
    for gauge, rows in readings:
        family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
        for *labels, value in rows:
            family.add_metric([str(label) for label in labels], value)
        told.append(family)
    return _text(told)


class _Told(Collector):
    """What was found out this moment. The library's own gauges would be kept in the files that the
    processes count in, and be told a second time for each process, also when they hold no more."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """The library's hook."""
        return self._families


def _text(families: Sequence[Metric]) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Told(families))
    return generate_latest(registry)
