"""For whom a person stands in at present, chosen by themselves and kept by the browser.

An absent colleague's role (代办) counts on the desk only once it was chosen: nobody acts for
somebody else unawares. The cookie grants nothing: it picks one of the roles that are lent now.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from flask import Response

from api import cookies
from casework.people.access import Lent, Principal

_COOKIE: Final = "wenqi-standing-in"
_CHARS: Final = 16


def code_of(lent: Lent) -> str:
    """How a form and the cookie name a role on loan."""
    return hashlib.sha256(f"{lent.actor}|{lent.role}".encode()).hexdigest()[:_CHARS]


def chosen(principal: Principal) -> Lent | None:
    """The role on loan that was chosen, as long as it is lent."""
    code = cookies.of_request(_COOKIE)
    return next((lent for lent in principal.lent if code_of(lent) == code), None)


def as_chosen(principal: Principal) -> Principal:
    """The person with the role that was chosen, without others on loan."""
    lent = chosen(principal)
    return replace(principal, lent=() if lent is None else (lent,))


def choose(response: Response, principal: Principal, code: str) -> Response:
    """Stand in for a colleague from now on; "" or one that is lent no more: for nobody."""
    is_lent = code in {code_of(lent) for lent in principal.lent}
    cookies.keep(response, _COOKIE, code if is_lent else "", None if is_lent else 0)
    return response


def forget(response: Response) -> Response:
    """Stand in for nobody, as at a logout."""
    cookies.keep(response, _COOKIE, "", 0)
    return response
