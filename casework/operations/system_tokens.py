"""Tokens as an administrator gives them out at the desk: to systems.

One of a person's role makes whoever holds it that person, so an administrator can end it there and
no more; an operator makes it on the machine (`wenqi token create`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from casework.people import tokens
from casework.people.access import Principal
from casework.people.rights import Right
from casework.people.tokens import InvalidToken
from config.settings import Settings
from store.db import Database


def create(  # noqa: PLR0913 -- all by name
    db: Database,
    settings: Settings,
    principal: Principal,
    *,
    bureau: str,
    role: str,
    label: str,
    days: int,
    vouches: str | None = None,
    addresses: Sequence[str] = (),
    is_trial: bool = False,
) -> str:
    """As `tokens.create`, for a system. Raises NotPermitted, InvalidToken."""
    principal.require(Right.ADMINISTER)
    _refuse_people(role)
    return tokens.create(
        db,
        settings,
        bureau=bureau,
        role=role,
        label=label,
        days=days,
        vouches=vouches,
        addresses=addresses,
        is_trial=is_trial,
        by=principal.actor,
    )


def rotate(
    db: Database,
    settings: Settings,
    principal: Principal,
    token_id: int,
    *,
    days: int,
    overlap: timedelta,
) -> str:
    """As `tokens.rotate`, of a system. Raises NotPermitted, InvalidToken."""
    principal.require(Right.ADMINISTER)
    for each in tokens.list_all(db):
        if each.id == token_id:
            _refuse_people(each.role)
    return tokens.rotate(db, settings, token_id, days=days, overlap=overlap, by=principal.actor)


def shut(db: Database, principal: Principal, token_id: int, *, off: bool) -> None:
    """As `tokens.shut`. Raises NotPermitted, InvalidToken."""
    principal.require(Right.ADMINISTER)
    tokens.shut(db, token_id, off=off, by=principal.actor)


def _refuse_people(role: str) -> None:
    if role not in tokens.SYSTEMS:
        raise InvalidToken(
            "这里只给业务系统和申报渠道发令牌；个人的令牌由运维人员签发。",
            english="Only tokens of systems are given out here.",
        )
