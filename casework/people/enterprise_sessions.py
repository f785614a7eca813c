"""Sessions of enterprises: which has logged in and is still there.

An enterprise is no account: a session holds its credit code and name as the provider has said them,
and opens what was filed for that code by somebody known to be it. The secret is in the browser's
cookie, its keyed hash in the database; a session ends with idleness, with its last hour, or by its
owner.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from casework.personal import credentials
from config.settings import Settings
from store import predicates
from store.db import Database

KNOWN: Final = f"({predicates.COUNTED} AND {predicates.ASSURED})"
"""Of an `application AS a`: it was filed by who is known to be the enterprise. A confirmed contact
is not enough: anybody files under a credit code, with a telephone of their own."""

_SESSION: Final = b"enterprise-session"
# No access code has this sign.
_SIGN: Final = "@"
_LIVE: Final = (
    "s.secret_hash = ANY(%(hashes)s) AND s.ended_at IS NULL AND s.ends_at > app_now()"
    " AND s.last_seen_at > app_now() - %(idle)s"
)


class Session(NamedTuple):
    """An enterprise that has logged in. `remaining`: until it ends whatever is done; `credential`:
    opens its applications as an access code does."""

    uscc: str
    name: str
    ends_at: datetime
    remaining: timedelta
    credential: str


def begin(db: Database, settings: Settings, *, issuer: str, uscc: str, name: str) -> str:
    """A new session of an enterprise that its provider vouches for. Returns the secret."""
    secret = secrets.token_urlsafe(32)
    with db.statement() as conn:
        conn.exec_driver_sql(
            "INSERT INTO enterprise_session (secret_hash, issuer, uscc, name, created_at,"
            " last_seen_at, ends_at) VALUES (%(hash)s, %(issuer)s, %(uscc)s, %(name)s, app_now(),"
            " app_now(), app_now() + %(longest)s)",
            {
                "hash": credentials.stored_hash(
                    settings.require_secret_key(), _SESSION, secret.encode()
                ),
                "issuer": issuer,
                "uscc": uscc,
                "name": name,
                "longest": timedelta(hours=settings.enterprise_login.hours),
            },
        )
    return secret


def find(db: Database, settings: Settings, secret: str) -> Session | None:
    """The session of a cookie that goes on; None for none."""
    with db.statement() as conn:
        row = conn.exec_driver_sql(
            "UPDATE enterprise_session AS s SET last_seen_at = app_now()"  # noqa: S608 -- constants
            f" WHERE {_LIVE} RETURNING uscc, name, ends_at, ends_at - app_now() AS remaining",
            _live(settings, secret),
        ).one_or_none()
    return None if row is None else Session(**row._asdict(), credential=_SIGN + secret)


def end(db: Database, settings: Settings, secret: str, *, everywhere: bool = False) -> None:
    """End a session, or `everywhere` all of its enterprise."""
    which = f"uscc = (SELECT s.uscc FROM enterprise_session AS s WHERE {_LIVE})"  # noqa: S608
    with db.statement() as conn:
        conn.exec_driver_sql(
            "UPDATE enterprise_session SET ended_at = app_now() WHERE ended_at IS NULL AND "  # noqa: S608
            + (which if everywhere else "secret_hash = ANY(%(hashes)s)"),
            _live(settings, secret),
        )


def is_credential(text: str) -> bool:
    """Whether it is a session's rather than an access code."""
    return text.startswith(_SIGN)


def opens(conn: Connection, settings: Settings, credential: str, receipt: str | None) -> bool:
    """Whether a session's enterprise is known to be the one that filed an application."""
    return bool(
        conn.exec_driver_sql(
            "SELECT EXISTS (SELECT FROM enterprise_session AS s JOIN application AS a"  # noqa: S608
            f" ON a.uscc = s.uscc WHERE {_LIVE} AND a.receipt = %(receipt)s AND {KNOWN})",
            {**_live(settings, credential.removeprefix(_SIGN)), "receipt": receipt},
        ).scalar_one()
    )


def _live(settings: Settings, secret: str) -> dict[str, Any]:
    return {
        "hashes": credentials.possible_hashes(
            settings.require_secret_key(), _SESSION, secret.encode()
        ),
        "idle": timedelta(minutes=settings.enterprise_login.idle_minutes),
    }
