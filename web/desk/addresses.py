"""Addresses of the desk that somebody may be led on to."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

HOME: Final = "/desk/"
LOGIN: Final = "/desk/login"
_LONGEST: Final = 2000
_NEVER: Final = ("/desk/login", "/desk/logout", "/desk/setup")


def within(address: str | None) -> str:
    """The address if it is one of the desk's own, with its query; else the desk's first page.

    Whoever makes a link to the login cannot make it lead elsewhere afterwards.
    """
    asked = address or ""
    if len(asked) > _LONGEST or not asked.isprintable() or "\\" in asked or "//" in asked:
        return HOME
    path = urlsplit(asked).path
    is_ours = asked.startswith(HOME) and ".." not in path.split("/")
    return HOME if not is_ours or path.startswith(_NEVER) else asked
