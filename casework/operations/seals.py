"""What a seal is: keyed hashes of events and of the seal before, under a key the database lacks.

A seal covers the events after the last seal's up to `last_id`. It holds a short keyed hash of every
one of them, so that whoever verifies can name the row that is not as it was; and a digest of all
that it says and of the seal before it, so that no seal can be altered, taken out or put in.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row

from config.keys import Key as RingKey
from config.keys import parse_secret
from config.settings import Settings

MARK_BYTES: Final = 16
FIRST: Final = b""
"""What stands before the first seal."""

# All that an event says, unambiguously: JSONB has one spelling, and moments are told in UTC.
TEXT: Final = (
    "jsonb_build_array(id, application_id, type, actor, from_state, to_state, data,"
    " at AT TIME ZONE 'UTC', recorded_at AT TIME ZONE 'UTC', shown)::text"
)
COLUMNS: Final = (
    "serial, first_id, last_id, count, runs, marks, complete_at, sealed_at, key_id, previous,"
    " digest"
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key that seals, and the name by which a seal says it was this one."""

    id: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """`runs`: the ids covered, as the first of a run and its length, in turn. `marks`: one of each.
    `complete_at`: when every event up to `last_id` was there (None: more of that time follow in the
    next seal), by the database's real time, as `sealed_at`."""

    serial: int
    first_id: int
    last_id: int
    count: int
    runs: tuple[int, ...]
    marks: bytes
    complete_at: datetime | None
    sealed_at: datetime
    key_id: str
    previous: bytes
    digest: bytes = b""

    def ids(self) -> list[int]:
        """The events covered."""
        pairs = zip(self.runs[::2], self.runs[1::2], strict=True)
        return [one for first, length in pairs for one in range(first, first + length)]

    def marked(self) -> dict[int, bytes]:
        """The mark of each event covered."""
        places = range(0, len(self.marks), MARK_BYTES)
        parts = [self.marks[place : place + MARK_BYTES] for place in places]
        return dict(zip(self.ids(), parts, strict=False))


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal, as it is handed out: who has it can tell if the trail was cut off behind."""

    serial: int
    digest: str

    def __str__(self) -> str:
        return f"{self.serial}:{self.digest}"


def keys(settings: Settings) -> Mapping[str, Key]:
    """The keys by their names; the first seals, the others are of seals made before."""
    ring = parse_secret("SECRET_KEY", settings.require_secret_key())
    made = [Key(_name(one), one.of(b"event-seal")) for one in ring.keys]
    return {key.id: key for key in made}


def _name(key: RingKey) -> str:
    # A plain text has the ring's id `0` whatever it is, so the id alone names no key.
    return f"{key.id}-{key.of(b'event-seal-name').hex()[:8]}"


def mark(key: Key, text: str) -> bytes:
    """The short keyed hash of an event's text."""
    return hmac.digest(key.secret, b"event\0" + text.encode(), "sha256")[:MARK_BYTES]


def digest(key: Key, seal: Seal) -> bytes:
    """The keyed hash of all that a seal says."""
    moments = (at and int(at.timestamp() * 1_000_000) for at in (seal.complete_at, seal.sealed_at))
    said = (seal.serial, seal.first_id, seal.last_id, seal.count, seal.runs, *moments, seal.key_id)
    parts = (repr(said).encode(), seal.marks, seal.previous)
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.digest(key.secret, b"seal\0" + message, "sha256")


def runs(ids: Iterable[int]) -> tuple[int, ...]:
    """Ascending ids as the first of each run and its length."""
    found: list[int] = []
    for one in ids:
        if found and found[-2] + found[-1] == one:
            found[-1] += 1
        else:
            found += [one, 1]
    return tuple(found)


def after(conn: Connection, serial: int, limit: int) -> list[Seal]:
    """The next seals."""
    rows = conn.exec_driver_sql(
        f"SELECT {COLUMNS} FROM event_seal WHERE serial > %(serial)s"  # noqa: S608 -- a constant
        " ORDER BY serial LIMIT %(limit)s",
        {"serial": serial, "limit": limit},
    )
    return [_seal(row) for row in rows]


def last(conn: Connection) -> Seal | None:
    """The last seal, or None where nothing is sealed yet."""
    row = conn.exec_driver_sql(
        f"SELECT {COLUMNS} FROM event_seal ORDER BY serial DESC LIMIT 1"  # noqa: S608 -- likewise
    ).one_or_none()
    return None if row is None else _seal(row)


def head(conn: Connection) -> Head | None:
    """What is handed out: the last seal's number and digest."""
    found = last(conn)
    return None if found is None else Head(found.serial, found.digest.hex())


def texts(
    conn: Connection, after_id: int, up_to: int, limit: int
) -> Sequence[Row[tuple[int, str, datetime | None]]]:
    """Events by id: `id`, `text`, `recorded_at`."""
    return conn.exec_driver_sql(
        f"SELECT id, {TEXT} AS text, recorded_at FROM event"  # noqa: S608 -- a constant
        " WHERE id > %(after)s AND id <= %(up_to)s ORDER BY id LIMIT %(limit)s",
        {"after": after_id, "up_to": up_to, "limit": limit},
    ).all()


def _seal(row: Row[Any]) -> Seal:
    values = row._asdict()
    return Seal(
        **{
            **values,
            "runs": tuple(row.runs),
            **{name: bytes(values[name]) for name in ("marks", "previous", "digest")},
        }
    )
