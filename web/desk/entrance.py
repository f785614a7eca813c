"""The page that asks who somebody is. It leads on to what they had asked for, with what was typed
there: a login that ended costs nobody a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import Response, request

from api.services import services
from web.desk.addresses import LOGIN, within
from web.parts.page import go_to, page
from web.parts.posted import posted
from web.parts.tokens import FIELD

_TO: Final = "to"
_ANEW: Final = {FIELD, "password", "current", "code"}
"""What is typed anew, as no page shows a secret again."""
KEPT: Final = "kept."
"""Begins the name of a field that was typed elsewhere and waits until somebody has logged in."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody had asked for: the address within the desk, and what they were sending."""

    to: str
    kept: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_request(cls) -> Asked:
        """The present page."""
        if request.method == "POST":
            return cls(
                within(request.full_path.rstrip("?")),
                tuple(each for each in posted().items(multi=True) if each[0] not in _ANEW),
            )
        return cls(within(request.full_path.rstrip("?")))

    @classmethod
    def of_form(cls) -> Asked:
        """What the login's own form carries along."""
        sent = posted()
        kept = [
            (name.removeprefix(KEPT), value)
            for name, value in sent.items(multi=True)
            if name.startswith(KEPT)
        ]
        return cls(within(sent.get(_TO)), tuple(kept))


def ask_to_log_in(
    asked: Asked, *, login: str = "", errors: Sequence[tuple[str, str]] = (), status: int = 401
) -> Response:
    """The login. `errors`: the id of a field and what is wrong there."""
    if request.method == "GET" and not errors and request.path != LOGIN:
        return go_to(f"{LOGIN}?{_query(asked.to)}")
    accounts = services().settings.accounts
    return page(
        "desk/login.html",
        status if errors or asked.kept else 200,
        asked=asked,
        kept_prefix=KEPT,
        login=login,
        errors=errors,
        asks_code=accounts.second_factor or any(each == "code" for each, _ in errors),
        has_oidc=accounts.oidc_issuer is not None,
    )


def lead_on(asked: Asked) -> Response:
    """After the login: to the page that was asked for, or what was typed there to be sent again."""
    if not asked.kept:
        return go_to(asked.to)
    return page("desk/again.html", asked=asked)


def _query(to: str) -> str:
    return urlencode({_TO: to})
