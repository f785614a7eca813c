"""What stands in a path, read before anything is asked of the database."""

from __future__ import annotations

import re
from typing import Final

from casework.errors import NotFound

_NUMBER: Final = re.compile(r"\d{1,18}", re.ASCII)
_MAX_SECRET: Final = 100


def number(given: str, missing: type[NotFound]) -> int:
    """The id in a path. Raises `missing` for what cannot be one."""
    if not _NUMBER.fullmatch(given):
        raise missing
    return int(given)


def secret(given: str, missing: type[NotFound]) -> str:
    """The secret in a path. Raises `missing` for what cannot be one."""
    if not given.isascii() or len(given) > _MAX_SECRET:
        raise missing
    return given
