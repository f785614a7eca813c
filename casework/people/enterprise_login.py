"""An enterprise logs in with an OpenID provider of enterprises (法人统一身份认证).

The provider says which enterprise it is: a credit code, checked, and a name. Nobody becomes an
officer by it, whatever else it says, and no officer's provider says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from marshmallow import ValidationError

from casework.errors import Forbidden
from casework.people import enterprise_sessions, openid
from casework.people.openid import Asked, Client
from config.settings import Settings
from schemas.kit.fields import Uscc
from store.db import Database

CALLBACK: Final = "/login/callback"
_USCC: Final = Uscc()
_LONGEST_NAME: Final = 200


class NoEnterprise(Forbidden):
    """The provider names no credit code, or one that cannot be."""

    code = "no_enterprise"
    title = "没有企业信息"
    message = "登录的账号没有可用的统一社会信用代码，请用企业（法人）账号登录。"


class Entered(NamedTuple):
    """An enterprise has logged in: the session's secret, and where it wanted to go."""

    secret: str
    onward: str


def start(settings: Settings, onward: str) -> Asked:
    """The first step. `onward`: an address of ours. Raises OidcOff, OidcAway."""
    return openid.start(settings, _client(settings), onward)


def finish(db: Database, settings: Settings, *, kept: str, state: str, code: str) -> Entered:
    """The second step: a session for the enterprise that the provider vouches for.

    Raises OidcOff, OidcAway, OidcRefused, NoEnterprise.
    """
    client, config = _client(settings), settings.enterprise_login
    claims = openid.finish(
        settings, client, kept=kept, state=state, code=code, wanted=config.code_claim
    )
    uscc = _code(claims, config.code_claim)
    name = str(claims.get(config.name_claim) or uscc)[:_LONGEST_NAME]
    secret = enterprise_sessions.begin(
        db, settings, issuer=client.issuer or "", uscc=uscc, name=name
    )
    return Entered(secret, openid.onward(kept))


def _code(claims: Mapping[str, Any], claim: str) -> str:
    try:
        return str(_USCC.deserialize(claims.get(claim)))
    except ValidationError as wrong:
        raise NoEnterprise from wrong


def _client(settings: Settings) -> Client:
    config = settings.enterprise_login
    secret = config.secret if config.issuer else ""
    callback = settings.public_url + CALLBACK
    return Client(config.issuer, config.client_id, secret, callback, "enterprise-oidc")
