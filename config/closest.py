"""What somebody may have meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

_MOST: Final = 3


def likely(word: str, known: Collection[str]) -> list[str]:
    """The known words it is closest to, at most three."""
    return get_close_matches(word, list(known), n=_MOST, cutoff=0.5)


def hint(word: str, known: Collection[str]) -> str:
    """To be put before a full stop, in Chinese: what may be meant, or nothing."""
    found = likely(word, known)
    return f"；是否指 {'、'.join(found)}" if found else "；代码见 wenqi bureaus"
