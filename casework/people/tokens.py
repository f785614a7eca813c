"""Making, listing, rotating and revoking tokens: of systems, and of people for their programs.

A person's token belongs to the account, does no more than the account may, and ends with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import NamedTuple

from sqlalchemy import Connection

from casework import events
from casework.errors import Invalid
from casework.events import NewEvent
from casework.people import accounts
from casework.personal import credentials
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.identity import IdentityLevel
from vocabulary.parties import Actor
from vocabulary.people import Role

PREFIX = "wq_"  # so that a leaked token is recognised for what it is
OVERLAP = timedelta(hours=24)
MOST_DAYS = 90
SYSTEMS = (Role.SYSTEM, Role.INTAKE)


class InvalidToken(Invalid):
    """A token cannot be made for such a bureau, role or label."""

    code = "invalid_token_request"
    title = "令牌请求无效"
    message = "令牌的单位、角色或用途无效。"


@dataclass(frozen=True, slots=True)
class Token:
    """A token on record; its secret is not. `vouches`: an intake token's highest level;
    `addresses`: from where it may be used (empty: anywhere); `last_used_at`: within a minute;
    `is_trial`: what it sends is; `is_shut`: nothing is taken from its system."""

    id: int
    bureau: str
    role: Role
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    vouches: IdentityLevel | None
    addresses: tuple[str, ...]
    last_used_at: datetime | None
    is_trial: bool
    is_shut: bool


def create(  # noqa: PLR0913 -- all by name
    db: Database,
    settings: Settings,
    *,
    bureau: str,
    role: str = Role.OFFICER,
    label: str,
    days: int = MOST_DAYS,
    vouches: str | None = None,
    addresses: Sequence[str] = (),
    is_trial: bool = False,
    by: str = Actor.OPERATOR,
) -> str:
    """Make a token and return it; only its keyed hash is kept, so it cannot be shown again.

    Takes a bureau id of any notice or the district government, a role, whom it is for, days until
    it expires; of an intake token the highest level that it may state for who files; addresses or
    networks from which alone it may be used. A token of a person's role is for the account of that
    label, which is made if there is none. Raises InvalidToken for an unknown bureau or role, no
    label, too many days, a level that is missing or too much, no address, or a person who has not
    the role.
    """
    if role not in set(Role):
        raise InvalidToken(f"没有角色 {role}。", english=f"There is no role {role}.")
    _check_days(days)
    if not label.strip():
        raise InvalidToken(
            "须注明令牌的使用人或系统。", english="LABEL must say which person or system it is for."
        )
    if (role == Role.INTAKE) != (vouches is not None):
        raise InvalidToken(
            "申报渠道的令牌须注明最高可担保的身份核实程度，其他令牌不注明。",
            english="--vouches is for --role intake, which needs it, and for no other.",
        )
    if is_trial and role != Role.INTAKE:
        raise InvalidToken(
            "只有申报渠道的令牌可以是测试令牌。", english="--test is for --role intake alone."
        )
    if vouches is not None and vouches not in set(IdentityLevel):
        raise InvalidToken(
            f"没有身份核实程度 {vouches}。", english=f"There is no identity level {vouches}."
        )
    networks = _networks(addresses)
    try:
        accounts.check_bureau(bureau)
        with db.transaction() as conn:
            holder = None
            if role not in SYSTEMS:
                holder = accounts.holder(conn, bureau, label.strip(), str(role), by)
            made = _New(bureau, str(role), label.strip(), vouches, networks, holder, is_trial)
            return _insert(conn, settings, made, days, by)
    except accounts.InvalidAccount as error:
        raise InvalidToken(error.detail, english=error.english) from error


def rotate(
    db: Database,
    settings: Settings,
    token_id: int,
    *,
    days: int = MOST_DAYS,
    overlap: timedelta = OVERLAP,
    by: str = Actor.OPERATOR,
) -> str:
    """Replace a token by a new one for the same person; the old one ends after `overlap`.

    Raises InvalidToken for one that is unknown, expired, revoked or replaced, and for too many
    days.
    """
    _check_days(days)
    with db.transaction() as conn:
        old = conn.exec_driver_sql(
            "UPDATE api_token AS t SET expires_at = least(expires_at, app_now() + %(overlap)s)"
            " WHERE id = %(id)s AND revoked_at IS NULL"
            "  AND (expires_at IS NULL OR expires_at > app_now())"
            "  AND NOT EXISTS (SELECT FROM api_token AS n WHERE n.rotated_from = t.id)"
            " RETURNING bureau, role, label, vouches, addresses::text[], account_id, is_trial",
            {"id": token_id, "overlap": overlap},
        ).one_or_none()
        if old is None:
            raise InvalidToken(
                "没有这个令牌，或已失效，或已更换。",
                english=f"Token {token_id} does not exist, has ended, or was replaced before.",
            )
        return _insert(conn, settings, _New(*old), days, by, token_id)


def list_all(db: Database) -> list[Token]:
    """Every token on record, oldest first."""
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT id, bureau, role, label, created_at, expires_at, revoked_at, vouches,"
            " addresses::text[] AS addresses, last_used_at, is_trial, EXISTS (SELECT FROM api_token"
            "  AS f WHERE f.bureau = t.bureau AND f.label = t.label AND f.role = t.role"
            "  AND f.shut_at IS NOT NULL) AS is_shut FROM api_token AS t ORDER BY id"
        )
        return [
            Token(
                row.id,
                row.bureau,
                Role(row.role),
                row.label,
                row.created_at,
                row.expires_at,
                row.revoked_at,
                None if row.vouches is None else IdentityLevel(row.vouches),
                tuple(row.addresses or ()),
                row.last_used_at,
                row.is_trial,
                row.is_shut,
            )
            for row in rows
        ]


def revoke(db: Database, token_id: int, *, by: str = Actor.OPERATOR) -> bool:
    """Revoke a token at once. Returns whether there was one in force."""
    with db.transaction() as conn:
        result = conn.exec_driver_sql(
            "UPDATE api_token SET revoked_at = app_now()"
            " WHERE id = %(id)s AND revoked_at IS NULL RETURNING id",
            {"id": token_id},
        )
        revoked = result.one_or_none() is not None
        if revoked:
            _note(conn, EventType.TOKEN_REVOKED, by, token_id)
    return revoked


def shut(db: Database, token_id: int, *, off: bool, by: str = Actor.OPERATOR) -> None:
    """Take nothing more from the system that a token is of (`off`), or take from it again. Its
    tokens stay. Raises InvalidToken for what is no intake token."""
    with db.transaction() as conn:
        changed = conn.exec_driver_sql(
            "UPDATE api_token AS t SET shut_at = CASE WHEN %(off)s THEN app_now() END"
            " FROM api_token AS n WHERE n.id = %(id)s AND n.role = 'intake' AND t.role = n.role"
            "  AND t.bureau = n.bureau AND t.label = n.label",
            {"id": token_id, "off": off},
        ).rowcount
        if not changed:
            raise InvalidToken("没有这个申报渠道的令牌。", english="It is no intake token.")
        _note(conn, EventType.TOKEN_SHUT if off else EventType.TOKEN_OPENED, by, token_id)


class _New(NamedTuple):
    """What a token is to be; `account`: whose it is, None for a system's."""

    bureau: str
    role: str
    label: str
    vouches: str | None
    addresses: list[str] | None
    account: int | None
    is_trial: bool


