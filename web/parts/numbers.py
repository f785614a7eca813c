"""Whole numbers as an address or a form writes them."""

from __future__ import annotations

from typing import Final

MOST_DIGITS: Final = 18
"""What the database holds as a number; the digits of a longer one cost time to read."""


def whole_number(written: str, digits: int = MOST_DIGITS) -> int | None:
    """The number; None for what is none, or has more digits."""
    is_number = written.isascii() and written.isdecimal() and len(written) <= digits
    return int(written) if is_number else None
