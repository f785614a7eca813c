"""Who is asking on the bureau side, asked anew at every request: whom a token belongs to, what a
person may do now, and whether the maker of a link still may."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row

from casework.errors import NotPermitted, Unauthenticated
from casework.people.rights import RIGHTS, Right
from casework.personal import credentials
from config.settings import Settings
from store.db import Database
from vocabulary.identity import IdentityLevel
from vocabulary.people import OF_PEOPLE, Role

_LIVE: Final = "{t}.revoked_at IS NULL AND ({t}.expires_at IS NULL OR {t}.expires_at > app_now())"
LENT_YET: Final = "d.ended_early_at IS NULL AND d.ends_at > app_now()"
"""Whether a delegation has not ended: in force, to come, or waiting to be confirmed."""

CAN_LOG_IN: Final = "(a.login IS NOT NULL OR a.oidc_subject IS NOT NULL)"
IN_USE: Final = "a.disabled_at IS NULL AND a.held_by IS NULL"
HELD: Final = (
    f"CASE WHEN NOT ({IN_USE}) THEN ARRAY[]::text[] WHEN {CAN_LOG_IN} THEN a.roles"  # noqa: S608 -- constants
    " ELSE ARRAY(SELECT DISTINCT h.role FROM api_token AS h WHERE h.account_id = a.id"
    f"  AND h.role = ANY(a.roles) AND {_LIVE.format(t='h')}) END"
)
"""The roles that a person holds now; who cannot log in holds them by tokens."""

_LENT: Final = (
    # Only to people, and only while it is its lender's own.
    "coalesce((SELECT jsonb_agg(jsonb_build_array(d.role, d.from_label, l.actor) ORDER BY d.id)"  # noqa: S608 -- constants
    " FROM delegation AS d JOIN LATERAL (SELECT a.actor FROM account AS a"
    f"  WHERE a.bureau = d.bureau AND a.label = d.from_label AND d.role = ANY({HELD})) AS l ON true"
    " WHERE d.bureau = {who}.bureau AND d.to_label = {who}.label AND d.confirmed_at IS NOT NULL"
    f" AND {LENT_YET} AND d.starts_at <= app_now()), '[]')"
)
_TOKEN: Final = (
    "SELECT t.id, t.bureau, t.role, t.label, t.vouches, t.is_trial, a.actor,"  # noqa: S608 -- constants
    " t.last_used_at IS NULL OR t.last_used_at < app_now() - interval '1 minute' AS unnoted,"
    # A rotated token is still the same system's.
    " CASE WHEN t.role = 'intake' THEN (SELECT min(f.id) FROM api_token AS f"
    "  WHERE f.bureau = t.bureau AND f.label = t.label AND f.role = t.role) END AS system,"
    " t.role = 'intake' AND EXISTS (SELECT FROM api_token AS f WHERE f.bureau = t.bureau"
    "  AND f.label = t.label AND f.role = t.role AND f.shut_at IS NOT NULL) AS is_shut,"
    f" CASE WHEN t.role IN ('officer', 'supervisor') THEN {_LENT.format(who='t')} ELSE '[]' END"
    "  AS lent"
    " FROM api_token AS t LEFT JOIN account AS a ON a.id = t.account_id"
    f" WHERE {{which}} AND {_LIVE.format(t='t')} AND (t.account_id IS NULL"
    f"  OR {IN_USE} AND a.bureau = t.bureau AND t.role = ANY(a.roles))"
)
_BY_HASH: Final = _TOKEN.format(
    which="t.token_hash = ANY(%(hashes)s)"
    " AND (t.addresses IS NULL OR %(address)s::inet <<= ANY(t.addresses))"
)
# What took over from the token a link was made with is the same maker's.
_BY_MAKER: Final = (
    "WITH RECURSIVE line (id) AS (SELECT id FROM api_token"  # noqa: S608 -- constants
    "  WHERE id = %(token)s AND revoked_at IS NULL"
    "  UNION SELECT n.id FROM api_token AS n JOIN line ON n.rotated_from = line.id) "
    + _TOKEN.format(which="t.id IN (SELECT id FROM line)")
    + " ORDER BY t.id DESC LIMIT 1"
)
PERSON: Final = (
    f"a.bureau, a.label, a.actor, {HELD} AS roles,"
    f" CASE WHEN ARRAY['officer', 'supervisor'] && ({HELD}) THEN {_LENT.format(who='a')}"
    "  ELSE '[]' END AS lent"
)
"""Columns over `account AS a` that :func:`person` reads."""

_BY_ACTOR: Final = f"SELECT {PERSON} FROM account AS a WHERE a.actor = %(actor)s"  # noqa: S608 -- constants


@dataclass(frozen=True, slots=True)
class Lent:
    """A role that an absent colleague has lent. `actor`: as events name the colleague."""

    role: Role
    by: str
    actor: str


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, or the system that a token was made for.

    `label` is what colleagues of the bureau call them. A person is one `identity`, the actor of the
    account, whether they came by a session or with a token. `further`: roles besides the first.
    `token`: the number of the token that was used, if one was. Of a sending system, `system` is the
    number of its first token, `vouches` the highest level that it may state for who files;
    `is_trial`: it sends in test mode; `is_shut`: an operator takes nothing from it.
    """

    bureau: str
    role: Role
    label: str
    lent: tuple[Lent, ...] = ()
    system: int | None = None
    vouches: IdentityLevel = IdentityLevel.UNVERIFIED
    further: frozenset[Role] = frozenset()
    identity: str | None = None
    token: int | None = None
    is_trial: bool = False
    is_shut: bool = False

    @property
    def actor(self) -> str:
        """How events name who acted."""
        return self.identity or f"{self.bureau}:{self.label}"

    @property
    def roles(self) -> frozenset[Role]:
        """The person's own."""
        return self.further | {self.role}

    def may(self, right: Right, *, but: frozenset[str] = frozenset()) -> bool:
        """Whether a role of the person's, or one lent to them, includes the right. `but`: actors
        whose lent roles do not count."""
        return bool(self.roles & RIGHTS[right]) or bool(self._lenders(right, but))

    def require(self, right: Right) -> None:
        """Raises NotPermitted, naming the roles, without the right."""
        if not self.may(right):
            raise NotPermitted(f"此操作须由{roles_text(RIGHTS[right])}办理。")

    def standing_in_for(self, right: Right, *, but: frozenset[str] = frozenset()) -> str | None:
        """The absent colleague whose role is needed for this, or None if the person's suffices.
        `but`: as in `may`."""
        if self.roles & RIGHTS[right]:
            return None
        return next(iter(self._lenders(right, but)), None)

    def _lenders(self, right: Right, but: frozenset[str]) -> list[str]:
        return [
            lent.by for lent in self.lent if lent.role in RIGHTS[right] and lent.actor not in but
        ]