def _check_days(days: int) -> None:
    if not 1 <= days <= MOST_DAYS:
        raise InvalidToken(
            f"令牌的有效期须为 1 至 {MOST_DAYS} 天。",
            english=f"A token lives 1 to {MOST_DAYS} days.",
        )


def _networks(addresses: Sequence[str]) -> list[str] | None:
    try:
        return [str(ip_network(each.strip())) for each in addresses] or None
    except ValueError as error:
        raise InvalidToken(
            "地址须为 IP 地址或网段，例如 10.1.2.0/24。",
            english="--from takes an IP address or a network such as 10.1.2.0/24.",
        ) from error


def _insert(
    conn: Connection,
    settings: Settings,
    new: _New,
    days: int,
    by: str,
    rotated_from: int | None = None,
) -> str:
    token = PREFIX + secrets.token_urlsafe(32)
    made = conn.exec_driver_sql(
        "INSERT INTO api_token (token_hash, bureau, role, label, created_at, expires_at,"
        "  rotated_from, vouches, addresses, account_id, is_trial)"
        " VALUES (%(hash)s, %(bureau)s, %(role)s, %(label)s, app_now(),"
        "  app_now() + %(days)s::int * interval '1 day', %(rotated_from)s, %(vouches)s,"
        "  %(addresses)s::cidr[], %(account)s, %(is_trial)s)"
        " RETURNING id",
        {
            "hash": credentials.token_hash(settings.require_secret_key(), token),
            "days": days,
            "rotated_from": rotated_from,
            **new._asdict(),
        },
    ).scalar_one()
    kind = EventType.TOKEN_ROTATED if rotated_from else EventType.TOKEN_CREATED
    _note(conn, kind, by, made, rotated_from)
    return token


def _note(
    conn: Connection, kind: EventType, by: str, token_id: int, rotated_from: int | None = None
) -> None:
    """Who may come in is part of the audit trail."""
    data = (
        {"token": token_id} if rotated_from is None else {"token": token_id, "from": rotated_from}
    )
    events.write(conn, [NewEvent(kind, by, data=data)])
