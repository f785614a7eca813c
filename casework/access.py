"""Who is asking on the bureau side: bearer tokens, each bound to one bureau and one role."""

from __future__ import annotations

from dataclasses import dataclass

from casework import codes
from casework.errors import NotPermitted, TokenRefused
from config.settings import Settings
from store.db import Database
from store.vocabulary import Role

WRITERS = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.SYSTEM})


@dataclass(frozen=True, slots=True)
class Principal:
    """The bearer of a token. `label` says which person or system the token was made for."""

    bureau: str
    role: Role
    label: str

    @property
    def actor(self) -> str:
        """How events name who acted."""
        return f"{self.bureau}:{self.label}"

    def require_writer(self) -> None:
        """Raises NotPermitted unless the role may change cases."""
        if self.role not in WRITERS:
            raise NotPermitted


def authenticate(db: Database, settings: Settings, token: str) -> Principal:
    """The principal of a token. Raises TokenRefused if unknown, expired or revoked."""
    with db.statement() as conn:
        row = conn.exec_driver_sql(
            "SELECT bureau, role, label FROM api_token WHERE token_hash = %(hash)s"
            " AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > app_now())",
            {"hash": codes.token_hash(settings.require_secret_key(), token)},
        ).one_or_none()
    if row is None:
        raise TokenRefused
    return Principal(bureau=row.bureau, role=Role(row.role), label=row.label)
