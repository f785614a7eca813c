"""A row of cells as an application's JSON object: which cell goes where, worked out once a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from marshmallow import Schema

from casework.importing.cells import ABSENT, CellRefused, Translate, translation
from casework.importing.columns import field_of
from casework.importing.headings import Headings
from casework.importing.labels import column_name
from casework.tables.values import Cell, TableError

FOREIGN: Final = "该条款的申报表没有这一列。"
UNNAMED: Final = "这一列没有列名，却填了内容。"


_REMEMBERED: Final = 512
"""Cells of a column whose translations are kept: in a list most columns say the same few things."""
_PLAIN: Final = frozenset({str, Decimal, datetime})
"""What is remembered: of these none equals one of another kind, as True equals 1."""


class Target(NamedTuple):
    """A column: its place, where its value goes (which object, under which name), how its cells
    are translated (None for a column that this form does not have), and how some were."""

    place: int
    within: int
    step: str
    translate: Translate | None
    known: dict[Cell, Any]


@dataclass(slots=True)
class Filled:
    """A row put together: the object (without provision and notice), and by place of the column
    what was wrong with its cell."""

    made: dict[str, Any]
    faults: dict[int, str] = field(default_factory=dict)


class Plan:
    """How the rows of a sheet become applications of one form."""

    def __init__(self, headings: Headings, form: Schema) -> None:
        """Raises TableError if two columns are the same one."""
        self.form = form
        self.headings = headings.texts
        self.places: dict[str, int] = {}
        self.targets: list[Target] = []
        # The objects of an application, each with the one that holds it; the first holds all.
        self._ways: dict[tuple[str | int, ...], int] = {(): 0, ("enterprise",): 1, ("facts",): 2}
        aside = {*headings.envelope.values(), *headings.ours}
        extra = set(headings.extra)
        for place, heading in enumerate(headings.texts):
            if place in aside:
                continue
            name = None if place in extra else column_name(form, heading)
            if name is None:
                if place not in extra or not heading:
                    self.targets.append(Target(place, 0, "", None, {}))
                continue
            if name in self.places:
                other = headings.texts[self.places[name]]
                raise TableError(f"“{heading}”和“{other}”是同一列")
            self.places[name] = place
            *steps, last = (int(one) if one.isdigit() else one for one in name.split("."))
            translate = translation(field_of(form, name))
            self.targets.append(Target(place, self._way(tuple(steps)), str(last), translate, {}))
        self.names = {place: name for name, place in self.places.items()}
        self._unnamed = frozenset(place for place in extra if not headings.texts[place])
        self._holders = [(self._ways[way[:-1]], way[-1]) if way else (0, "") for way in self._ways]
        # Inner lists first: they lie in items of outer ones.
        self._lists = sorted({holder for holder, step in self._holders if type(step) is int})[::-1]

    def _way(self, steps: tuple[str | int, ...]) -> int:
        if steps not in self._ways:
            self._way(steps[:-1])
            self._ways[steps] = len(self._ways)
        return self._ways[steps]

    def fill(self, cells: list[Cell], *, numbered: bool = False) -> Filled:
        """A row's cells, each in its place. Lists close up: where item 1 is empty, item 2 comes
        first; with `numbered` they are objects by the numbers of their items instead."""
        enterprise: dict[Any, Any] = {}
        facts: dict[Any, Any] = {}
        made = {"enterprise": enterprise, "facts": facts}
        objects: list[dict[Any, Any] | None] = [None] * len(self._holders)
        objects[:3] = made, enterprise, facts
        faults: dict[int, str] = {}
        width = len(cells)
        for place, within, step, translate, known in self.targets:
            if place >= width:
                break
            cell = cells[place]
            if cell is None:
                continue
            plain = type(cell) in _PLAIN
            value = known.get(cell, known) if plain else known
            if value is known:  # not translated before
                if type(cell) is str and (not cell or cell.isspace()):
                    continue
                if translate is None:
                    faults[place] = UNNAMED if place in self._unnamed else FOREIGN
                    continue
                try:
                    value = translate(cell)
                except CellRefused as refused:
                    faults[place] = str(refused)
                    continue
                if plain and len(known) < _REMEMBERED:
                    known[cell] = value
            if value is not ABSENT:
                here = objects[within]
                if here is None:
                    here = self._opened(objects, within)
                here[step] = value
        if not numbered:
            self._close(objects)
        return Filled(made, faults)

    def _opened(self, objects: list[dict[Any, Any] | None], one: int) -> dict[Any, Any]:
        """An object, put into the one that holds it."""
        holder, step = self._holders[one]
        outer = objects[holder]
        if outer is None:
            outer = self._opened(objects, holder)
        made: dict[Any, Any] = {}
        objects[one] = outer[step] = made
        return made

    def _close(self, objects: list[dict[Any, Any] | None]) -> None:
        for one in self._lists:
            items = objects[one]
            if items is not None:
                holder, step = self._holders[one]
                outer = objects[holder]
                assert outer is not None  # noqa: S101 -- it holds the items
                outer[step] = [items[number] for number in sorted(items)]


def column_at(numbered: dict[str, Any], pointer: str) -> str:
    """The name of the column that a pointer into the closed object speaks of. Takes the same object
    with its lists by number."""
    here: Any = numbered
    steps: list[str] = []
    for step in pointer.strip("/").split("/"):
        if type(here) is dict and here and all(type(name) is int for name in here):
            numbers = sorted(here)
            number = numbers[int(step)] if step.isdigit() and int(step) < len(numbers) else step
            here = here.get(number)
            steps.append(str(number))
        else:
            here = here.get(step) if type(here) is dict else None
            steps.append(step)
    return ".".join(steps)
