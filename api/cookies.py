"""The cookies of logins: of the session, of the browser, and of a login on its way elsewhere."""

from __future__ import annotations

from typing import Final

from flask import Response, request

from api.services import services
from casework.people import openid
from casework.people.sessions import DEVICE_DAYS, Begun, Caller
from config.urls import is_loopback

SESSION: Final = "wenqi-session"
DEVICE: Final = "wenqi-device"
OIDC: Final = "wenqi-oidc"
ENTERPRISE: Final = "wenqi-enterprise"
ENTERPRISE_OIDC: Final = "wenqi-enterprise-oidc"
LONGEST: Final = 200


def of_request(kind: str, longest: int = LONGEST) -> str | None:
    """The value of a cookie; None for none that could be ours, of at most so many characters."""
    value = request.cookies.get(_name(kind))
    usable = value and value.isascii() and value.isprintable() and len(value) <= longest
    return value if usable else None


def caller() -> Caller:
    """Where the present request comes from."""
    return Caller(services().limiter.caller(), of_request(DEVICE))


def give(response: Response, begun: Begun) -> None:
    """Hand a new session over."""
    keep(response, SESSION, begun.secret, None)
    keep(response, DEVICE, begun.device, DEVICE_DAYS * 86400)


def keep_asked(response: Response, kept: str) -> None:
    """Remember what the provider is asked, until the browser comes back."""
    keep(response, OIDC, kept, openid.MINUTES * 60)


def keep(response: Response, kind: str, value: str, seconds: int | None) -> None:
    """Set a cookie that no script reads and no other site's form sends; `seconds` None: until the
    browser is closed, 0: no more."""
    response.set_cookie(
        _name(kind),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=_is_secure(),
    )


def _is_secure() -> bool:
    """Everywhere but in a demonstration on this machine without TLS."""
    url = services().settings.public_url
    return url.startswith("https:") or not is_loopback(url)


def _name(kind: str) -> str:
    # Browsers hold such a name to one host and to TLS.
    return f"__Host-{kind}" if _is_secure() else kind
