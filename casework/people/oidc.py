"""Logging in with an OpenID provider (统一身份认证): authorization code with PKCE, state and nonce.

Nothing is stored between the two steps: the browser keeps one random value in a cookie for ten
minutes, and state, nonce and verifier are derived from it. The provider says who somebody is and in
which groups; what these give here is a setting, and is set anew at each login.
"""

from __future__ import annotations

import hmac
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast
from urllib.parse import urlencode

import urllib3
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import Connection, Row

from casework import credentials
from casework.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from casework.people import accounts, sessions
from casework.people.sessions import Begun, Caller
from config.accounts import Group
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.people import LoginWay, SessionStage

MINUTES: Final = 10
CALLBACK: Final = "/api/v1/session/oidc/callback"
_SCOPE: Final = "openid profile"
_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
_MOST_BYTES: Final = 256 * 1024
_LEEWAY_SECONDS: Final = 60


class OidcOff(NotFound):
    """The deployment has no provider."""

    code = "oidc_not_configured"
    title = "未启用统一身份认证"
    message = "未启用统一身份认证登录。"


class OidcRefused(Unauthenticated):
    """What the provider or the browser brought back is not the answer to what was asked."""

    code = "oidc_refused"
    title = "统一身份认证未成功"
    message = "统一身份认证未成功，请重新登录。"


class OidcAway(Unavailable):
    """The provider does not answer, or not as a provider does."""

    code = "oidc_unavailable"
    title = "统一身份认证暂时不可用"
    message = "统一身份认证暂时不可用，请稍后再试。"


class NoGroup(Forbidden):
    """The person is in no group that gives a role here, or in groups of several bureaus."""

    code = "oidc_no_role"
    title = "没有可用的角色"
    message = "您的用户组在本系统没有对应的角色，或对应多个单位，请联系管理员。"


class NotLinked(Forbidden):
    """Somebody has this login already, and nobody has said that it is the same person."""

    code = "account_not_linked"
    title = "账号尚未关联"
    message = "本系统已有同名账号。请联系管理员核实后关联，关联后用统一身份认证登录的即为同一人。"


class Asked(NamedTuple):
    """Where the browser is sent, and what it keeps until it comes back."""

    url: str
    kept: str


class _Derived(NamedTuple):
    state: str
    nonce: str
    verifier: str


def start(settings: Settings, callback: str = CALLBACK) -> Asked:
    """The first step. `callback`: the path of ours that the provider leads back to, registered
    there. Raises OidcOff, OidcAway."""
    provider = _provider(settings)
    kept = f"{int(time.time())}.{secrets.token_urlsafe(32)}"
    made = _derived(settings, kept)
    url = prepare_grant_uri(
        provider["authorization_endpoint"],
        client_id=settings.accounts.oidc_client_id,
        response_type="code",
        redirect_uri=settings.public_url + callback,
        scope=_SCOPE,
        state=made.state,
        nonce=made.nonce,
        code_challenge=create_s256_code_challenge(made.verifier),
        code_challenge_method="S256",
    )
    return Asked(url, kept)


def finish(
    db: Database,
    settings: Settings,
    caller: Caller,
    *,
    kept: str,
    state: str,
    code: str,
    callback: str = CALLBACK,
) -> Begun:
    """The second step: a session for whom the provider vouches. `callback`: that of the first.

    Raises OidcOff, OidcAway, OidcRefused, NoGroup, NotLinked.
    """
    provider = _provider(settings)
    made = _derived(settings, kept)
    issued = kept.partition(".")[0]
    is_late = not issued.isdecimal() or time.time() - int(issued) > MINUTES * 60
    if is_late or not hmac.compare_digest(state.encode(), made.state.encode()):
        raise OidcRefused
    claims = _claims(settings, provider, made, code, callback)
    try:
        bureau, roles = rights(settings.accounts.oidc_groups, _groups(settings, claims))
    except NoGroup:
        _end_access(db, settings, claims)
        raise
    with db.transaction() as conn:
        account = _account(conn, settings, claims, bureau, roles)
        if account.disabled_at is not None:
            raise OidcRefused
        accounts.set_rights(conn, account, bureau, roles, Actor.SYSTEM)
        return sessions.begin(
            conn, settings, account.id, account.actor, caller, LoginWay.OIDC, SessionStage.OPEN
        )


def rights(known: tuple[Group, ...], groups: set[str]) -> tuple[str, list[str]]:
    """Bureau and roles that groups give. Raises NoGroup."""
    given = [group for group in known if group.name in groups]
    if len({group.bureau for group in given}) != 1:
        raise NoGroup
    return given[0].bureau, accounts.checked_roles([group.role for group in given])


def check(settings: Settings) -> None:
    """Raises InvalidAccount where OIDC_GROUPS names what is no bureau or no role of people."""
    for group in settings.accounts.oidc_groups:
        accounts.check_bureau(group.bureau)
        accounts.checked_roles([group.role])


def _end_access(db: Database, settings: Settings, claims: Mapping[str, Any]) -> None:
    """Whoever has left every group keeps nothing that was opened while they were in one."""
    with db.transaction() as conn:
        account = conn.exec_driver_sql(
            "SELECT id, actor FROM account WHERE oidc_issuer = %(issuer)s"
            " AND oidc_subject = %(subject)s FOR UPDATE",
            {"issuer": settings.accounts.oidc_issuer, "subject": claims["sub"]},
        ).one_or_none()
        if account is not None:
            accounts.end_access(conn, account)


