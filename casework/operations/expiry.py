"""What is kept no longer of who works here: logins that ended, accounts that were disabled.

No work of an application: few rows, cleared in blocks by whoever asks for it. What was done stays
under the name that signs it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from config.settings import Settings
from store.db import Database
from vocabulary.personal_data import DataKind

BLOCK: Final = 1000


class _Clearing(NamedTuple):
    """`due`: SQL for the rows of `table` that are due; `act`: what is done to them."""

    kind: DataKind
    table: str
    due: str
    act: str


_OVER: Final = "coalesce(ended_at, ends_at) < app_now() - %(days)s * interval '1 day'"
_CLEARINGS: Final = (
    _Clearing(DataKind.SESSIONS, "account_session", _OVER, "DELETE FROM account_session"),
    _Clearing(DataKind.SESSIONS, "enterprise_session", _OVER, "DELETE FROM enterprise_session"),
    _Clearing(
        DataKind.ACCOUNTS,
        "account",
        "disabled_at < app_now() - %(days)s * interval '1 day'"
        " AND (login IS NOT NULL OR name IS NOT NULL OR oidc_subject IS NOT NULL)",
        "UPDATE account SET login = NULL, name = NULL, oidc_issuer = NULL, oidc_subject = NULL,"
        " password_hash = NULL, setup_hash = NULL, setup_ends_at = NULL, totp_secret = NULL,"
        " totp_pending = NULL",
    ),
)


def due(db: Database, settings: Settings) -> dict[DataKind, int]:
    """How many rows of each kind would be cleared now. Changes nothing."""
    found: dict[DataKind, int] = {}
    with db.statement() as conn:
        for each in _CLEARINGS:
            count: int = conn.exec_driver_sql(
                f"SELECT count(*) FROM {each.table} WHERE {each.due}",  # noqa: S608 -- constants
                {"days": settings.practice.kept(each.kind)},
            ).scalar_one()
            found[each.kind] = found.get(each.kind, 0) + count
    return found


def clear(db: Database, settings: Settings) -> int:
    """Clear what is due, block by block. Returns how many rows."""
    cleared = 0
    for clearing in _CLEARINGS:
        block = BLOCK
        while block == BLOCK:
            with db.transaction() as conn:
                block = conn.exec_driver_sql(
                    f"{clearing.act} WHERE id IN (SELECT id FROM {clearing.table}"  # noqa: S608 -- constants
                    f" WHERE {clearing.due} ORDER BY id LIMIT {BLOCK} FOR UPDATE)",
                    {"days": settings.practice.kept(clearing.kind)},
                ).rowcount
            cleared += block
    return cleared
