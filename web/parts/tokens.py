"""Forms that only our own pages can send: a token in the form that belongs to a cookie.

The cookie holds random bytes, the token their keyed hash, differently masked on each page so that
compression tells nothing about it. Another site can neither read the one nor make the other.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Final

from flask import Response, g, request
from markupsafe import Markup

from api.services import services
from casework.personal.credentials import keyed
from schemas.kit.problem import Refused
from web.parts.posted import posted

COOKIE: Final = "wq_form"
FIELD: Final = "token"
_BYTES: Final = 32
_COOKIE_CHARS: Final = 43
_SECONDS: Final = 400 * 24 * 3600
"""As long as browsers keep a cookie: a form may lie open for weeks."""
_NEW: Final = "wenqi_form_cookie"
_INPUT: Final = Markup('<input type="hidden" name="{}" value="{}">')


class FormExpired(Refused):
    """The form was not made for this browser, or it has lost its cookie."""

    status = 400
    code = "form_expired"
    title = "请再确认一次"


def field() -> Markup:
    """The hidden field of a form."""
    return _INPUT.format(FIELD, _token(_cookie()))


def check() -> None:
    """Raises FormExpired unless the form that is sent is one of this browser's."""
    given = posted().get(FIELD, "")
    try:
        both = urlsafe_b64decode(given)
    except (NotBase64, ValueError):
        both = b""
    mask, masked = both[:_BYTES], both[_BYTES:]
    cookie = request.cookies.get(COOKIE, "")
    if len(both) != 2 * _BYTES or not hmac.compare_digest(_xor(mask, masked), _hash(cookie)):
        raise FormExpired("页面放得太久，或者浏览器清除了记录。")


def remember(response: Response) -> None:
    """Give the browser its cookie, if a form on this page asked for one."""
    made = g.get(_NEW)
    if made is not None:
        response.set_cookie(
            COOKIE,
            made,
            max_age=_SECONDS,
            secure=services().settings.public_url.startswith("https:"),
            httponly=True,
            samesite="Lax",
        )
        response.headers["Cache-Control"] = "no-store"


def _cookie() -> str:
    """The browser's cookie, or the one it is about to be given."""
    known = request.cookies.get(COOKIE, "")
    if len(known) == _COOKIE_CHARS:
        return known
    made: str | None = g.get(_NEW)
    if made is None:
        made = secrets.token_urlsafe(_BYTES)
        setattr(g, _NEW, made)
    return made


def _token(cookie: str) -> str:
    mask = secrets.token_bytes(_BYTES)
    return urlsafe_b64encode(mask + _xor(mask, _hash(cookie))).decode()


def _hash(cookie: str) -> bytes:
    return keyed(services().settings.require_secret_key(), b"form", cookie.encode())


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))
