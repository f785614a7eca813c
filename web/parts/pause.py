"""How long a page may lie untouched before number and code, or the login, are asked for anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, Literal

from flask import g

Kind = Literal["own", "login", "desk"]
_LIMIT: Final = "wenqi_pause"
# A page that always answers, and counts the time anew.
_RENEWS: Final[dict[Kind, str]] = {"own": "/receipt", "login": "/mine", "desk": "/desk/account"}


def limited(kind: Kind, minutes: int, left: timedelta | None = None) -> None:
    """The page that is being made is open for so long; the shortest such time is told. `left`: the
    login ends then, whatever is done."""
    known = g.get(_LIMIT) or {"minutes": minutes + 1, "left": None}
    if minutes < known["minutes"]:
        known |= {"kind": kind, "minutes": minutes, "address": _RENEWS[kind]}
    if left is not None:
        known["left"] = int(left.total_seconds())
    setattr(g, _LIMIT, known)


def context() -> dict[str, Any]:
    """What the layout says of it."""
    return {"pause": g.get(_LIMIT)}
