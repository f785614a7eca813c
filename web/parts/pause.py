"""How long a page may lie untouched before number and code, or the login, are asked for anew."""

from __future__ import annotations

from typing import Any, Final, Literal

from flask import g

Kind = Literal["own", "login"]
_LIMIT: Final = "wenqi_pause"
# A page that always answers, and counts the time anew.
_RENEWS: Final[dict[Kind, str]] = {"own": "/receipt", "login": "/mine"}


def limited(kind: Kind, minutes: int) -> None:
    """The page that is being made is open for so long; the shortest such time is told."""
    known = g.get(_LIMIT)
    if known is None or minutes < known["minutes"]:
        setattr(g, _LIMIT, {"kind": kind, "minutes": minutes, "address": _RENEWS[kind]})


def context() -> dict[str, Any]:
    """What the layout says of it."""
    return {"pause": g.get(_LIMIT)}
