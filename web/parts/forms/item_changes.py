"""What the buttons of a list do to what is typed: an item more, an item less, the last one back."""

from __future__ import annotations

from typing import Final, NamedTuple

from web.parts.forms import drawing, typed
from web.parts.forms.shapes import Group, Step, Typed, items, place_of

UNDO: Final = "undo"
WORDS: Final = frozenset({drawing.ADD, drawing.REMOVE, UNDO})


class Changed(NamedTuple):
    """`now`: what is typed now; `at`: the pointer of the item that came, went or came back."""

    now: Typed
    at: str


def change(step: Step, kept: Typed, word: str, pointer: str) -> Changed | None:
    """Do what a button of a step asks for: ADD names the list, REMOVE the item, which is laid
    aside until the next one goes, UNDO nothing. None where nothing can be done."""
    if word == UNDO:
        aside = typed.laid_aside(kept)
        many = step.part_at(aside[0]) if aside else None
        if aside is None or not isinstance(many, Group):
            return None
        now = typed.restore_item(kept, items(many, kept, aside[0]))
        return Changed(now, f"{aside[0]}/{aside[1]}")
    at, _, number = pointer.rpartition("/") if word == drawing.REMOVE else (pointer, "", "")
    group = step.part_at(at)
    if not isinstance(group, Group) or group.most is None:
        return None
    shown, place = items(group, kept, at), place_of(number)
    if word == drawing.ADD and shown < group.most:
        return Changed(typed.add_item(kept, at, shown), f"{at}/{shown}")
    if word == drawing.REMOVE and place is not None and place < shown:
        return Changed(typed.remove_shown(kept, at, place, shown), pointer)
    return None
