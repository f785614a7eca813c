"""What each of the database's roles may do.

The owner's login migrates and nothing else; the application's has no DDL and no TRUNCATE, adds
events and seals and never changes one, removes no decision, and does not move the clock; the
auditor's reads the trail.
`wenqi migrate` grants what stands here each time, so that a table made later has its rights, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, make_url, text

ROWS: Final = "SELECT, INSERT, UPDATE, DELETE"
KEPT: Final = "SELECT, INSERT, UPDATE"
"""To what was found and decided, and by whom: purging empties their texts, no row goes."""

APPLICATION: Final[Mapping[str, str]] = {
    "alembic_version": "SELECT",
    "clock": "SELECT",
    "event": "SELECT, INSERT",
    "event_seal": "SELECT, INSERT",
    "message_choice": "SELECT, INSERT",
    # A ring without a key that was written with stays refused: only the owner forgets one.
    "key_check": "SELECT, INSERT",
    # It ends and is seen to be used; whose it is, and what it may do, stays as it was made.
    "api_token": "SELECT, INSERT, UPDATE (expires_at, revoked_at, shut_at, last_used_at)",
    # Its state moves on and its texts are cleared; who got what stays as it was written.
    "determination": (
        "SELECT, INSERT, UPDATE (state, decided_by, decided_at, decision_note, computed, reason,"
        " findings, basis)"
    ),
    **dict.fromkeys(
        (
            "account",
            "application",
            "assessment",
            "bureau_address",
            "delegation",
            "fulfilment",
            "objection",
            "official_finding",
            "parameter_set",
            "payment_account",
            "payment_batch",
            "payment_line",
            "practice_change",
            "reclaim",
            "review",
            "supplement",
        ),
        KEPT,
    ),
}
"""What the application may do to a table, where it is less than `ROWS`."""

AUDITOR: Final[Mapping[str, str]] = {
    "alembic_version": "SELECT",
    "application": (
        "SELECT (id, receipt, notice_id, provision, state, outcome, amount, lead_bureau,"
        " copied_bureaus, received_at)"
    ),
    "clock": "SELECT",
    "event": "SELECT",
    "event_seal": "SELECT",
}
"""What an auditor may read: the trail, and which case a number is. No names, no contacts."""


@dataclass(frozen=True, slots=True)
class Logins:
    """The roles beside the owner, by name. `auditor`: None where there is none."""

    application: str
    auditor: str | None = None


def logins(application_url: str, auditor_url: str | None) -> Logins:
    """The roles that two URLs log in as."""
    auditor = make_url(auditor_url).username if auditor_url else None
    return Logins(make_url(application_url).username or "", auditor)


def grant(conn: Connection, to: Logins) -> None:
    """Give the roles the rights above on every table there is, and take away all others.

    Nothing is done for a role that owns the tables: a single login has all rights.
    """
    owner = conn.execute(text("SELECT current_user")).scalar_one()
    tables = conn.execute(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    ).scalars()
    names = list(tables)
    statements = ["REVOKE CREATE ON SCHEMA public FROM PUBLIC"]
    if conn.execute(_OWNS_DATABASE).scalar_one():
        database = _quoted(conn, conn.execute(text("SELECT current_database()")).scalar_one())
        statements.append(f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
    for login, rights, usual in (
        (to.application, APPLICATION, ROWS),
        (to.auditor, AUDITOR, None),
    ):
        if not login or login == owner:
            continue
        role = _quoted(conn, login)
        statements += [
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}",
            f"GRANT USAGE ON SCHEMA public TO {role}",
        ]
        statements += [
            f"GRANT {right} ON {_quoted(conn, table)} TO {role}"
            for table in names
            if (right := rights.get(table, usual))
        ]
        if usual:
            statements.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
    for statement in statements:
        conn.exec_driver_sql(statement)


def excess(conn: Connection) -> list[str]:
    """What the login of this connection may do and the application never needs, in words."""
    return [said for said, may in conn.exec_driver_sql(_EXCESS).mappings().one().items() if may]


_OWNS_DATABASE: Final = text(
    "SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()"
)

_EXCESS: Final = """
SELECT
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS "is a superuser",
    (SELECT bool_or(pg_has_role(relowner, 'USAGE')) FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace) AS "owns tables",
    has_table_privilege('event', 'UPDATE, DELETE, TRUNCATE') AS "changes events",
    has_table_privilege('clock', 'UPDATE') AS "moves the clock"
"""


def _quoted(conn: Connection, name: str) -> str:
    return conn.dialect.identifier_preparer.quote(name)
