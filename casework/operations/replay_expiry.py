"""Idempotency keys and kept access codes lapse; plain hashes of the first release are keyed.

Each statement takes a bounded number of rows, and a run a bounded number of statements: what is
left over waits for the next run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy import Connection

from casework.database import Database
from casework.intake import drafts, replays
from casework.intake.replays import Sender
from config.settings import Settings

log = structlog.get_logger(__name__)

ROWS: Final = 2000
STATEMENTS: Final = 20


def run(db: Database, settings: Settings) -> None:
    """Key old rows, forget access codes that no replay shows any more, and rows that are too old.

    Running twice changes nothing.
    """
    secret = settings.require_secret_key()
    days = settings.idempotency_days
    counts = {
        "keyed": _repeat(db, lambda conn: _key(conn, secret)),
        "codes": _repeat(db, _forget_codes),
        "keys": _repeat(db, lambda conn: _forget_keys(conn, days)),
        "sent": _repeat(db, _forget_sent),
        "drafts": drafts.clear(db, settings),
    }
    if any(counts.values()):
        log.info("replays.forgotten", **counts)


def _repeat(db: Database, step: Callable[[Connection], int]) -> int:
    done = 0
    for _ in range(STATEMENTS):
        with db.transaction() as conn:
            rows = step(conn)
        done += rows
        if rows < ROWS:
            break
    return done


def _key(conn: Connection, secret: str) -> int:
    """Rows of the first release: one key for everybody, so each becomes its enterprise's own."""
    rows = conn.exec_driver_sql(
        "SELECT i.key_hash, i.body_hash, a.source, a.enterprise FROM idempotency AS i"
        " JOIN application AS a ON a.id = i.application_id"
        " WHERE NOT i.is_keyed LIMIT %(rows)s FOR UPDATE OF i SKIP LOCKED",
        {"rows": ROWS},
    ).all()
    if not rows:
        return 0
    old = [bytes(row.key_hash) for row in rows]
    new = [
        replays.key_hash(secret, Sender.of(row.enterprise, row.source).name, bytes(row.key_hash))
        for row in rows
    ]
    bodies = [
        replays.body_hash(secret, key, bytes(row.body_hash))
        for key, row in zip(new, rows, strict=True)
    ]
    # A retry that came before may hold the new key already: then the old row has nothing to say.
    conn.exec_driver_sql(
        "WITH pair AS (SELECT * FROM unnest(%(old)s::bytea[], %(new)s::bytea[],"
        "  %(bodies)s::bytea[]) AS p (old, new, body)),"
        " taken AS (SELECT old FROM pair JOIN idempotency AS i ON i.key_hash = pair.new),"
        " gone AS (DELETE FROM idempotency AS i USING taken WHERE i.key_hash = taken.old)"
        " UPDATE idempotency AS i SET key_hash = new, body_hash = body, is_keyed = true"
        " FROM pair WHERE i.key_hash = pair.old AND pair.old NOT IN (SELECT old FROM taken)",
        {"old": old, "new": new, "bodies": bodies},
    )
    return len(rows)


def _forget_codes(conn: Connection) -> int:
    return conn.exec_driver_sql(
        "UPDATE idempotency SET sealed_code = NULL WHERE key_hash IN ("
        " SELECT key_hash FROM idempotency WHERE sealed_code IS NOT NULL"
        "  AND created_at < app_now() - %(hours)s * interval '1 hour'"
        " LIMIT %(rows)s FOR UPDATE SKIP LOCKED)",
        {"hours": replays.SHOWN_HOURS, "rows": ROWS},
    ).rowcount


def _forget_keys(conn: Connection, days: int) -> int:
    return conn.exec_driver_sql(
        "DELETE FROM idempotency WHERE key_hash IN ("
        " SELECT key_hash FROM idempotency"
        "  WHERE created_at < app_now() - %(days)s * interval '1 day'"
        " LIMIT %(rows)s FOR UPDATE SKIP LOCKED)",
        {"days": days, "rows": ROWS},
    ).rowcount


def _forget_sent(conn: Connection) -> int:
    """What an access code on its way was derived from: whoever got both a copy of the database and
    the secret has it no longer."""
    return conn.exec_driver_sql(
        "DELETE FROM contact_code WHERE id IN ("
        " SELECT id FROM contact_code WHERE purpose = 'access' AND expires_at < app_now()"
        " LIMIT %(rows)s FOR UPDATE SKIP LOCKED)",
        {"rows": ROWS},
    ).rowcount