class TokenRefused(Unauthenticated):
    """Unknown, expired or revoked bureau token; deliberately one answer."""

    code = "token_refused"
    title = "访问令牌无效"
    message = "访问令牌无效、已过期或已被撤销。"


def roles_text(roles: Collection[Role]) -> str:
    """Roles as people read them, in the order of the vocabulary."""
    return "、".join(role.label for role in Role if role in roles)


def authenticate(
    db: Database, settings: Settings, token: str, address: str | None = None
) -> Principal:
    """The principal of a token that is used from an address (None: an unknown one).

    Raises TokenRefused if it is unknown, expired, revoked, of a disabled account or of one that has
    lost the role, or used from elsewhere than it may be.
    """
    given = {
        "hashes": credentials.token_hashes(settings.require_secret_key(), token),
        "address": address,
    }
    with db.statement() as conn:
        row = conn.exec_driver_sql(_BY_HASH, given).one_or_none()
        if row is None:
            raise TokenRefused
        if row.unnoted:
            conn.exec_driver_sql(
                "UPDATE api_token SET last_used_at = app_now() WHERE id = %(id)s"
                " AND (last_used_at IS NULL OR last_used_at < app_now() - interval '1 minute')",
                {"id": row.id},
            )
    return _bearer(row)


def maker(conn: Connection, actor: str, token: int | None) -> Principal | None:
    """Who made a link, as they may act now; None if they are gone: the account disabled, the
    token that it was made with revoked or expired."""
    if token is not None:
        found = conn.exec_driver_sql(_BY_MAKER, {"token": token}).one_or_none()
        return None if found is None else _bearer(found)
    known = conn.exec_driver_sql(_BY_ACTOR, {"actor": actor}).one_or_none()
    return person(known) if known is not None and known.roles else None


def person(row: Row[Any]) -> Principal:
    """The principal of an account that holds a role; see `PERSON`."""
    first, *further = [role for role in OF_PEOPLE if role in row.roles]
    return Principal(
        bureau=row.bureau,
        role=first,
        label=row.label,
        lent=_lent(row.lent),
        further=frozenset(further),
        identity=row.actor,
    )


def _bearer(row: Row[Any]) -> Principal:
    return Principal(
        bureau=row.bureau,
        role=Role(row.role),
        label=row.label,
        lent=_lent(row.lent),
        system=row.system,
        vouches=IdentityLevel(row.vouches or IdentityLevel.UNVERIFIED),
        identity=row.actor,
        token=row.id,
        is_trial=row.is_trial,
        is_shut=row.is_shut,
    )


def _lent(entries: list[tuple[str, str, str]]) -> tuple[Lent, ...]:
    return tuple(Lent(Role(role), by, actor) for role, by, actor in entries)
