"""What somebody may have meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final, NamedTuple

_MOST: Final = 3


def likely(word: str, known: Collection[str]) -> list[str]:
    """The known words it is closest to, at most three."""
    return get_close_matches(word, list(known), n=_MOST, cutoff=0.5)


class Hint(NamedTuple):
    """What may be meant, to be put before a full stop; nothing where nothing is close."""

    chinese: str
    english: str


def hint(word: str, known: Collection[str]) -> Hint:
    """What may be meant by a word."""
    found = likely(word, known)
    if not found:
        return Hint("", "")
    return Hint(f"；是否指 {'、'.join(found)}", f"; did you mean {', '.join(found)}?")
