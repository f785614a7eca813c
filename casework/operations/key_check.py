"""Whether the keys that a process has are those that the database was written with.

Each key is known by a keyed digest of its own, from which it cannot be found. A ring that lacks a
key, or has another one under its id, is refused before anything is read or written under it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row

from casework.database import UNREADABLE
from casework.operations import word_renewal
from casework.people.sessions import DEVICE_DAYS
from casework.personal import credentials
from config import keys
from config.keys import Key, KeyMissing, Ring
from config.settings import Settings
from store.db import Database, take_turns

_PURPOSE: Final = b"proof"
_VERIFIED: Final = (
    ("application", "access_hash", "true"),
    (
        "api_token",
        "token_hash",
        "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > app_now())",
    ),
    ("account", "setup_hash", "setup_hash IS NOT NULL AND setup_ends_at > app_now()"),
    ("account_session", "secret_hash", "ended_at IS NULL AND ends_at > app_now()"),
    (
        "account_session",
        "device_hash",
        f"created_at > app_now() - {DEVICE_DAYS} * interval '1 day'",
    ),
    ("enterprise_session", "secret_hash", "ended_at IS NULL AND ends_at > app_now()"),
    ("recovery_code", "code_hash", "used_at IS NULL"),
    ("calendar_feed", "secret_hash", "revoked_at IS NULL"),
    ("export", "secret_hash", "state = 'pending' OR expires_at > app_now()"),
    ("draft", "secret_hash", "true"),
    ("ended_draft", "secret_hash", "true"),
)
_UNDER_OLDEST: Final = (
    ("webhook_secret", "salt", "expires_at IS NULL OR expires_at > app_now()"),
    ("idempotency", "key_hash", "is_keyed"),
    ("contact_code", "nonce", "used_at IS NULL AND expires_at > app_now()"),
    ("objection", "handle_hash", "confirmed_at IS NOT NULL OR expires_at > app_now()"),
)
"""What has to come out the same again (`casework.personal.credentials`)."""


class Known(NamedTuple):
    """A key that the database was written with. `is_there`: the ring still has it."""

    ring: str
    id: str
    is_there: bool


def agrees(db: Database, settings: Settings) -> bool:
    """`require`, for a process that begins. False: the database is away, hangs or has no tables
    yet; it is to be asked again before anything is read or written. Raises KeyMissing.
    """
    try:
        require(db, settings)
    except UNREADABLE:
        return False
    return True


def require(db: Database, settings: Settings) -> None:
    """Refuse rings with which something stored could not be read, and remember new keys.

    Raises KeyMissing.
    """
    with db.transaction() as conn:
        for ring in _rings(settings):
            _require(conn, ring)


def known(db: Database, settings: Settings) -> list[Known]:
    """Every key that was ever written with and is not forgotten."""
    rings = {ring.name: {key.id for key in ring.keys} for ring in _rings(settings)}
    with db.statement() as conn:
        rows = conn.exec_driver_sql("SELECT ring, id FROM key_check ORDER BY ring, since, id")
        return [Known(ring, id_, id_ in rings.get(ring, ())) for ring, id_ in rows]


def under_secret(db: Database, settings: Settings) -> list[tuple[str, str, int]]:
    """What hangs on SECRET_KEY and is still good: kind, key and how many, by kind."""
    found: list[tuple[str, str, int]] = []
    with db.statement() as conn:
        for name, column, good in _VERIFIED:
            rows = conn.exec_driver_sql(
                f"SELECT CASE WHEN octet_length({column}) = 32 THEN '{keys.PLAIN}' ELSE"  # noqa: S608
                f" convert_from(substr({column}, 2, get_byte({column}, 0)), 'UTF8') END,"
                f" count(*) FROM {name} WHERE {good} GROUP BY 1 ORDER BY 1"
            )
            found += [(f"{name}.{column}", key, count) for key, count in rows]
        oldest = credentials.ring(settings.require_secret_key()).keys[-1].id
        for name, column, good in _UNDER_OLDEST:
            count = conn.exec_driver_sql(f"SELECT count(*) FROM {name} WHERE {good}").scalar_one()  # noqa: S608
            found += [(f"{name}.{column}", oldest, count)] if count else []
        # Verified by the key as long as the trail is to be: `seals.keys` says how its name is made.
        sealed = conn.exec_driver_sql(
            "SELECT regexp_replace(key_id, '-[0-9a-f]{8}$', ''), count(*) FROM event_seal"
            " GROUP BY 1 ORDER BY 1"
        )
        found += [("event_seal.digest", key, count) for key, count in sealed]
        found += [(word_renewal.KIND, key, count) for key, count in word_renewal.standing(conn)]
    return found


def newest_secret(settings: Settings) -> str:
    """The id of the key of SECRET_KEY that is written with."""
    return credentials.ring(settings.require_secret_key()).newest.id


def forget(settings: Settings, ring: str, key_id: str) -> bool:
    """Let a key go: a ring without it is a whole one again. Whether there was such a key.

    Only the owner of the tables may (DATABASE_OWNER_URL).
    """
    owners = Database(settings.owner_url, pool_size=1)
    try:
        with owners.transaction() as conn:
            gone = conn.exec_driver_sql(
                "DELETE FROM key_check WHERE ring = %(ring)s AND id = %(id)s",
                {"ring": ring, "id": key_id},
            )
            return bool(gone.rowcount)
    finally:
        owners.close()


def _rings(settings: Settings) -> Sequence[Ring]:
    """Those that the process has; what needs one that is not set says so itself."""
    secret = settings.secret_key and keys.parse_secret("SECRET_KEY", settings.secret_key)
    return [ring for ring in (secret, settings.data_keys) if ring]


def _require(conn: Connection, ring: Ring) -> None:
    proofs = {key.id: _proof(ring, key) for key in ring.keys}
    rows = _rows(conn, ring)
    if set(proofs) - {row.id for row in rows}:
        # Only then: many processes begin at once, and none waits for another to read.
        take_turns(conn, "key_check")
        rows = _rows(conn, ring)
    for row in rows:
        if row.id not in proofs:
            ring.key(row.id)
        if not hmac.compare_digest(proofs[row.id], bytes(row.proof)):
            raise KeyMissing(
                f"{ring.name} has another key {row.id!r} than the one that things were written"
                " under; put that one back from a backup, and give the new one an id of its own."
            )
    fresh = sorted(set(proofs) - {row.id for row in rows})
    for key_id in fresh:
        conn.exec_driver_sql(
            "INSERT INTO key_check (ring, id, proof, since)"
            " VALUES (%(ring)s, %(id)s, %(proof)s, clock_timestamp())",
            {"ring": ring.name, "id": key_id, "proof": proofs[key_id]},
        )


def _rows(conn: Connection, ring: Ring) -> Sequence[Row[Any]]:
    return conn.exec_driver_sql(
        "SELECT id, proof FROM key_check WHERE ring = %(ring)s", {"ring": ring.name}
    ).all()


def _proof(ring: Ring, key: Key) -> bytes:
    return hmac.digest(key.of(_PURPOSE), ring.name.encode(), "sha256")
