"""The work ledger's queue: claim, begin, finish, fail, bury, revive.

An item is due when its own time and its lease have both passed. A claim only leases it; nothing
is counted against an item until a worker is known to have begun it, so that an outage of the
broker or of every worker, however long, never exhausts it. An item whose lease lapsed or whose
attempt failed is handled carefully: published in a small message of its own kind, and its attempt
committed before it is touched, so that one that kills its worker is found out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from store.encoding import numbers
from vocabulary.work import Stage

ERROR_CHARS = 500
SHORT_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased item. `lapsed`: an earlier lease ran out without a result."""

    id: int
    attempts: int
    lapsed: bool
    subject_id: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """A locked item and what it is about (an id; of what, `vocabulary.work.Stage` says)."""

    id: int
    subject_id: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds until the next try: `base` doubled per attempt up to `longest`, less up to half.

    `steps`: the first pauses one by one instead, also less up to half.
    """

    base: float
    longest: float
    steps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadItem:
    """An item nobody will try again by itself, and why. `receipt`: of the application it is
    about, where it is about one."""

    id: int
    stage: Stage
    subject_id: int
    attempts: int
    reason: str
    dead_at: datetime
    receipt: str | None = None


_CLAIM = """
WITH due AS (
    SELECT id, leased_until IS NOT NULL AS lapsed
    FROM work_item
    WHERE stage = %(stage)s AND dead_at IS NULL AND attempts < %(max_attempts)s
      AND greatest(not_before, leased_until) <= app_now()
    ORDER BY greatest(not_before, leased_until)
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE work_item AS w
SET leased_until = (SELECT app_now()) + %(lease)s * interval '1 second'
FROM due WHERE w.id = due.id
RETURNING w.id, w.attempts, due.lapsed, w.subject_id
"""


def claim(
    conn: Connection, stage: Stage, *, limit: int, lease_seconds: int, max_attempts: int
) -> list[Claimed]:
    """Lease up to `limit` due items of a stage, the longest due first. One statement."""
    # Never as a prepared statement: a plan made while the table was empty sorts a whole backlog.
    driver = conn.connection.driver_connection
    assert driver is not None  # noqa: S101 -- a pooled connection always has one
    threshold, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        rows = _run(
            conn,
            _CLAIM,
            stage=stage.value,
            limit=limit,
            lease=lease_seconds,
            max_attempts=max_attempts,
        )
    finally:
        driver.prepare_threshold = threshold
    return [Claimed(*row) for row in sorted(rows)]


def is_due(conn: Connection, stage: Stage) -> bool:
    """Whether `claim` would find anything. Much cheaper, so that one may look often."""
    rows = _direct(
        conn,
        "SELECT EXISTS (SELECT FROM work_item WHERE stage = %(stage)s AND dead_at IS NULL"
        " AND greatest(not_before, leased_until) <= (SELECT app_now()))",
        stage=stage.value,
    )
    return bool(rows[0][0])


def release(conn: Connection, ids: Sequence[int]) -> None:
    """Give leases back, because the message could not be published."""
    _run(
        conn,
        "UPDATE work_item SET leased_until = NULL WHERE id = ANY(%(ids)s) AND dead_at IS NULL",
        ids=list(ids),
    )


def hand_back(conn: Connection, ids: Sequence[int]) -> None:
    """Let leases lapse now, because whoever held them is gone; items in work are left alone."""
    _run(
        conn,
        "UPDATE work_item SET leased_until = app_now() WHERE id IN"
        " (SELECT id FROM work_item WHERE id = ANY(%(ids)s) AND dead_at IS NULL"
        "  AND leased_until > app_now() FOR UPDATE SKIP LOCKED)",
        ids=list(ids),
    )


def begin(conn: Connection, ids: Sequence[int], max_attempts: int | None = None) -> list[int]:
    """Count an attempt before it is made. Commit this before touching the subject.

    Returns the items that may be tried: not held by another worker, and not exhausted. Two messages
    may speak of one item when its lease lapsed while the first was still on its way.
    """
    rows = _run(
        conn,
        "UPDATE work_item SET attempts = attempts + 1 WHERE id IN "
        "(SELECT id FROM work_item WHERE id = ANY(%(ids)s) AND dead_at IS NULL"
        "  AND attempts < coalesce(%(max_attempts)s::int, attempts + 1)"
        "  ORDER BY id FOR UPDATE SKIP LOCKED) RETURNING id",
        ids=list(ids),
        max_attempts=max_attempts,
    )
    return sorted(row[0] for row in rows)


def forgive(conn: Connection, ids: Sequence[int]) -> None:
    """Take an attempt back that `begin` counted: what ended it was not the item's doing."""
    _run(
        conn,
        "UPDATE work_item SET attempts = attempts - 1"
        " WHERE id = ANY(%(ids)s) AND attempts > 0 AND dead_at IS NULL",
        ids=list(ids),
    )


def lock(conn: Connection, stage: Stage, ids: Sequence[int]) -> list[Item]:
    """Lock those of the items that still exist and that nobody else is working on."""
    rows = _run(
        conn,
        "SELECT id, subject_id, attempts FROM work_item"
        " WHERE id = ANY(%(ids)s::bigint[]) AND stage = %(stage)s AND dead_at IS NULL"
        " ORDER BY id FOR UPDATE SKIP LOCKED",
        ids=numbers(ids),
        stage=stage.value,
    )
    return [Item(*row) for row in rows]


def finish(conn: Connection, ids: Sequence[int]) -> None:
    """Delete items, in the transaction of their effect."""
    _run(conn, "DELETE FROM work_item WHERE id = ANY(%(ids)s::bigint[])", ids=numbers(ids))


def add(conn: Connection, stage: Stage, subjects: Sequence[tuple[int, datetime | None]]) -> None:
    """Add items: (subject id, not before); None means now."""
    if not subjects:
        return
    _run(
        conn,
        "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
        " SELECT %(stage)s, subject, coalesce(due, (SELECT app_now())), (SELECT app_now())"
        " FROM unnest(%(subjects)s::bigint[], %(dues)s::timestamptz[]) AS u (subject, due)",
        stage=stage.value,
        subjects=[subject for subject, _ in subjects],
        dues=[due for _, due in subjects],
    )


def add_all(conn: Connection, stage: Stage, subjects: Sequence[int], not_before: datetime) -> None:
    """Add items that are due at the same moment."""
    if not subjects:
        return
    _run(
        conn,
        "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
        " SELECT %(stage)s, subject, %(due)s, (SELECT app_now())"
        " FROM unnest(%(subjects)s::bigint[]) AS u (subject)",
        stage=stage.value,
        subjects=numbers(subjects),
        due=not_before,
    )


def replace(conn: Connection, stage: Stage, subjects: Sequence[int]) -> None:
    """Put a fresh item in the place of whatever items there are about each, dead ones too."""
    _run(
        conn,
        "DELETE FROM work_item"
        " WHERE stage = %(stage)s AND subject_id = ANY(%(subjects)s::bigint[])",
        stage=stage.value,
        subjects=numbers(subjects),
    )
    add(conn, stage, [(subject, None) for subject in subjects])


def fail(
    conn: Connection,
    item_id: int,
    error: str,
    *,
    backoff: Backoff,
    max_attempts: int,
    begun: bool,
    at_least: float = 0,
) -> bool:
    """Record a failed attempt; the item is tried again after a pause, or dies when exhausted.

    Takes the reason (no personal data), whether `begin` has counted this attempt already, and the
    shortest pause in seconds (the other side asked for it).
    Returns whether the item is dead now.
    """
    rows = _run(
        conn,
        "UPDATE work_item SET attempts = n, leased_until = NULL, last_error = %(error)s,"
        " not_before = app_now() + interval '1 second' * greatest(%(at_least)s::float,"
        "   (0.5 + random() / 2) * coalesce((%(steps)s::float[])[n],"
        "     least(%(longest)s::float, %(base)s::float * 2 ^ least(n - 1, 40)))),"
        " dead_at = CASE WHEN n >= %(max_attempts)s THEN app_now() END"
        " FROM (SELECT id AS tried, attempts + %(step)s AS n FROM work_item"
        "       WHERE id = %(id)s AND dead_at IS NULL FOR UPDATE) AS t"
        " WHERE id = tried RETURNING dead_at IS NOT NULL",
        id=item_id,
        error=error[:ERROR_CHARS],
        base=backoff.base,
        longest=backoff.longest,
        max_attempts=max_attempts,
        step=0 if begun else 1,
        at_least=at_least,
        steps=list(backoff.steps),
    )
    return bool(rows and rows[0][0])


def defer(conn: Connection, item_id: int, seconds: float) -> None:
    """Put an item off without counting an attempt: nothing was tried."""
    _run(
        conn,
        "UPDATE work_item SET leased_until = NULL,"
        " not_before = app_now() + %(seconds)s * interval '1 second'"
        " WHERE id = %(id)s AND dead_at IS NULL",
        id=item_id,
        seconds=seconds,
    )


def bury(conn: Connection, item_id: int, reason: str) -> None:
    """Put an item on the dead-letter list at once: trying again cannot help."""
    _run(
        conn,
        "UPDATE work_item SET dead_at = app_now(), leased_until = NULL, last_error = %(reason)s"
        " WHERE id = %(id)s AND dead_at IS NULL",
        id=item_id,
        reason=reason[:ERROR_CHARS],
    )


def bury_exhausted(conn: Connection, max_attempts: int) -> list[DeadItem]:
    """Bury items whose last attempt began and never ended. Returns those buried now."""
    rows = _run(
        conn,
        "UPDATE work_item SET dead_at = app_now(), leased_until = NULL,"
        " last_error = coalesce(last_error, %(reason)s)"
        " WHERE id IN (SELECT id FROM work_item WHERE dead_at IS NULL AND attempts > 0"
        "   AND attempts >= %(max_attempts)s"
        "   AND greatest(not_before, leased_until) <= app_now() FOR UPDATE SKIP LOCKED)"
        " RETURNING id, stage, subject_id, attempts, last_error, dead_at",
        max_attempts=max_attempts,
        reason="worker_lost: the process ended during every attempt",
    )
    return [_dead_item(row) for row in rows]


def mend_clock(conn: Connection, lease_seconds: int) -> int:
    """Bring back what lies too far ahead because the clock was set back. Returns how many items.

    A lease never reaches further than its length. An item made in what is now the future keeps
    its wait from then, if that was a short one; long waits are for a day, not for a duration.
    """
    rows = _run(
        conn,
        "UPDATE work_item SET"
        # Not least() alone: that would lease what is not leased at all.
        " leased_until = CASE WHEN leased_until IS NOT NULL"
        "   THEN least(leased_until, app_now() + %(lease)s * interval '1 second') END,"
        " not_before = CASE WHEN created_at > app_now() AND not_before < created_at + %(short)s"
        "   THEN app_now() + (not_before - created_at) ELSE not_before END,"
        " created_at = least(created_at, app_now())"
        " WHERE id IN (SELECT id FROM work_item WHERE dead_at IS NULL AND stage = ANY(%(stages)s)"
        "   AND greatest(not_before, leased_until) > app_now()"
        "   AND greatest(not_before, leased_until) < app_now() + interval '1 day'"
        "   AND (leased_until > app_now() + 2 * %(lease)s * interval '1 second'"
        "    OR created_at > app_now() AND not_before < created_at + %(short)s)"
        "   ORDER BY id FOR UPDATE SKIP LOCKED)"
        " RETURNING id",
        lease=lease_seconds,
        short=SHORT_WAIT,
        stages=[stage.value for stage in Stage],
    )
    return len(rows)


def dead(
    conn: Connection,
    application_of: str,
    *,
    after: int = 0,
    limit: int | None = 100,
    stage: str | None = None,
) -> list[DeadItem]:
    """The dead-letter list, oldest id first, from beyond `after`. `limit`: None for all.

    `application_of`: SQL, never from a request, for the application `work_item AS w` is about.
    """
    rows = _run(
        conn,
        "SELECT w.id, stage, subject_id, attempts, coalesce(last_error, ''), dead_at, a.receipt"  # noqa: S608 -- SQL from code
        f" FROM work_item AS w LEFT JOIN application AS a ON a.id = {application_of}"
        " WHERE dead_at IS NOT NULL AND w.id > %(after)s"
        "  AND stage = coalesce(%(stage)s, stage) ORDER BY w.id LIMIT %(limit)s",
        after=after,
        limit=limit,
        stage=stage,
    )
    return [_dead_item(row) for row in rows]


def subjects(conn: Connection, ids: Sequence[int]) -> list[int]:
    """What items are about, whether dead or alive."""
    rows = _run(
        conn, "SELECT subject_id FROM work_item WHERE id = ANY(%(ids)s) ORDER BY 1", ids=list(ids)
    )
    return [row[0] for row in rows]


def revive(conn: Connection, ids: Sequence[int]) -> list[int]:
    """Give dead items a fresh set of attempts, starting now. Returns the ids revived."""
    rows = _run(
        conn,
        "UPDATE work_item SET dead_at = NULL, leased_until = NULL, attempts = 0,"
        " not_before = app_now() WHERE id = ANY(%(ids)s) AND dead_at IS NOT NULL RETURNING id",
        ids=list(ids),
    )
    return sorted(row[0] for row in rows)


def _dead_item(row: tuple[Any, ...]) -> DeadItem:
    return DeadItem(row[0], Stage(row[1]), *row[2:])


def _direct(conn: Connection, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """Run a prepared statement past SQLAlchemy, which costs more than a look; raises what it
    would raise when the database is away."""
    driver = conn.connection.driver_connection
    assert driver is not None  # noqa: S101 -- a pooled connection always has one
    try:
        rows: list[tuple[Any, ...]] = driver.execute(statement, values, prepare=True).fetchall()
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        conn.invalidate(error)
        raise OperationalError(None, None, error) from error
    return rows


def _run(conn: Connection, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    result = conn.exec_driver_sql(statement, values)
    return [tuple(row) for row in result.all()] if result.returns_rows else []