def _account(
    conn: Connection,
    settings: Settings,
    claims: Mapping[str, Any],
    bureau: str,
    roles: list[str],
) -> Row[Any]:
    """The person's account under lock, made if nobody has it yet. Raises NotLinked."""
    subject = {"issuer": settings.accounts.oidc_issuer, "subject": claims["sub"]}
    find = (
        "SELECT id, bureau, label, actor, roles, disabled_at FROM account"
        " WHERE oidc_issuer = %(issuer)s AND oidc_subject = %(subject)s FOR UPDATE"
    )
    found = conn.exec_driver_sql(find, subject).one_or_none()
    if found is not None:
        return found
    called = str(claims.get("preferred_username") or claims["sub"])[: accounts.LONGEST_LOGIN]
    label = accounts.login_form(called)
    made: int | None = conn.exec_driver_sql(
        "INSERT INTO account (bureau, label, actor, login, name, roles, oidc_issuer, oidc_subject,"
        " created_at, created_by) VALUES (%(bureau)s, %(label)s, %(actor)s, %(label)s, %(name)s,"
        " %(roles)s::text[], %(issuer)s, %(subject)s, app_now(), %(by)s)"
        " ON CONFLICT DO NOTHING RETURNING id",
        {
            **subject,
            "bureau": bureau,
            "label": label,
            "actor": f"{bureau}:{label}",
            "name": str(claims.get("name") or called)[:80],
            "roles": roles,
            "by": Actor.SYSTEM,
        },
    ).scalar_one_or_none()
    if made is not None:
        accounts.note(conn, EventType.ACCOUNT_ADDED, Actor.SYSTEM, made, roles=roles)
    # None: a name that is taken, or the same person at the same moment.
    found = conn.exec_driver_sql(find, subject).one_or_none()
    if found is None:
        raise NotLinked
    return found


def _groups(settings: Settings, claims: Mapping[str, Any]) -> set[str]:
    named = claims.get(settings.accounts.oidc_groups_claim)
    return {str(each) for each in named} if isinstance(named, list) else set()


def _claims(
    settings: Settings, provider: Mapping[str, Any], made: _Derived, code: str, callback: str
) -> Mapping[str, Any]:
    """What the provider says of the person, its signature and purpose checked. Raises OidcRefused,
    OidcAway."""
    config = settings.accounts
    basic = urllib3.make_headers(basic_auth=f"{config.oidc_client_id}:{config.oidc_secret}")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": settings.public_url + callback,
        "code_verifier": made.verifier,
    }
    answer = _call(settings, "POST", provider["token_endpoint"], form, basic)
    keys = _call(settings, "GET", provider["jwks_uri"])
    try:
        token = jwt.decode(
            answer["id_token"],
            KeySet.import_key_set(cast("Any", keys)),
            algorithms=list(_ALGORITHMS),
        )
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": provider["issuer"]},
                "aud": {"essential": True, "value": config.oidc_client_id},
            },
            params={
                "client_id": config.oidc_client_id,
                "nonce": made.nonce,
                "access_token": answer.get("access_token"),
            },
        )
        claims.validate(leeway=_LEEWAY_SECONDS)
    except (AuthlibBaseError, JoseError, KeyError, ValueError, TypeError) as error:
        raise OidcRefused from error
    found = dict(claims)
    if config.oidc_groups_claim not in found and "userinfo_endpoint" in provider:
        bearer = {"Authorization": f"Bearer {answer.get('access_token', '')}"}
        more = _call(settings, "GET", provider["userinfo_endpoint"], headers=bearer)
        if more.get("sub") == found["sub"]:
            found = {**more, **found}
    return found


def _provider(settings: Settings) -> Mapping[str, Any]:
    """The provider's description of itself. Raises OidcOff, OidcAway."""
    issuer = settings.accounts.oidc_issuer
    if issuer is None:
        raise OidcOff
    found = _call(settings, "GET", issuer.rstrip("/") + "/.well-known/openid-configuration")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != issuer or not all(isinstance(found.get(n), str) for n in needed):
        raise OidcAway
    return found


def _call(
    settings: Settings,
    method: str,
    url: str,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A JSON object that the provider answers. Raises OidcAway, OidcRefused for a refusal."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    try:
        with urllib3.PoolManager(retries=False, timeout=float(settings.http_timeout)) as http:
            answer = http.request(
                method,
                url,
                body=urlencode(form) if form else None,
                headers={**kind, "Accept": "application/json", **(headers or {})},
                redirect=False,
                preload_content=False,
            )
            content = answer.read(_MOST_BYTES)
        found = json.loads(content)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise OidcAway from error
    if 400 <= answer.status < 500:  # noqa: PLR2004 -- it does not want what was sent
        raise OidcRefused
    if answer.status != 200 or not isinstance(found, dict):  # noqa: PLR2004
        raise OidcAway
    return found


def _derived(settings: Settings, kept: str) -> _Derived:
    key = settings.require_secret_key()
    return _Derived(
        *(
            credentials.keyed(key, purpose, kept.encode()).hex()
            for purpose in (b"oidc-state", b"oidc-nonce", b"oidc-verifier")
        )
    )
