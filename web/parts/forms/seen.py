"""What a page showed when it was drawn, so that what another tab has saved meanwhile is not
overwritten by what this one never touched."""

from __future__ import annotations

from typing import Final
from zlib import crc32

from web.parts.forms import typed
from web.parts.forms.leaves import Leaf
from web.parts.forms.shapes import Step, Typed

DRAWN: Final = "drawn"
"""The hidden field with the mark; the script puts in the one that comes with each saving."""
HEADER: Final = "Draft-Drawn"
_CHARS: Final = 8


def mark(step: Step, now: Typed, leaf: Leaf) -> str:
    """A check of each answer that a page shows."""
    asked = (name for name in typed.asked(step, now) if now.get(name) and leaf.shows(name))
    return "".join(_check(name, now[name]) for name in asked)


def merged(before: Typed, now: Typed, drawn: str) -> dict[str, str]:
    """What is typed now, with what was saved elsewhere since the page was drawn, wherever the page
    itself left alone what it showed. What was changed on both is as the page says."""
    known = {drawn[at : at + _CHARS] for at in range(0, len(drawn), _CHARS)}
    kept = dict(now)
    for name, saved in before.items():
        sent = now.get(name, "")
        is_others = sent != saved and _check(name, saved) not in known
        if is_others and (not sent or _check(name, sent) in known):
            kept[name] = saved
    return kept


def _check(name: str, text: str) -> str:
    return f"{crc32(f'{name}={text}'.encode()):08x}"
