"""Many items of a step, some to a page: all of them at once would be too large to send, and nobody
would find the one that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from web.parts.forms.shapes import Field, Group, Part, Step, Typed, items
from web.parts.numbers import whole_number

MOST_ASKED: Final = 100
"""Questions of a page, the lists inside an item counted once; one item is always on one page."""
LEAF: Final = "leaf"
"""The name of what says which leaf a form was drawn from, and which one an address means."""
_MOST_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Leaf:
    """What one page shows of a step's items. `at`: pointer of their group, empty where the step has
    none; `number`: from 1; `places`: those it has for items, from 0; `total`: items on all."""

    at: str
    number: int
    count: int
    places: range
    total: int

    @property
    def spans(self) -> list[str]:
        """Which items each leaf shows, as 第5—8项."""
        each = len(self.places)
        return [
            f"第{first + 1}—{min(first + each, self.total)}项"
            for first in range(0, self.total, each)
        ]

    def shows(self, pointer: str) -> bool:
        """Whether what stands at a pointer is on the page; all that belongs to no item is."""
        place = _place(self.at, pointer)
        return place is None or place in self.places


def leaf(step: Step, typed: Typed, number: int = 1, most: int = MOST_ASKED) -> Leaf:
    """A leaf of a step as it is filled in; the nearest there is to a number. `most`: questions."""
    group = _group(step)
    if group is None:
        return Leaf("", 1, 1, range(0), 0)
    at, each = f"{step.at}/{group.name}", _each(group, most)
    total = items(group, typed, at)
    count = max(1, -(-total // each))
    number = max(1, min(number, count))
    return Leaf(at, number, count, range((number - 1) * each, number * each), total)


def leaf_of(step: Step, pointer: str) -> int:
    """The number of the leaf that shows what stands at a pointer."""
    group = _group(step)
    if group is None:
        return 1
    return (_place(f"{step.at}/{group.name}", pointer) or 0) // _each(group, MOST_ASKED) + 1


def address(page: str, number: int, *asked: str) -> str:
    """The address of a leaf of the step at `page`, with what else it is asked."""
    leaves = [f"{LEAF}={number}"] if number > 1 else []
    query = "&".join((*leaves, *asked))
    return f"{page}?{query}" if query else page


def number(written: str) -> int:
    """The number in an address or a form; 1 for anything else."""
    found = whole_number(written, _MOST_DIGITS)
    return 1 if found is None else found


def _group(step: Step) -> Group | None:
    part = step.parts[0] if len(step.parts) == 1 else None
    return part if isinstance(part, Group) and part.most is not None else None


def _each(group: Group, most: int) -> int:
    return max(1, most // max(1, _questions(group.parts)))


def _questions(parts: tuple[Part, ...]) -> int:
    return sum(1 if isinstance(each, Field) else _questions(each.parts) for each in parts)


def _place(at: str, pointer: str) -> int | None:
    begins = at + "/"
    first = pointer[len(begins) :].partition("/")[0] if at and pointer.startswith(begins) else ""
    return int(first) if first.isascii() and first.isdecimal() else None
