"""How enterprises log in: an OpenID provider of theirs, which is none of the officers'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from config import urls
from config.accounts import SESSION_MINUTES_MOST, Accounts
from config.declared import Unit, Whole, existing_file, text, variable


@dataclass(frozen=True, slots=True)
class EnterpriseLogin:
    """Settings of enterprises' logins."""

    # fmt: off
    issuer: str | None = field(default=None, metadata=variable(
        "ENTERPRISE_OIDC_ISSUER", urls.issuer,
        "the OpenID provider that enterprises may log in with, `https://…`",
        "企业登录用的统一身份认证（OpenID Connect）的签发地址，`https://…`"))
    client_id: str | None = field(default=None, metadata=variable(
        "ENTERPRISE_OIDC_CLIENT_ID", text,
        "what Wenqi is called there", "在该处登记的客户端标识"))
    client_file: Path | None = field(default=None, metadata=variable(
        "ENTERPRISE_OIDC_CLIENT_FILE", existing_file,
        "file that holds the secret which Wenqi shows there",
        "文件，载有客户端密钥"))
    code_claim: str = field(default="uscc", metadata=variable(
        "ENTERPRISE_OIDC_CODE_CLAIM", text,
        "the claim that says the enterprise's credit code",
        "载有统一社会信用代码的声明"))
    name_claim: str = field(default="organization", metadata=variable(
        "ENTERPRISE_OIDC_NAME_CLAIM", text,
        "the claim that says the enterprise's name",
        "载有企业名称的声明"))
    idle_minutes: int = field(default=60, metadata=variable(
        "ENTERPRISE_SESSION_IDLE_MINUTES", Whole(1, SESSION_MINUTES_MOST),
        "minutes without a request after which an enterprise's login ends",
        "企业登录后多少分钟无操作即须重新登录"))
    hours: int = field(default=12, metadata=variable(
        "ENTERPRISE_SESSION_HOURS", Whole(1, 24 * 7, Unit.HOURS),
        "how long an enterprise's login lasts at most",
        "企业一次登录最长有效时间"))
    # fmt: on

    def wrong(self, officers: Accounts) -> Iterator[str]:
        """What goes together and is not there together, and a client that is the officers', too."""
        parts = (self.issuer, self.client_id, self.client_file)
        if any(parts) and not all(parts):
            yield (
                "ENTERPRISE_OIDC_ISSUER, ENTERPRISE_OIDC_CLIENT_ID and ENTERPRISE_OIDC_CLIENT_FILE"
                " go together"
            )
        client = (self.issuer, self.client_id)
        if self.issuer and client == (officers.oidc_issuer, officers.oidc_client_id):
            yield "ENTERPRISE_OIDC_CLIENT_ID must not be officers' OIDC_CLIENT_ID"

    @property
    def secret(self) -> str:
        """What stands in ENTERPRISE_OIDC_CLIENT_FILE."""
        assert self.client_file is not None  # noqa: S101 -- settings go together
        return self.client_file.read_text(encoding="utf-8").strip()
