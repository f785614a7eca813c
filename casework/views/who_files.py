"""How far it is known who files, in plain words, with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from schemas.identity import Identity
from schemas.kit.telephone import takes_text
from vocabulary.cases import State
from vocabulary.deliveries import Channel
from vocabulary.identity import (
    CONFIRMABLE,
    IdentityLevel,
    IdentityMeans,
    confirmed,
    level_text,
)
from vocabulary.parties import Side

_UNVERIFIED: Final = (
    "尚未核实是谁在申报。申请照常核对；核实之前不能准予，不安排走访，也不发送消息。"
)
_REPLACED: Final = "改过的联系方式还没有核实，核实之前不发送消息。"
_BY_CODE: Final = "请凭查询码索取验证码，核实所填的{0}；"
_CORRECT: Final = "请更正联系方式，填写手机号码或电子邮箱后核实；"
_IN_PERSON: Final = "也可以到联系单位出示证照，由经办人核对身份。"
_UNCONFIRMED: Final = "所填的{0}尚未核实，消息不会发到那里；请索取验证码核实。"

_FOR_GRANT: Final = "；身份尚未核实，请先核实联系方式，核实之前不能准予"
_FOR_VISIT: Final = "；身份尚未核实，核实联系方式之后才安排走访"
_WAITS: Final[Mapping[State, str]] = {
    State.AWAITING_DETERMINATION: _FOR_GRANT,
    State.UNDER_REVIEW: _FOR_GRANT,
    State.DECIDED: _FOR_VISIT,
    State.REFERRED: _FOR_VISIT,
}

Row = Mapping[str, Any]


def shown(row: Row) -> Identity:
    """What an application's owner and its bureaus see."""
    level = IdentityLevel(row["identity"])
    how = row["identity_how"] and IdentityMeans(row["identity_how"])
    return Identity(
        level=level,
        level_text=level_text(level, is_checked=row["identity_checked_at"] is not None),
        how=how,
        how_text=how and how.label,
        at=row["identity_at"],
        checked_at=row["identity_checked_at"],
        confirmed=confirmed(row["enterprise"].get("contact") or {}, row["confirmed_channels"]),
        text=_text(row, level),
    )


def waits(row: Row, state: State, who: str) -> str:
    """What waits until it is known who files, as an ending of what happens next; "" for nothing.

    Takes whose step is next: what the rules have settled is visited where a bureau's is.
    """
    said = _WAITS.get(state, "")
    if row["is_verified"] or (said == _FOR_VISIT and who != Side.BUREAU):
        return ""
    return said


def to_confirm(row: Row) -> list[Channel]:
    """Over which channels a code can confirm an address that is not confirmed."""
    contact = row["enterprise"].get("contact") or {}
    return [
        channel
        for channel, (member, *_) in CONFIRMABLE.items()
        if (address := contact.get(member)) is not None
        and (channel is not Channel.SMS or takes_text(address))
        and channel not in row["confirmed_channels"]
    ]


def _text(row: Row, level: IdentityLevel) -> str:
    if State(row["state"]).is_over:
        return f"{level.label}。"
    named = "、".join(CONFIRMABLE[channel][1] for channel in to_confirm(row))
    if not row["is_verified"]:
        said = _REPLACED if row["state"] == State.DETERMINED else _UNVERIFIED
        return said + (_BY_CODE.format(named) if named else _CORRECT) + _IN_PERSON
    known = f"{level_text(level, is_checked=row['identity_checked_at'] is not None)}。"
    return known + (_UNCONFIRMED.format(named) if named else "")
