"""What monitoring is told of the database: gauges, each read when it is asked for.

A gauge is read in a statement of its own: where the tables of one are missing (an older schema),
the others are told all the same. Every API answers the same, so take the maximum over them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from casework.database import UNAVAILABLE, UNREADABLE
from casework.work import canary
from rules import workdays
from store import predicates
from store.db import Database
from vocabulary.zone import CHINA

Rows = Iterable[Sequence[Any]]
RECENT: Final = timedelta(hours=1)
MOST_RECENT: Final = 20_000
"""So many messages are looked at, so that a flood of them does not make looking slow."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """`read` gives rows: the labels' values in their order, then the value."""

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[Connection], Rows]


class Reading(NamedTuple):
    """What a gauge shows."""

    gauge: Gauge
    rows: list[tuple[Any, ...]]


def read(db: Database) -> list[Reading]:
    """Every gauge that can be read; none while the database is away, since monitoring must not
    fail for that."""
    try:
        with db.statement() as conn:
            readings = [(gauge, _rows(gauge, conn)) for gauge in GAUGES]
    except UNAVAILABLE:
        return []
    return [Reading(gauge, rows) for gauge, rows in readings if rows is not None]


def _rows(gauge: Gauge, conn: Connection) -> list[tuple[Any, ...]] | None:
    try:
        return [tuple(row) for row in gauge.read(conn)]
    except UNAVAILABLE:
        raise
    except UNREADABLE:
        return None


def _asked(statement: str, **values: object) -> Callable[[Connection], Rows]:
    return lambda conn: conn.exec_driver_sql(statement, values or None)


def _arrived(conn: Connection) -> Rows:
    """Without the queues through which no canary ever came."""
    return ((queue, age) for queue, age in canary.ages(conn).items() if age is not None)


def _calendar_end(_: Connection) -> Rows:
    return [(datetime.combine(workdays.published_until(), time.max, CHINA).timestamp(),)]


_WORK = """
SELECT stage, standing, count FROM (SELECT stage,
    count(*) FILTER (WHERE dead_at IS NULL AND not_before <= app_now()) AS due,
    count(*) FILTER (WHERE dead_at IS NULL AND not_before > app_now()) AS later,
    count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead
FROM work_item GROUP BY stage) AS w
CROSS JOIN LATERAL (VALUES ('due', due), ('later', later), ('dead', dead)) AS v (standing, count)
ORDER BY stage, standing
"""

_OLDEST = """
SELECT stage, coalesce(extract(epoch FROM app_now() - min(not_before)
    FILTER (WHERE dead_at IS NULL AND not_before <= app_now())), 0)::float8
FROM work_item GROUP BY stage ORDER BY stage
"""

_MESSAGES = """
SELECT channel, state, count(*) FROM
    (SELECT channel, state, created_at FROM delivery ORDER BY id DESC LIMIT %(most)s) AS newest
WHERE created_at > app_now() - %(recent)s GROUP BY channel, state ORDER BY channel, state
"""

_ENDPOINTS = f"""
SELECT state, count(e.id)
FROM (VALUES ('live'), ('resting'), ('switched_off'), ('given_up')) AS s (state)
LEFT JOIN (SELECT w.id, CASE
        WHEN w.disabled_at IS NULL AND {predicates.SHUT_SINCE} IS NULL
            THEN CASE WHEN t.closed_until > app_now() THEN 'resting' ELSE 'live' END
        WHEN w.disabled_at IS NULL OR w.disabled_reason IN ('operator', 'owner')
            THEN 'switched_off'
        ELSE 'given_up' END AS state
    FROM webhook_endpoint AS w LEFT JOIN channel_target AS t ON t.target = 'webhook:' || w.id
    WHERE w.removed_at IS NULL
) AS e USING (state) GROUP BY state ORDER BY state
"""  # noqa: S608 -- a constant

_CONNECTIONS = """
SELECT replace(application_name, 'wenqi-', ''), coalesce(state, 'unknown'), count(*)
FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'wenqi-%%'
GROUP BY 1, 2 ORDER BY 1, 2
"""

_UNSEALED = """
SELECT {what} FROM event WHERE id > (SELECT coalesce(max(last_id), 0) FROM event_seal)
"""
_WAITS = "coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at)), 0)::float8"

GAUGES: Final = (
    Gauge(
        "wenqi_work_items", "Work items by stage and standing.", ("stage", "standing"),
        _asked(_WORK),
    ),
    Gauge(
        "wenqi_work_oldest_due_seconds", "Age of the oldest due work item.", ("stage",),
        _asked(_OLDEST),
    ),
    Gauge(
        "wenqi_canary_age_seconds",
        "Seconds since a canary last came through ledger, relay, broker and worker.",
        ("queue",),
        _arrived,
    ),
    Gauge(
        "wenqi_recent_messages",
        f"Messages made within an hour (the newest {MOST_RECENT:,} at most) and what became of"
        " them.",
        ("channel", "state"),
        _asked(_MESSAGES, most=MOST_RECENT, recent=RECENT),
    ),
    Gauge(
        "wenqi_webhook_endpoints",
        "Webhook endpoints: live, resting after failures, switched_off by an operator (or its"
        " sending system is), given_up"
        " because they failed for too long or said that they are gone.",
        ("state",),
        _asked(_ENDPOINTS),
    ),
    Gauge(
        "wenqi_database_connections",
        "Connections of our processes to the database, by what they do.",
        ("process", "state"),
        _asked(_CONNECTIONS),
    ),
    Gauge(
        "wenqi_database_connections_max",
        "Connections that the server takes from everybody together.",
        (),
        _asked("SELECT current_setting('max_connections')::int"),
    ),
    Gauge(
        "wenqi_unsealed_events", "Events that no seal covers yet.", (),
        _asked(_UNSEALED.format(what="count(*)")),
    ),
    Gauge(
        "wenqi_unsealed_oldest_seconds", "Age of the oldest event that no seal covers.", (),
        _asked(_UNSEALED.format(what=_WAITS)),
    ),
    Gauge(
        "wenqi_calendar_end_timestamp_seconds",
        "When the published calendar of working days ends; days after it are provisional.",
        (),
        _calendar_end,
    ),
)  # fmt: skip
