"""A supplement that asks for a whole list: some of its items on a page, as in the form.

There is no draft of a supplement. What was typed and is not filed yet goes along in the page, so
that nothing is lost by turning to another one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from web.parts.forms import drawing, item_changes, leaves, typed
from web.parts.forms.leaves import Leaf
from web.parts.forms.shapes import Group, Step, Typed
from web.portal.draft_size import require_drawable

KEPT: Final = "kept"
"""The hidden field that holds what differs from what is filed."""
_WORDS: Final = item_changes.WORDS | {leaves.LEAF}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a supplement's page shows: `now`: everything as typed, `leaves`: of each step."""

    now: Typed
    leaves: tuple[Leaf, ...]


def first(steps: Sequence[Step], filed: Typed) -> Sheet:
    """The first page. Raises DraftTooLarge."""
    return _sheet(steps, filed, [1] * len(steps))


def sent(steps: Sequence[Step], filed: Typed, posted: Mapping[str, list[str]]) -> Sheet:
    """The page that was sent, with what it says. Raises DraftTooLarge."""
    told = {name: values[-1] for name, values in posted.items()}
    now: Typed = {**filed, **_kept(steps, filed, told.get(KEPT, ""))}
    numbers = [leaves.number(told.get(_name(step), "")) for step in steps]
    require_drawable(steps, {**now, **told})
    for step, number in zip(steps, numbers, strict=True):
        now = typed.keep(step, now, posted, leaves.leaf(step, {**now, **told}, number).shows)
    return _sheet(steps, now, numbers)


def is_turning(word: str, pointer: str) -> bool:
    """Whether a button adds, removes, brings back or turns to another page."""
    return word in _WORDS and pointer.startswith("/")


def turned(steps: Sequence[Step], sheet: Sheet, word: str, pointer: str) -> Sheet:
    """The page after such a button. Raises DraftTooLarge."""
    numbers = [leaf.number for leaf in sheet.leaves]
    now = sheet.now
    at, _, page = pointer.partition(" ")
    for position, step in enumerate(steps):
        if word == leaves.LEAF:
            group = step.part_at(at)
            if isinstance(group, Group) and group.most is not None:
                numbers[position] = leaves.number(page)
                break
        elif changed := item_changes.change(step, now, word, pointer):
            now = changed.now
            if word != drawing.REMOVE:
                numbers[position] = leaves.leaf_of(step, changed.at)
            break
    return _sheet(steps, now, numbers)


def faulty(steps: Sequence[Step], sheet: Sheet, pointers: Iterable[str]) -> Sheet:
    """The same, turned to where something is wrong if nothing on the page is."""
    wrong = list(pointers)
    numbers = []
    for step, leaf in zip(steps, sheet.leaves, strict=True):
        own = [each for each in wrong if leaf.at and each.startswith(leaf.at + "/")]
        turn = own and not any(leaf.shows(each) for each in own)
        numbers.append(leaves.leaf_of(step, own[0]) if turn else leaf.number)
    return _sheet(steps, sheet.now, numbers)


def kept(steps: Sequence[Step], filed: Typed, now: Typed) -> str:
    """What differs from what is filed, for the hidden field."""
    names = {*_asked(steps, now), *_asked(steps, filed)}
    aside = {name for name in now if name.startswith(typed.ASIDE)}
    changed = {
        name: now.get(name, "")
        for name in sorted(names)
        if now.get(name, "") != filed.get(name, "")
    }
    changed |= {name: now[name] for name in sorted(aside)}
    return json.dumps(changed, ensure_ascii=False) if changed else ""


def _kept(steps: Sequence[Step], filed: Typed, written: str) -> dict[str, str]:
    """What a page holds of the steps; nothing of what is not asked."""
    try:
        said = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict) or not all(isinstance(each, str) for each in said.values()):
        return {}
    require_drawable(steps, said)
    known = {*_asked(steps, {**filed, **said}), *_asked(steps, filed)}
    return {
        name: text for name, text in said.items() if name in known or name.startswith(typed.ASIDE)
    }


def _asked(steps: Sequence[Step], now: Typed) -> set[str]:
    return {name for step in steps for name in typed.asked(step, now)}


def _sheet(steps: Sequence[Step], now: Typed, numbers: Sequence[int]) -> Sheet:
    require_drawable(steps, now)
    shown = [leaves.leaf(each, now, number) for each, number in zip(steps, numbers, strict=True)]
    return Sheet(now, tuple(shown))


def _name(step: Step) -> str:
    """The hidden field with the number of a step's page."""
    return f"{leaves.LEAF}:{step.at}/{step.parts[0].name}"
