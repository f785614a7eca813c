"""The key of the index by which persons are known: one person is paid for once, and nobody reads
from the index who it was.

It is made at its first use and never changes, so that what was paid before is found again; it lies
in the database encrypted under DATA_KEYS, and is encrypted anew with everything else.
"""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import Connection

from casework.personal import encryption
from config import keys
from rules.keys import NUMBERED, without_number

_BYTES: Final = 32
_ROW: Final = 1


def read(conn: Connection) -> bytes:
    """The key. Raises KeyMissing, Unreadable."""
    sealed = _stored(conn)
    return _make(conn) if sealed is None else _opened(sealed)


def _make(conn: Connection) -> bytes:
    """Make the key, and let no benefit of an earlier release hold a person's number any more."""
    made = encryption.encrypt(
        keys.held(), secrets.token_hex(_BYTES), table="index_key", field="key", row=_ROW
    )
    conn.exec_driver_sql(
        "INSERT INTO index_key (id, key) VALUES (1, %(key)s) ON CONFLICT DO NOTHING", {"key": made}
    )
    key = _opened(_stored(conn) or made)
    numbered = conn.exec_driver_sql(
        "SELECT key FROM benefit_claim WHERE key LIKE %(begins)s ORDER BY key FOR UPDATE",
        {"begins": f"{NUMBERED}%"},
    ).scalars()
    if before := numbered.all():
        conn.exec_driver_sql(
            "UPDATE benefit_claim AS c SET key = u.became"
            " FROM unnest(%(before)b::text[], %(became)b::text[]) AS u (key, became)"
            " WHERE c.key = u.key",
            {"before": before, "became": [without_number(each, key) for each in before]},
        )
    return key


def _stored(conn: Connection) -> bytes | None:
    found = conn.exec_driver_sql("SELECT key FROM index_key").scalar_one_or_none()
    return None if found is None else bytes(found)


def _opened(sealed: bytes) -> bytes:
    return bytes.fromhex(
        encryption.decrypt(keys.held(), sealed, table="index_key", field="key", row=_ROW)
    )
