"""The two steps of a login with an OpenID provider: authorization code with PKCE, state and nonce.

Nothing is stored between them: the browser keeps one random value in a cookie for ten minutes, and
state, nonce and verifier are derived from it, for each of our clients in a way of its own. What
the provider says of who has logged in is for the caller to judge.
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

from casework.errors import NotFound, Unauthenticated, Unavailable
from casework.personal import credentials
from config.settings import Settings

MINUTES: Final = 10
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


class Client(NamedTuple):
    """What we are at a provider. `issuer` None: the deployment has none; `callback`: where the
    browser comes back to; `purpose`: keeps the steps of one client apart from those of another."""

    issuer: str | None
    id: str | None
    secret: str
    callback: str
    purpose: str


class Asked(NamedTuple):
    """Where the browser is sent, and what it keeps until it comes back."""

    url: str
    kept: str


class _Derived(NamedTuple):
    state: str
    nonce: str
    verifier: str


def start(settings: Settings, client: Client, onward: str = "") -> Asked:
    """The first step. `onward`: where the browser wants to go in the end. Raises OidcOff,
    OidcAway."""
    # Where there is a provider (here and below), and nowhere else.
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    provider = _provider(settings, client)
    kept = f"{int(time.time())}.{secrets.token_urlsafe(32)}.{onward}"
    made = _derived(settings, client, kept)
    url = prepare_grant_uri(
        provider["authorization_endpoint"],
        client_id=client.id,
        response_type="code",
        redirect_uri=client.callback,
        scope=_SCOPE,
        state=made.state,
        nonce=made.nonce,
        code_challenge=create_s256_code_challenge(made.verifier),
        code_challenge_method="S256",
    )
    return Asked(url, kept)


def onward(kept: str) -> str:
    """Where the browser wanted to go, of what it kept; what was changed in it is refused by
    `finish`."""
    return kept.split(".", 2)[-1]


def finish(
    settings: Settings, client: Client, *, kept: str, state: str, code: str, wanted: str
) -> Mapping[str, Any]:
    """The second step: what the provider says of who has logged in. `wanted`: the claim without
    which it is asked for more.

    Raises OidcOff, OidcAway, OidcRefused.
    """
    provider = _provider(settings, client)
    made = _derived(settings, client, kept)
    issued = kept.partition(".")[0]
    is_late = not issued.isdecimal() or time.time() - int(issued) > MINUTES * 60
    if is_late or not hmac.compare_digest(state.encode(), made.state.encode()):
        raise OidcRefused
    return _claims(settings, client, provider, made, code, wanted)


def _claims(
    settings: Settings,
    client: Client,
    provider: Mapping[str, Any],
    made: _Derived,
    code: str,
    wanted: str,
) -> Mapping[str, Any]:
    """What the provider says of the person, its signature and purpose checked. Raises OidcRefused,
    OidcAway."""
    from authlib.common.errors import AuthlibBaseError
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    basic = urllib3.make_headers(basic_auth=f"{client.id}:{client.secret}")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.callback,
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
                "aud": {"essential": True, "value": client.id},
            },
            params={
                "client_id": client.id,
                "nonce": made.nonce,
                "access_token": answer.get("access_token"),
            },
        )
        claims.validate(leeway=_LEEWAY_SECONDS)
    except (AuthlibBaseError, JoseError, KeyError, ValueError, TypeError) as error:
        raise OidcRefused from error
    found = dict(claims)
    if wanted not in found and "userinfo_endpoint" in provider:
        bearer = {"Authorization": f"Bearer {answer.get('access_token', '')}"}
        more = _call(settings, "GET", provider["userinfo_endpoint"], headers=bearer)
        if more.get("sub") == found["sub"]:
            found = {**more, **found}
    return found


def _provider(settings: Settings, client: Client) -> Mapping[str, Any]:
    """The provider's description of itself. Raises OidcOff, OidcAway."""
    issuer = client.issuer
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


def _derived(settings: Settings, client: Client, kept: str) -> _Derived:
    key = settings.require_secret_key()
    return _Derived(
        *(
            credentials.keyed(key, f"{client.purpose}-{part}".encode(), kept.encode()).hex()
            for part in _Derived._fields
        )
    )
