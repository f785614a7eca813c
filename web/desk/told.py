"""What was just done, said once on the page one is led to: kept by the browser until then."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Final

from flask import Response, g, request

from api import cookies

_COOKIE: Final = "wenqi-told"
_LONGEST: Final = 40
_SEEN: Final = "wenqi_told"


def tell(response: Response, said: str) -> Response:
    """Have the next page say this; a sentence of ours of up to 40 characters, nothing personal."""
    written = urlsafe_b64encode(said[:_LONGEST].encode()).decode()
    cookies.keep(response, _COOKIE, written, 60)
    return response


def told() -> str:
    """What the present page is to say; "" for nothing."""
    value = cookies.of_request(_COOKIE)
    if not value:
        return ""
    setattr(g, _SEEN, True)
    try:
        return urlsafe_b64decode(value).decode()
    except (NotBase64, ValueError):
        return ""


def forget(response: Response) -> Response:
    """Say it once only."""
    is_page = request.method == "GET" and response.content_type.startswith("text/html")
    if g.get(_SEEN) and is_page:
        cookies.keep(response, _COOKIE, "", 0)
    return response
