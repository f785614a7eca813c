"""Who is asking on the bureau side: bearer tokens, each bound to one bureau and one role."""

from __future__ import annotations

from dataclasses import dataclass

from casework import credentials
from casework.errors import NotPermitted, Unauthenticated
from casework.people.rights import RIGHTS, Right
from config.settings import Settings
from store.db import Database
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role


class TokenRefused(Unauthenticated):
    """Unknown, expired or revoked bureau token; deliberately one answer."""

    code = "token_refused"
    title = "访问令牌无效"
    message = "访问令牌无效、已过期或已被撤销。"


@dataclass(frozen=True, slots=True)
class Lent:
    """A role that an absent colleague has lent."""

    role: Role
    by: str


@dataclass(frozen=True, slots=True)
class Principal:
    """The bearer of a token. `label` says which person or system the token was made for.

    A person is known by bureau and label: a rotated token is still the same person. Of a
    sending system, `system` is the number of its first token, and `vouches` the highest level that
    it may state for who files.
    """

    bureau: str
    role: Role
    label: str
    lent: tuple[Lent, ...] = ()
    system: int | None = None
    vouches: IdentityLevel = IdentityLevel.UNVERIFIED

    @property
    def actor(self) -> str:
        """How events name who acted."""
        return f"{self.bureau}:{self.label}"

    def may(self, right: Right, *, but: frozenset[str] = frozenset()) -> bool:
        """Whether the person's role, or one lent to them, includes the right. `but`: actors whose
        lent roles do not count."""
        return self.role in RIGHTS[right] or bool(self._lenders(right, but))

    def require(self, right: Right) -> None:
        """Raises NotPermitted without the right."""
        if not self.may(right):
            raise NotPermitted

    def standing_in_for(self, right: Right, *, but: frozenset[str] = frozenset()) -> str | None:
        """The absent colleague whose role is needed for this, or None if the person's suffices.
        `but`: as in `may`."""
        if self.role in RIGHTS[right]:
            return None
        return next(iter(self._lenders(right, but)), None)

    def _lenders(self, right: Right, but: frozenset[str]) -> list[str]:
        return [
            lent.by
            for lent in self.lent
            if lent.role in RIGHTS[right] and f"{self.bureau}:{lent.by}" not in but
        ]


def authenticate(db: Database, settings: Settings, token: str) -> Principal:
    """The principal of a token. Raises TokenRefused if unknown, expired or revoked."""
    with db.statement() as conn:
        row = conn.exec_driver_sql(
            "SELECT t.bureau, t.role, t.label, t.vouches,"
            # A rotated token is still the same system's.
            "  CASE WHEN t.role = 'intake' THEN (SELECT min(f.id) FROM api_token AS f"
            "   WHERE f.bureau = t.bureau AND f.label = t.label AND f.role = t.role) END AS system,"
            # A role is lent to people, and only while it is its lender's own.
            "  ARRAY(SELECT d.role || ':' || d.from_label FROM delegation AS d"
            "   WHERE d.bureau = t.bureau AND d.to_label = t.label"
            "    AND t.role IN ('officer', 'supervisor')"
            "    AND d.confirmed_at IS NOT NULL"
            "    AND d.ended_early_at IS NULL AND d.starts_at <= app_now()"
            "    AND d.ends_at > app_now()"
            "    AND EXISTS (SELECT FROM api_token AS l WHERE l.bureau = d.bureau"
            "     AND l.label = d.from_label AND l.role = d.role AND l.revoked_at IS NULL"
            "     AND (l.expires_at IS NULL OR l.expires_at > app_now()))"
            "   ORDER BY d.id) AS lent"
            " FROM api_token AS t WHERE t.token_hash = %(hash)s AND t.revoked_at IS NULL"
            "  AND (t.expires_at IS NULL OR t.expires_at > app_now())",
            {"hash": credentials.token_hash(settings.require_secret_key(), token)},
        ).one_or_none()
    if row is None:
        raise TokenRefused
    lent = (entry.partition(":") for entry in row.lent)
    return Principal(
        bureau=row.bureau,
        role=Role(row.role),
        label=row.label,
        lent=tuple(Lent(Role(role), by) for role, _, by in lent),
        system=row.system,
        vouches=IdentityLevel(row.vouches or IdentityLevel.UNVERIFIED),
    )
