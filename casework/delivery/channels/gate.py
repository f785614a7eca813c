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
    `broken`: the target has failed too often, so another channel is better than waiting. `folded`:
    another message, which waits, will tell of this one; `more`: how many others this one tells of.
    """

    wait: float | None = None
    broken: bool = False
    folded: bool = False
    more: int = 0


def admit(
    conn: Connection, target: Target, *, first: bool = True, waited: bool = False
) -> Admission:
    """Ask for one message, and count it if it may go.

    `first`: an act of a person, which leaps the line; `waited`: it has had a place in line. Above
    the rate each message waits for a place of its own, so that it is taken up once. Where a target
    sums, what comes when the line is a minute long is told of by one that waits.
    """
    conn.exec_driver_sql(
        "INSERT INTO channel_target (target) VALUES (%(target)s) ON CONFLICT DO NOTHING",
        {"target": target.key},
    )
    row = conn.exec_driver_sql(
        "SELECT failures, closed_until, recent, app_now() AS now, clock_timestamp() AS wall,"
        "  line_until, summed"
        " FROM channel_target WHERE target = %(target)s FOR NO KEY UPDATE",
        {"target": target.key},
    ).one()
    broken = row.failures >= SHUTS_AFTER
    if row.closed_until is not None and row.closed_until > row.now:
        return Admission((row.closed_until - row.now).total_seconds(), broken)
    recent: list[datetime] = sorted(sent for sent in row.recent if sent > row.wall - WINDOW)
    line_until = max(row.line_until or row.wall, row.wall)
    if target.per_minute is not None:
        full = len(recent) >= target.per_minute
        behind = not first and not waited and line_until > row.wall
        if full or behind:
            if target.sums and not first and line_until >= row.wall + WINDOW:
                return _fold(conn, target)
            slot = _slot(recent, target.per_minute, row.wall if first else line_until)
            if not first:
                _take_place(conn, target, slot)
            return Admission((slot - row.wall).total_seconds() + EDGE_SECONDS)
    conn.exec_driver_sql(
        "UPDATE channel_target SET recent = %(recent)s, closed_until = CASE WHEN %(probe)s"
        " THEN app_now() + %(seconds)s * interval '1 second' END,"
        " summed = CASE WHEN %(first)s THEN summed ELSE 0 END WHERE target = %(target)s",
        {
            "target": target.key,
            "recent": [*recent, row.wall] if target.per_minute is not None else [],
            "probe": broken,
            "first": first,
            "seconds": PROBE_SECONDS,
        },
    )
    return Admission(more=0 if first else row.summed)


def _slot(recent: list[datetime], per_minute: int, after: datetime) -> datetime:
    """When the next message may go that is behind those in line until then: one of the last minute
    leaves it for each."""
    leaving = (sent + WINDOW for sent in recent[-per_minute:])
    return next((at for at in leaving if at > after), after + WINDOW / per_minute)


def _fold(conn: Connection, target: Target) -> Admission:
    conn.exec_driver_sql(
        "UPDATE channel_target SET summed = summed + 1 WHERE target = %(target)s",
        {"target": target.key},
    )
    return Admission(wait=0, folded=True)


def _take_place(conn: Connection, target: Target, slot: datetime) -> None:
    conn.exec_driver_sql(
        "UPDATE channel_target SET line_until = %(slot)s WHERE target = %(target)s",
        {"target": target.key, "slot": slot},
    )


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
