"""How people log in: how long a session lasts, the second factor, an OpenID provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from config import urls
from config.declared import Unit, Whole, existing_file, flag, text, variable

SESSION_MINUTES_MOST: Final = 24 * 60
ROLES: Final = ("supervisor", "officer", "admin", "auditor")
"""Of people (`vocabulary.people.OF_PEOPLE`, as a test holds)."""


class Group(NamedTuple):
    """What membership in a group of the provider's gives: a role at a bureau."""

    name: str
    bureau: str
    role: str


def groups(raw: str) -> tuple[Group, ...]:
    """``group=bureau:role``, separated by commas; a group may be named several times."""
    found = []
    for each in raw.split(","):
        name, _, right = each.strip().rpartition("=")
        bureau, _, role = right.partition(":")
        if not (name and bureau and role):
            raise ValueError("must list group=bureau:role, separated by commas")
        if role.strip() not in ROLES:
            raise ValueError(f"must name roles among {', '.join(ROLES)}, not {role.strip()!r}")
        found.append(Group(name.strip(), bureau.strip(), role.strip()))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Settings of logins."""

    # fmt: off
    session_idle_minutes: int = field(default=30, metadata=variable(
        "SESSION_IDLE_MINUTES", Whole(1, SESSION_MINUTES_MOST),
        "minutes without a request after which a login ends",
        "登录后多少分钟无操作即须重新登录"))
    session_hours: int = field(default=12, metadata=variable(
        "SESSION_HOURS", Whole(1, 24 * 7, Unit.HOURS),
        "how long a login lasts at most",
        "一次登录最长有效时间"))
    second_factor: bool = field(default=True, metadata=variable(
        "SECOND_FACTOR", flag,
        "0: who logs in with a password needs no second factor before setting one up"
        " (demonstrations only)",
        "0：用密码登录的人可不设置动态验证码（仅供演示）"))
    oidc_issuer: str | None = field(default=None, metadata=variable(
        "OIDC_ISSUER", urls.issuer,
        "the OpenID provider that people may log in with, `https://…`",
        "统一身份认证（OpenID Connect）的签发地址，`https://…`"))
    oidc_client_id: str | None = field(default=None, metadata=variable(
        "OIDC_CLIENT_ID", text, "what Wenqi is called there", "在该处登记的客户端标识"))
    oidc_client_file: Path | None = field(default=None, metadata=variable(
        "OIDC_CLIENT_FILE", existing_file,
        "file that holds the secret which Wenqi shows there",
        "文件，载有客户端密钥"))
    oidc_groups: tuple[Group, ...] = field(default=(), metadata=variable(
        "OIDC_GROUPS", groups,
        "what its groups give here, `group=bureau:role,…`",
        "各用户组对应的单位和角色，`组=单位:角色,…`"))
    oidc_groups_claim: str = field(default="groups", metadata=variable(
        "OIDC_GROUPS_CLAIM", text,
        "the claim that names somebody's groups",
        "载有用户组的声明"))
    # fmt: on

    def wrong(self) -> Iterator[str]:
        """What goes together and is not there together."""
        parts = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_file, self.oidc_groups)
        if any(parts) and not all(parts):
            yield "OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_FILE and OIDC_GROUPS go together"

    @property
    def oidc_secret(self) -> str:
        """What stands in OIDC_CLIENT_FILE."""
        assert self.oidc_client_file is not None  # noqa: S101 -- settings go together
        return self.oidc_client_file.read_text(encoding="utf-8").strip()
