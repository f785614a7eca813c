"""How every stage works through its items: one transaction per chunk, the poisoned isolated."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from psycopg import Error as DriverError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from casework.errors import PermanentError, RetryableError
from casework.work import handover
from casework.work.stages import APPLICATION_OF, STAGES
from config.settings import Settings
from store import ledger
from store.db import Database
from store.ledger import Backoff, Item
from vocabulary.work import Stage

# What PostgreSQL refuses because of its own state, whatever was asked (SQLSTATE): no disk, memory
# or connection is left (53), the system below it fails (58), it is a replica now (25006); it shuts
# down or starts up (57P). Halving a chunk would blame, one by one, items that are all innocent.
_NO_ROOM = ("53", "58", "25006")
_CLOSING = ("57P",)


@dataclass(frozen=True, slots=True)
class Failure:
    """One item whose attempt failed. `dead`: nobody will try it again by itself; `receipt`: of
    the application it is about, as far as known."""

    item_id: int
    reason: str
    error: Exception
    dead: bool = False
    receipt: str | None = None


@dataclass(slots=True)
class ChunkResult:
    """What became of a chunk: how many items were finished, and which attempts failed."""

    done: int = 0
    failures: list[Failure] = field(default_factory=list)


class DatabaseFull(RetryableError):
    """The database answers that it has no room for anybody: no item is to blame."""


# Does the work of locked items inside the transaction, and names those it could not do.
Handler = Callable[[Connection, list[Item]], Mapping[int, Exception]]


def run_items(
    db: Database,
    settings: Settings,
    stage: Stage,
    item_ids: Sequence[int],
    handler: Handler,
    *,
    careful: bool,
) -> ChunkResult:
    """Handle the items that still exist and that nobody else holds.

    All effects of a chunk and the deletion of its items commit together. If the chunk as a whole
    fails, its halves are tried, down to the single item that is at fault. `careful`: commit the
    attempts first (see `store.ledger`). Raises RetryableError if the database went away, or has no
    room: then these attempts do not count.
    """
    result = ChunkResult()
    if careful:
        with db.transaction() as conn:
            item_ids = ledger.begin(conn, item_ids, settings.max_attempts)
    try:
        _attempt(db, stage, item_ids, handler, result)
    except DatabaseFull:
        if careful:
            with suppress(DBAPIError), db.transaction() as conn:
                ledger.forgive(conn, item_ids)
        raise
    for position, failure in enumerate(result.failures):
        with db.transaction() as conn:
            result.failures[position] = record_failure(
                conn, settings, stage, failure, begun=careful
            )
    return result


def run_each(
    db: Database,
    settings: Settings,
    stage: Stage,
    item_ids: Sequence[int],
    handle: Callable[[int], bool],
    told: Callable[[Exception], Exception] = lambda error: error,
) -> ChunkResult:
    """Handle items one after the other, outside any transaction: what is slow or talks to others.

    `handle` counts its own attempt before it makes it, and says whether there was anything to do;
    `told`: what the ledger may say of an error. Raises RetryableError if the database went away.
    """
    result = ChunkResult()
    for item_id in item_ids:
        try:
            result.done += handle(item_id)
        except Exception as error:
            if database_is_away(error):
                raise RetryableError("database: the connection was lost") from error
            said = told(error)
            failed = Failure(item_id, describe(said), said)
            with db.transaction() as conn:
                result.failures.append(record_failure(conn, settings, stage, failed, begun=True))
    return result


def _attempt(
    db: Database, stage: Stage, item_ids: Sequence[int], handler: Handler, result: ChunkResult
) -> None:
    try:
        with db.transaction() as conn:
            items = ledger.lock(conn, stage, item_ids)
            if not items:
                return
            failed = handler(conn, items)
            done = [item.id for item in items if item.id not in failed]
            ledger.finish(conn, done)
    except Exception as error:
        if _has_no_room(error):
            raise DatabaseFull(describe(error)) from error
        if database_is_away(error):
            raise RetryableError("database: the connection was lost") from error
        if len(item_ids) == 1:
            result.failures.append(_failure(item_ids[0], error))
            return
        middle = len(item_ids) // 2
        _attempt(db, stage, item_ids[:middle], handler, result)
        _attempt(db, stage, item_ids[middle:], handler, result)
        return
    result.done += len(done)
    result.failures.extend(_failure(item_id, error) for item_id, error in failed.items())


def record_failure(
    conn: Connection,
    settings: Settings,
    stage: Stage,
    failure: Failure,
    *,
    begun: bool,
    backoff: Backoff | None = None,
    at_least: float = 0,
) -> Failure:
    """Record a failed attempt in the ledger. Returns the failure, completed.

    Takes another back-off than the stage's, and the shortest pause in seconds.
    """
    if isinstance(failure.error, PermanentError):
        ledger.bury(conn, failure.item_id, failure.reason)
        dead = True
    else:
        dead = ledger.fail(
            conn,
            failure.item_id,
            failure.reason,
            backoff=backoff or STAGES[stage].backoff,
            max_attempts=settings.max_attempts,
            begun=begun,
            at_least=at_least,
        )
    if dead and stage is Stage.ASSESS:
        handover.to_people(conn, settings, ledger.subjects(conn, [failure.item_id]))
    return replace(failure, dead=dead, receipt=_receipt(conn, failure.item_id))


def _receipt(conn: Connection, item_id: int) -> str | None:
    receipt: str | None = conn.exec_driver_sql(
        "SELECT a.receipt FROM work_item AS w JOIN application AS a"  # noqa: S608 -- fixed parts
        f" ON a.id = {APPLICATION_OF} WHERE w.id = %(id)s",
        {"id": item_id},
    ).scalar_one_or_none()
    return receipt


def _failure(item_id: int, error: Exception) -> Failure:
    return Failure(item_id, describe(error), error)


def database_is_away(error: Exception) -> bool:
    """Whether the database itself is gone, so that no smaller chunk would fare better."""
    if isinstance(error, PoolExhausted):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or error.statement is None:  # None: while connecting
        return True
    return _has_no_room(error) or _sqlstate(error).startswith(_CLOSING)


def _has_no_room(error: Exception) -> bool:
    """Whether the database is up and can do nothing for anybody at the moment."""
    return _sqlstate(error).startswith(_NO_ROOM)


def _sqlstate(error: Exception) -> str:
    found = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return found or ""


def describe(error: BaseException) -> str:
    """An error in words that hold no personal data: kind, and place instead of the message.

    Messages of our own two error classes and PostgreSQL's primary messages are fixed words.
    """
    if isinstance(error, PermanentError):
        return f"permanent: {error}"
    if isinstance(error, RetryableError):
        return f"retryable: {error}"
    if isinstance(error, DBAPIError) and isinstance(error.orig, DriverError):
        return f"database: {error.orig.sqlstate or 'no answer'} {type(error.orig).__name__}"
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"unknown: {type(error).__name__}{place}"
