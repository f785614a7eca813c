"""Before a message goes out: may its target take one now? After it: what became of it.

One row per target in the database, so that all workers together keep to a robot's rate and leave
a failing endpoint alone (circuit breaker: shut after some failures in a row, then one message at a
time tries whether it is back).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from casework.delivery.channels.base import Target

SHUTS_AFTER = 5
SHUT_SECONDS = (60, 3600)  # the first time, and at most
PROBE_SECONDS = 60
WINDOW = timedelta(minutes=1)
# At the window's very edge the other side's clock may be a little behind.
EDGE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a message may go out. `wait`: seconds until asking again makes sense (None: now).
    `broken`: the target has failed too often, so another channel is better than waiting."""

    wait: float | None = None
    broken: bool = False


def admit(conn: Connection, target: Target) -> Admission:
    """Ask for one message, and count it if it may go."""
    conn.exec_driver_sql(
        "INSERT INTO channel_target (target) VALUES (%(target)s) ON CONFLICT DO NOTHING",
        {"target": target.key},
    )
    row = conn.exec_driver_sql(
        "SELECT failures, closed_until, recent, app_now() AS now, clock_timestamp() AS wall"
        " FROM channel_target WHERE target = %(target)s FOR NO KEY UPDATE",
        {"target": target.key},
    ).one()
    broken = row.failures >= SHUTS_AFTER
    if row.closed_until is not None and row.closed_until > row.now:
        return Admission((row.closed_until - row.now).total_seconds(), broken)
    recent: list[datetime] = sorted(sent for sent in row.recent if sent > row.wall - WINDOW)
    if target.per_minute is not None and len(recent) >= target.per_minute:
        free = recent[-target.per_minute] + WINDOW
        return Admission((free - row.wall).total_seconds() + EDGE_SECONDS)
    conn.exec_driver_sql(
        "UPDATE channel_target SET recent = %(recent)s, closed_until = CASE WHEN %(probe)s"
        " THEN app_now() + %(seconds)s * interval '1 second' END WHERE target = %(target)s",
        {
            "target": target.key,
            "recent": [*recent, row.wall] if target.per_minute is not None else [],
            "probe": broken,
            "seconds": PROBE_SECONDS,
        },
    )
    return Admission()


def succeeded(conn: Connection, target: Target) -> None:
    """The target took a message: whatever was held against it is forgotten."""
    conn.exec_driver_sql(
        "UPDATE channel_target SET failures = 0, failing_since = NULL, closed_until = NULL"
        " WHERE target = %(target)s AND (failures > 0 OR closed_until IS NOT NULL)",
        {"target": target.key},
    )


def failed(conn: Connection, target: Target) -> timedelta:
    """The target took no message. Returns how long it has been failing without a success."""
    first, longest = SHUT_SECONDS
    since: timedelta = conn.exec_driver_sql(
        "UPDATE channel_target SET failures = failures + 1,"
        " failing_since = coalesce(failing_since, app_now()),"
        " closed_until = CASE WHEN failures + 1 >= %(limit)s THEN app_now() + interval '1 second'"
        "  * least(%(longest)s, %(first)s * 2.0 ^ least(failures + 1 - %(limit)s, 30)) END"
        " WHERE target = %(target)s RETURNING app_now() - failing_since",
        {"target": target.key, "limit": SHUTS_AFTER, "first": first, "longest": longest},
    ).scalar_one()
    return since


def pause(conn: Connection, target: Target, seconds: float) -> None:
    """The target is well and asked for patience: nobody sends to it before."""
    conn.exec_driver_sql(
        "UPDATE channel_target SET closed_until ="
        " greatest(closed_until, app_now() + %(seconds)s * interval '1 second')"
        " WHERE target = %(target)s",
        {"target": target.key, "seconds": seconds},
    )


def forget(conn: Connection, target: Target) -> None:
    """Begin anew with a target, because somebody says that it is well again."""
    conn.exec_driver_sql(
        "DELETE FROM channel_target WHERE target = %(target)s", {"target": target.key}
    )
