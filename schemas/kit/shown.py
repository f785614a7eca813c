"""What of a text shows, and what only controls."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

# C0 and C1 controls except line breaks.
CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
LINE_BREAK: Final = re.compile("[\n\u2028\u2029]")
# What shows nothing though it is a letter or a symbol: Hangul fillers, the empty braille cell.
_EMPTY: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Formats, unassigned, surrogates, separators, and marks that stand on nothing.
_UNSEEN: Final = frozenset({"Cf", "Cn", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"})


# For validators of JSON Schema (ECMA 262): something that shows, and nothing that controls.
SHOWS: Final = r"^\s*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
SHOWS_ON_ONE_LINE: Final = (
    r"^\s*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]*$"
)


def is_blank(text: str) -> bool:
    """Whether a text shows nothing at all, however many characters it has."""
    for char in text:  # noqa: SIM110 -- the first character answers; a generator costs more
        if char not in _EMPTY and category(char) not in _UNSEEN:
            return False
    return True
