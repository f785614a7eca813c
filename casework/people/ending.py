"""What ends with an account, a password or a login: sessions, tokens, links, feeds,
loans of roles."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from casework.people import delegations


def end_sessions(conn: Connection, account: int, but: int | None = None) -> None:
    """End a person's sessions. `but`: the one that goes on."""
    conn.exec_driver_sql(
        "UPDATE account_session SET ended_at = app_now() WHERE account_id = %(id)s"
        " AND ended_at IS NULL AND id IS DISTINCT FROM %(but)s",
        {"id": account, "but": but},
    )


def end_access(conn: Connection, account: Row[Any], by: str) -> None:
    """End sessions, tokens, feeds, links and loans, for good."""
    end_sessions(conn, account.id)
    end_shared(conn, account, by)
    conn.exec_driver_sql(
        "UPDATE api_token SET revoked_at = app_now()"
        " WHERE account_id = %(id)s AND revoked_at IS NULL",
        {"id": account.id},
    )


def end_shared(conn: Connection, account: Row[Any], by: str) -> None:
    """End feeds, links and loans: what others may have of whoever used the account. Of an export
    that is pending too: it is over when it is made."""
    conn.exec_driver_sql(
        "UPDATE calendar_feed SET revoked_at = app_now()"
        " WHERE created_by = %(actor)s AND revoked_at IS NULL",
        {"actor": account.actor},
    )
    conn.exec_driver_sql(
        "UPDATE export SET expires_at = app_now()"
        " WHERE requested_by = %(actor)s AND (state = 'pending' OR expires_at > app_now())",
        {"actor": account.actor},
    )
    delegations.end_all(conn, account.bureau, account.label, by)
