"""The notice's text: its measures cut out, printing padding removed for comparison.

Printing traps: paragraphs are parted by two full-width spaces, which also stand
inside 租　　户, inside padded names and before 联系人/联系电话.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_PAD = "　"
_BEGINS = rf"(?:^|\n|{_PAD}{{2}})\s*"
_NUMERALS = "〇零一二三四五六七八九十百"
_NUMBERED = re.compile(rf"{_BEGINS}[(（]([{_NUMERALS}]+)[)）]")
_QUOTED = re.compile("“([^”]*)”")
_AFTER_WORDS = re.compile(r"[(（]责任单位[:：]")


class NoticeDataError(ValueError):
    """The data of a notice contradicts itself or the notice's text."""


def foreign_quotations(sentence: str, text: str) -> list[str]:
    """What stands in “…” in a sentence and is not in the notice's text (as `plain` has it)."""
    return [quoted for quoted in _QUOTED.findall(sentence) if plain(quoted) not in text]


def plain(text: str) -> str:
    """The text without full-width padding and white space, for finding quotations."""
    return "".join(text.split()).replace(_PAD, "")


def measures_of(text: str, headings: Mapping[str, str]) -> dict[str, str]:
    """Measure -> its words, without responsible units and contacts.

    By measure what its first paragraph begins with ("三" -> "第三条"); without any, paragraphs
    that begin with a bracketed Chinese number are the measures. A measure's words end at its own
    责任单位 or where the next measure begins. Raises NoticeDataError for a heading that is not at
    the beginning of exactly one paragraph.
    """
    by_heading = {heading: measure for measure, heading in headings.items()}
    # The longest first: 第十条 must not be taken for the beginning of 第十条之一.
    either = "|".join(map(re.escape, sorted(by_heading, key=len, reverse=True)))
    pattern = re.compile(f"{_BEGINS}({either})") if headings else _NUMBERED
    found = list(pattern.finditer(text))
    measures: dict[str, str] = {}
    for position, start in enumerate(found):
        end = found[position + 1].start() if position + 1 < len(found) else len(text)
        words = text[start.end() : end]
        cut = _AFTER_WORDS.search(words)
        measure = by_heading.get(start[1], start[1])
        if measure in measures:
            raise NoticeDataError(f"notice.txt: two paragraphs begin as measure {measure}")
        measures[measure] = paragraphs(words[: cut.start()] if cut else words)
    if lacking := [heading for heading, measure in by_heading.items() if measure not in measures]:
        raise NoticeDataError(f"measures: no paragraph begins with {lacking}")
    return measures


def paragraphs(words: str) -> str:
    """Words with their paragraphs on lines of their own; 租　　户 is rejoined."""
    joined = words.replace(f"租{_PAD}{_PAD}户", "租户")
    return "\n".join(part for part in re.split(rf"\n|{_PAD}{{2}}", joined.strip(_PAD)) if part)
