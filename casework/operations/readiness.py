"""Whether applications can be accepted, and which part is down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from sqlalchemy.exc import ProgrammingError

from casework.database import UNAVAILABLE, UNREADABLE
from casework.operations import broker_state
from casework.work import canary
from config.settings import Settings
from schemas.health import Part, Parts, PathPart, Ready
from store import migrate
from store.db import Database
from vocabulary import troubles
from vocabulary.troubles import DATABASE_AWAY, KEPT

_OK = "ok"
_FINE = Part(ok=True, text=_OK)


def check(db: Database, settings: Settings) -> Ready:
    """Ask every part. A database that accepts and never answers keeps whoever asks waiting."""
    return _found(*_database(db), _broker(settings.redis_url), _path(db, settings))


def schema(db: Database) -> Part:
    """Whether the database has the tables of this code."""
    return _database(db)[1]


def silent(settings: Settings) -> Ready:
    """What is to be said when `check` does not come back: only the database can keep it so long."""
    mute = Part(ok=False, text="the database did not answer in time")
    return _found(mute, mute, _broker(settings.redis_url), _closed(["*"], {}))


def unopened(found: Ready) -> Ready:
    """The same before the keys have been compared with those that the database was written with.
    What keeps them from it is told as it is."""
    if found.status == "down":
        return found
    database = Part(ok=False, text="it has not been asked yet whether these are its keys")
    return Ready(status="down", parts=replace(found.parts, database=database))


def _found(database: Part, schema: Part, broker: Part, path: PathPart) -> Ready:
    """Without the broker or the workers applications are accepted and kept, and processed when they
    are back: taking the API out of service for that would refuse people for nothing. So only the
    database and its schema decide, and what else is missing is reported as degraded."""
    accepting = database.ok and schema.ok
    whole = accepting and broker.ok and path.ok
    return Ready(
        status="ok" if whole else "degraded" if accepting else "down",
        parts=Parts(database=database, schema=schema, broker=broker, path=path),
    )


def _database(db: Database) -> tuple[Part, Part]:
    try:
        with db.statement() as conn:
            revision = migrate.revision_of(conn)
    except UNAVAILABLE:
        return Part(ok=False, text=DATABASE_AWAY), Part(ok=False, text=DATABASE_AWAY)
    except ProgrammingError:
        # Its tables are made, and granted when the last of them is.
        return _FINE, Part(ok=False, text=troubles.UNGRANTED)
    if revision == _head():
        return _FINE, _FINE
    if revision is not None and revision > _head():
        # A release works on the schema of the next one (docs/upgrades.md): an upgrade is under way.
        return _FINE, Part(ok=True, text=troubles.LATER.of(revision=revision, head=_head()))
    text = troubles.EARLIER.of(revision=revision or troubles.NOTHING, head=_head())
    return _FINE, Part(ok=False, text=text)


@cache
def _head() -> str:
    return migrate.head()


def _broker(url: str) -> Part:
    fault = broker_state.look(url)
    return (
        _FINE
        if fault is None
        else Part(ok=False, text=troubles.BROKER_DOWN.of(fault=fault.what, kept=KEPT))
    )


def _path(db: Database, settings: Settings) -> PathPart:
    try:
        with db.statement() as conn:
            ages = canary.ages(conn)
    except UNREADABLE:
        return _closed(["*"], {})
    late = [queue for queue, age in ages.items() if canary.is_late(age, settings)]
    if late or not ages:
        return _closed(late or ["*"], ages)
    return PathPart(ok=True, text=_OK, age_seconds=_rounded(ages))


def _closed(queues: Sequence[str], ages: Mapping[str, float | None]) -> PathPart:
    text = troubles.CLOSED.of(queues=", ".join(queues))
    return PathPart(ok=False, text=text, age_seconds=_rounded(ages))


def _rounded(ages: Mapping[str, float | None]) -> Mapping[str, float | None]:
    return {queue: None if age is None else round(age, 1) for queue, age in ages.items()}
