"""Making, listing and revoking bureau tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from casework import codes, notices
from casework.errors import InvalidToken
from config.settings import Settings
from store.db import Database
from store.vocabulary import Role

PREFIX = "wq_"  # so that a leaked token is recognised for what it is


@dataclass(frozen=True, slots=True)
class Token:
    """A token on record; its secret is not."""

    id: int
    bureau: str
    role: Role
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def create(
    db: Database,
    settings: Settings,
    *,
    bureau: str,
    role: str = Role.OFFICER,
    label: str,
    days: int | None = 365,
) -> str:
    """Make a token and return it; only its keyed hash is kept, so it cannot be shown again.

    In: a bureau id of the notice, a role, whom it is for, days until it expires (None: never).
    Raises InvalidToken for an unknown bureau or role, or an empty label.
    """
    if bureau not in notices.edition(settings.notice_id).notice.bureaus:
        raise InvalidToken(f"没有代码为 {bureau} 的单位。")
    if role not in set(Role):
        raise InvalidToken(f"没有角色 {role}。")
    if not label.strip():
        raise InvalidToken("须注明令牌的使用人或系统。")
    token = PREFIX + secrets.token_urlsafe(32)
    with db.statement() as conn:
        conn.exec_driver_sql(
            "INSERT INTO api_token (token_hash, bureau, role, label, created_at, expires_at)"
            " VALUES (%(hash)s, %(bureau)s, %(role)s, %(label)s, app_now(),"
            "  app_now() + %(days)s::int * interval '1 day')",
            {
                "hash": codes.token_hash(settings.require_secret_key(), token),
                "bureau": bureau,
                "role": str(role),
                "label": label.strip(),
                "days": days,
            },
        )
    return token


def list_all(db: Database) -> list[Token]:
    """Every token on record, oldest first."""
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT id, bureau, role, label, created_at, expires_at, revoked_at"
            " FROM api_token ORDER BY id"
        )
        return [Token(row[0], row[1], Role(row[2]), *row[3:]) for row in rows]


def revoke(db: Database, token_id: int) -> bool:
    """Revoke a token at once. Out: whether there was one in force."""
    with db.statement() as conn:
        result = conn.exec_driver_sql(
            "UPDATE api_token SET revoked_at = app_now()"
            " WHERE id = %(id)s AND revoked_at IS NULL RETURNING id",
            {"id": token_id},
        )
        return result.one_or_none() is not None
