"""Cells that a spreadsheet would run, and how they are written so that none does."""

from __future__ import annotations

from typing import Final

from vocabulary.writing import tidy

# A cell that begins with one of these may be run as a formula by the program that opens the file;
# full-width forms too, where the program's language is Chinese.
_SIGNS: Final = frozenset("=+-@\t\r\n＝＋－＠")


def is_run(text: str) -> bool:
    """Whether a program may take a cell for a formula: by its first character, or by the first one
    that can be seen, since programs pass over what cannot."""
    if text[:1].isalnum():
        return False
    return not _SIGNS.isdisjoint((text[:1], tidy(text)[:1]))


def harmless(text: str) -> str:
    """The text as a CSV cell that no program runs: with an apostrophe before what looks like a
    formula."""
    return f"'{text}" if is_run(text) else text
