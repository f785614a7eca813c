"""Who files, as far as it is known when an application comes in (DESIGN: filing is open, weight is
not)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from casework.errors import Forbidden, Invalid
from vocabulary.identity import IdentityLevel, IdentityMeans

POINTER: Final = "/identity"


class IdentityWithoutToken(Forbidden):
    """An open form says who files; only a system with an intake token may."""

    code = "identity_without_token"
    title = "没有令牌不能说明身份核实程度"
    message = (
        "身份核实程度（identity）只能由持申报渠道令牌的系统说明。请去掉这一项；"
        "提交后可凭查询码索取验证码，核实联系方式。"
    )
    pointer = POINTER


class IdentityMissing(Invalid):
    """A system with an intake token does not say who files."""

    code = "identity_missing"
    title = "没有说明身份核实程度"
    message = (
        "用申报渠道令牌提交时，须说明身份核实程度，例如 "
        '"identity": {"level": "assured"}；没有核实过的填 unverified。'
    )
    pointer = POINTER


class IdentityTooHigh(Forbidden):
    """More is stated than the sender may vouch for."""

    code = "identity_too_high"
    title = "超出可担保的身份核实程度"
    message = "填报的身份核实程度超出可担保的程度。"
    pointer = POINTER

    def __init__(self, most: IdentityLevel) -> None:
        super().__init__(f"最高只能担保{most.label}（{most}），请改正 identity 中的 level。")


@dataclass(frozen=True, slots=True)
class Identity:
    """How far it is known who files, by what, the number of the sending system's first token, and
    whether it sends in test mode; `by`: the person of a bureau who files for them and is handed the
    access code."""

    level: IdentityLevel = IdentityLevel.UNVERIFIED
    how: IdentityMeans | None = None
    client: int | None = None
    is_trial: bool = False
    by: str | None = None


_NOBODY: Final = Identity()


def of_open_form(stated: IdentityLevel | None) -> Identity:
    """Anybody's. Raises IdentityWithoutToken if the filing itself says who it is."""
    if stated is not None:
        raise IdentityWithoutToken
    return _NOBODY


def of_login() -> Identity:
    """The enterprise that has logged in here and files for itself."""
    return Identity(IdentityLevel.ASSURED, IdentityMeans.LOGIN)


def of_client(
    system: int | None,
    most: IdentityLevel,
    stated: IdentityLevel | None,
    *,
    is_trial: bool = False,
) -> Identity:
    """What a sending system states, which may vouch for `most`; `is_trial`: in test mode.

    Raises IdentityMissing, IdentityTooHigh.
    """
    if stated is None:
        raise IdentityMissing
    return Identity(*_vouched(IdentityMeans.CLIENT, most, stated), system, is_trial)


def vouched_by(
    means: IdentityMeans,
    most: IdentityLevel,
    stated: IdentityLevel | None,
    by: str | None = None,
) -> Identity:
    """What whoever runs an import vouches for: `most`, or less where a filing says so.

    Raises IdentityTooHigh.
    """
    return Identity(*_vouched(means, most, stated or most), by=by)


def _vouched(
    means: IdentityMeans, most: IdentityLevel, stated: IdentityLevel
) -> tuple[IdentityLevel, IdentityMeans | None]:
    if stated.rank > most.rank:
        raise IdentityTooHigh(most)
    return stated, means if stated.rank else None
