"""What a form is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from web.parts.numbers import whole_number

COUNT: Final = "#"
"""Ends the name of what says how many items a repeated group has."""
ID: Final = "/@"
"""Ends the name of what tells an item of a draft from all others: no field's name does."""
_PLACE_DIGITS: Final = 4

Typed = Mapping[str, str]
"""JSON pointer -> what was typed there; of several choices, one a line."""


class Control(Enum):
    """How something is typed or chosen."""

    TEXT = "text"
    LINES = "lines"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    MONEY = "money"
    WHOLE = "whole"
    PERCENT = "percent"
    DATE = "date"
    MONTH = "month"
    CLOCK = "clock"
    PHONE = "phone"
    CODE = "code"
    DIGITS = "digits"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Where:
    """A field applies unless its neighbour `name` was answered with none of the `values`."""

    name: str
    values: frozenset[str]

    def holds(self, typed: Typed, at: str) -> bool:
        """Whether it applies, in the object at a pointer."""
        answered = typed.get(f"{at}/{self.name}", "")
        return not answered or answered in self.values


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `source`: the paper it is copied from; `autocomplete`: the browser's own word
    for it, on the applicant's own data alone."""

    name: str
    label: str
    help: str
    source: str
    control: Control
    options: tuple[tuple[str, str], ...] = ()
    is_required: bool = False
    is_needed: bool = False
    is_optional: bool = False
    longest: int | None = None
    unit: str = ""
    autocomplete: str = "off"
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Questions about one thing, or about each of several. `most`: None for one thing."""

    name: str
    label: str
    help: str
    parts: tuple[Field | Group, ...]
    most: int | None = None
    is_needed: bool = False
    where: Where | None = None


Part = Field | Group


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked on one page. `at`: the pointer of the object that its parts belong to."""

    code: str
    title: str
    at: str
    parts: tuple[Part, ...]

    def part_at(self, pointer: str) -> Part | None:
        """The question, or the group of them, at a pointer."""
        begins = f"{self.at}/"
        names = pointer.removeprefix(begins).split("/") if pointer.startswith(begins) else []
        parts, part = self.parts, None
        for name in names:
            found = next((each for each in parts if each.name == name), None)
            if found is None and name.isdecimal():
                continue  # an item of the list, which is drawn as the list's part
            part, parts = found, found.parts if isinstance(found, Group) else ()
        return part

    def applies(self, typed: Typed) -> bool:
        """Whether anything of it is asked, as things stand."""
        return any(part.where is None or part.where.holds(typed, self.at) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one provision, step by step."""

    notice: str
    provision: str
    title: str
    steps: tuple[Step, ...]

    def step(self, code: str) -> Step | None:
        """The step of an address; None for an unknown one."""
        return next((each for each in self.steps if each.code == code), None)

    def step_of(self, pointer: str) -> Step | None:
        """The step in which something is asked."""
        for step in self.steps:
            for part in step.parts:
                at = f"{step.at}/{part.name}"
                if pointer == at or pointer.startswith(at + "/"):
                    return step
        return None

    def alone(self, pointer: str) -> Step | None:
        """A step that asks for what stands at a pointer and nothing else, whatever else was
        answered: a field, a list, or one item of it whole. None for what the form does not ask."""
        step = self.step_of(pointer)
        part = step.part_at(pointer) if step else None
        if step is None or part is None:
            return None
        above, _, last = pointer.rpartition("/")
        if (place := place_of(last)) is None:
            return Step(step.code, step.title, above, (replace(part, where=None),))
        if isinstance(part, Field):  # one of several choices is asked as the question
            return self.alone(above)
        item = replace(part, name=last, label=f"{part.label}{place + 1}", most=None, where=None)
        return Step(step.code, step.title, above, (item,))


def place_of(written: str) -> int | None:
    """Which item of a group a part of a pointer names; None for what names none."""
    return whole_number(written, _PLACE_DIGITS)


def items(group: Group, typed: Typed, at: str) -> int:
    """How many items of a repeated group, at its pointer, are shown or typed; of more than there
    may be one, so that the schema says so, however far up a name claims to stand."""
    most = group.most or 1
    if (told := place_of(typed.get(at + COUNT, ""))) is not None:
        return min(told, most)
    begins = at + "/"
    places = {name[len(begins) :].partition("/")[0] for name in typed if name.startswith(begins)}
    numbers = [place + 1 for each in places if (place := place_of(each)) is not None]
    return min(max(numbers, default=0), most + 1)
