"""Where prefilled answers come from: said beside each as long as it stands as it was brought here.

Kept with what was typed, a name for each source: the day, and a check of each answer that was
brought, so that an answer somebody has changed, or that has moved, loses its mark by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final
from zlib import crc32

from vocabulary.days import plain_day
from web.parts.forms.shapes import Typed

_MARK: Final = "<"
"""Begins the names of what says where answers come from: no field's name does."""
_CHARS: Final = 8


class Source(Enum):
    """Where an answer was given first; the value is kept in drafts."""

    SCREENING = "screening"
    EARLIER = "earlier"
    LOGIN = "login"


_SAID: Final = {
    Source.SCREENING: "来自您{day}看能办哪些时的回答",
    Source.EARLIER: "来自您{day}的申报",
    Source.LOGIN: "来自企业登录，{day}",
}


@dataclass(frozen=True, slots=True)
class Origins:
    """What the marks of a draft say."""

    marks: tuple[tuple[str, frozenset[str]], ...] = ()

    def said(self, pointer: str, text: str) -> str:
        """Where the answer at a pointer comes from; nothing for one typed here."""
        if not (self.marks and text):
            return ""
        check = _check(pointer, text)
        return next((said for said, checks in self.marks if check in checks), "")


def marked(filled: Typed, source: Source, day: date, of: Iterable[str] | None = None) -> Typed:
    """Answers with the mark of where they come from: all of them, or those at some pointers."""
    checks = [_check(at, filled[at]) for at in (filled if of is None else of) if at[:1] == "/"]
    return {**filled, _MARK + source.value: f"{day} {''.join(checks)}"} if checks else filled


def read(typed: Typed) -> Origins:
    """The marks that are kept with what was typed."""
    found = []
    for source, said in _SAID.items():
        day, _, checks = typed.get(_MARK + source.value, "").partition(" ")
        if checks:
            each = range(0, len(checks), _CHARS)
            words = said.format(day=plain_day(date.fromisoformat(day)))
            found.append((words, frozenset(checks[at : at + _CHARS] for at in each)))
    return Origins(tuple(found))


def _check(pointer: str, text: str) -> str:
    return f"{crc32(f'{pointer}={text}'.encode()):08x}"
