"""What somebody has answered, to be checked once more: as it was read, not only as it was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from vocabulary.days import plain_day
from vocabulary.writing import code_form, half_width, tidy
from web.parts.forms import leaves
from web.parts.forms.drawing import DrawnField, DrawnGroup, draw
from web.parts.forms.leaves import Leaf
from web.parts.forms.shapes import Control, Field, Step
from web.parts.forms.typed import read_value
from web.parts.writing import yuan
from web.portal.own_drafts import Opened
from web.portal.way import Stop

MOST_CHECKED: Final = 300
"""Answers of a step on one page, the lists inside an item counted once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question that was answered, or is still to be. `says` is empty where nothing is
    answered; `address`: where it is changed."""

    label: str
    says: str
    address: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """What belongs under one heading."""

    title: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class StepAnswers:
    """The answers of one step, of many items those of one leaf."""

    stop: Stop
    chapters: tuple[Chapter, ...]
    leaf: Leaf


def answers(opened: Opened, stops: tuple[Stop, ...], number: int = 1) -> list[StepAnswers]:
    """The answers of every step that is asked. `number`: of the leaf that is shown."""
    at = {each.code: each for each in stops}
    made = []
    for step in opened.steps:
        stop = at[step.code]
        where = partial(_address, step, stop)
        leaf = leaves.leaf(step, opened.draft.typed, number, MOST_CHECKED)
        drawn = draw(step, opened.draft.typed, leaf=leaf).parts
        made.append(StepAnswers(stop, tuple(_chapters(drawn, step.title, where)), leaf))
    return made


def written(field: Field, text: str) -> str:
    """An answer as it is read: sums and days as they are stored, choices by their words."""
    value = read_value(field, text)
    if field.options:
        words = dict(field.options)
        return "、".join(words.get(each, each) for each in text.split("\n"))
    if (field.control is Control.MONEY and value != text.strip()) or _is_sum(field, value):
        return yuan(Decimal(str(value)))
    if field.control is Control.PHONE:
        return half_width(tidy(text))
    if field.control is Control.CODE:
        return code_form(text)
    if field.control is Control.DATE and _is_day(value):
        return plain_day(date.fromisoformat(str(value)))
    return f"{value}{field.unit}" if field.control is not Control.MONEY else text


def _is_sum(field: Field, value: object) -> bool:
    digits = str(value).replace(".", "", 1)
    return field.control is Control.MONEY and digits.isascii() and digits.isdecimal()


def _is_day(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _address(step: Step, stop: Stop, each: DrawnField | DrawnGroup) -> str:
    if isinstance(each, DrawnGroup):
        return f"{stop.address}#{each.id}"
    return f"{leaves.address(stop.address, leaves.leaf_of(step, each.name))}#{_anchor(each)}"


def _chapters(
    parts: tuple[DrawnField | DrawnGroup, ...],
    title: str,
    where: Callable[[DrawnField | DrawnGroup], str],
) -> Iterator[Chapter]:
    """The questions of one thing, then each thing inside it under its own name."""
    asked = [each for each in parts if not (each.when and each.when.is_off)]
    own = tuple(
        Answer(each.field.label, _said(each), where(each))
        for each in asked
        if isinstance(each, DrawnField) and (each.text.strip() or _is_wanted(each.field))
    )
    if own:
        yield Chapter(title, own)
    for each in asked:
        if not isinstance(each, DrawnGroup):
            continue
        if each.count:
            for item in each.items:
                yield from _chapters(item.parts, item.label, where)
            if not each.items and each.group.is_needed:
                yield Chapter(
                    each.group.label,
                    (Answer(each.group.label, "", where(each)),),
                )
        else:
            yield from _chapters(each.parts, each.group.label, where)


def _said(each: DrawnField) -> str:
    return written(each.field, each.text) if each.text.strip() else ""


def _anchor(each: DrawnField) -> str:
    return f"{each.id}-0" if each.field.options and not each.is_list else each.id


def _is_wanted(field: Field) -> bool:
    return field.is_required or field.is_needed
