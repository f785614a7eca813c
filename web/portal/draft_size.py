"""How much of a form there may be on pages: a page of thousands of questions would cost seconds to
draw, and asking for it one number of items. How large drafts of strangers may get."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from api.services import services
from casework.intake.drafts import DraftTooLarge
from web.parts.forms import typed
from web.parts.forms.shapes import Step, Typed

MOST_QUESTIONS: Final = 2000
"""In all steps together, asked or not at the moment: some eighty leases, or four hundred of what
has five questions. Whoever has more files through the API."""

LARGE: Final = 32 * 1024
"""Bytes of answers from which on a draft counts as a large one: a form filled in with ten leases
stays below."""


def require_drawable(steps: Iterable[Step], kept: Typed) -> Typed:
    """What is kept of a form, if it can be drawn. Raises DraftTooLarge."""
    asked = (name for step in steps for name in typed.asked(step, kept))
    if sum(1 for _ in islice(asked, MOST_QUESTIONS + 1)) > MOST_QUESTIONS:
        raise DraftTooLarge
    return kept


def require_room(before: Typed, now: Typed) -> None:
    """Count a draft that has become a large one. Raises TooOften."""
    if _weight(now) > LARGE >= _weight(before):
        services().limiter.large_draft()


def _weight(kept: Typed) -> int:
    return sum(len(name) + len(text.encode()) for name, text in kept.items())
