"""The notice's text: its measures cut out, printing padding removed for comparison.

Printing traps: paragraphs are parted by two full-width spaces, which also stand
inside 租　　户, inside padded names and before 联系人/联系电话.
"""

from __future__ import annotations

import re

_PAD = "　"
_ORDINALS = "一二三四五六七八九十"
_MEASURE = re.compile(rf"\(([{_ORDINALS}]{{1,2}})\)")
_AFTER_WORDS = re.compile(r"\(责任单位：")


def plain(text: str) -> str:
    """The text without full-width padding and white space, for finding quotations."""
    return "".join(text.split()).replace(_PAD, "")


def measures_of(text: str) -> dict[str, str]:
    """Measure ordinal (一 … 十四) -> its words, without responsible units and contacts.

    A measure's words end at its own 责任单位 or where the next measure begins.
    """
    found = list(_MEASURE.finditer(text))
    measures: dict[str, str] = {}
    for position, start in enumerate(found):
        end = found[position + 1].start() if position + 1 < len(found) else len(text)
        words = text[start.end() : end]
        cut = _AFTER_WORDS.search(words)
        measures[start.group(1)] = paragraphs(words[: cut.start()] if cut else words)
    return measures


def paragraphs(words: str) -> str:
    """Words with their paragraphs on lines of their own; 租　　户 is rejoined."""
    joined = words.replace(f"租{_PAD}{_PAD}户", "租户")
    return "\n".join(part for part in joined.strip(_PAD).split(_PAD * 2) if part)
