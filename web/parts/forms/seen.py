"""What a page showed when it was drawn, so that what another tab has saved meanwhile is not
overwritten by what this one never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from zlib import crc32

from web.parts.forms import typed
from web.parts.forms.shapes import ID, Step, Typed

DRAWN: Final = "drawn"
"""The hidden field with the mark; the script puts in the one that comes with each saving."""
_CHARS: Final = 8

Shows = Callable[[str], bool]


def mark(step: Step, now: Typed, shows: Shows) -> str:
    """A check of each answer that a page shows, blank ones too."""
    return "".join(_checks(step, now, shows))


def mark_after(step: Step, told: Typed, saved: Typed, shows: Shows, drawn: str) -> str:
    """The mark of a page that stays as it is after it was saved: it shows what it `told`, not what
    others have `saved`; what it holds and does not send it knows as before."""
    known, own = _known(drawn), list(_checks(step, told, shows))
    return "".join(own + [check for check in _checks(step, saved) if check in known - set(own)])


def touched(step: Step, told: Typed, drawn: str) -> Shows:
    """Whether anything whose name begins so differs from what the page showed."""
    known = _known(drawn)
    names = typed.shown(step, told)

    def is_touched(begins: str) -> bool:
        mine = (name for name in names if name.startswith(begins))
        return any(_check(name, told.get(name, ""), told) not in known for name in mine)

    return is_touched


def merged(before: Typed, now: Typed, drawn: str) -> dict[str, str]:
    """What is typed now, with what was saved elsewhere since the page was drawn, wherever the page
    itself left alone what it showed. What was changed on both is as the page says."""
    known = _known(drawn)
    kept = dict(now)
    for name, saved in before.items():
        sent = now.get(name, "")
        is_others = sent != saved and _check(name, saved, now) not in known
        if is_others and (not sent or _check(name, sent, now) in known):
            kept[name] = saved
    return kept


def _checks(step: Step, now: Typed, shows: Shows = bool) -> Iterator[str]:
    return (_check(name, now.get(name, ""), now) for name in typed.asked(step, now) if shows(name))


def _known(drawn: str) -> frozenset[str]:
    return frozenset(drawn[at : at + _CHARS] for at in range(0, len(drawn), _CHARS))


def _check(name: str, text: str, now: Typed) -> str:
    """Of an item by its id, so that it is the same wherever the item stands."""
    made, at = "", ""
    for each in name.split("/")[1:]:
        at += f"/{each}"
        made += f"/{now.get(at + ID, each)}"
    return f"{crc32(f'{made}={text}'.encode()):08x}"
