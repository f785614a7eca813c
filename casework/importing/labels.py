"""Headings as clerks write them: which column of a form a Chinese heading means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from marshmallow import Schema

from casework.importing.columns import UnknownColumn, field_of, template
from casework.tables.writing import folded

JOINT: Final = "·"
_JOINTS: Final = re.compile("[·•‧∙⋅・|｜/／]")
_MARKS: Final = re.compile(r"[*＊:：]|[（(]必填[）)]")
_NUMBER: Final = re.compile(rf"(\d+)(?={JOINT})")
_UNIT: Final = re.compile(r"\([^()]*\)$")
_ANY: Final = "\0"
# In every clerk's table, and never a misspelt column of a form.
_COMMON: Final = frozenset({"序号", "编号", "单位", "日期", "金额", "合计", "备注", "说明", "街道"})
_ALIKE: Final = 0.75


def tidy(heading: str) -> str:
    """A heading without what is only there for the eye."""
    return folded(_MARKS.sub("", _JOINTS.sub(JOINT, heading)))


class Labels:
    """The columns of one form by their labels, the numbers of lists' items left open.

    A label may be written in full (承租的房产1·租金（元）), without its unit, and, where no other
    column ends so, by its last part alone: that is item 1.
    """

    def __init__(self, form: Schema) -> None:
        """Takes the form of the facts."""
        self._names: dict[str, str] = {}
        short: dict[str, set[str]] = {}
        self.leaves: dict[str, str] = {}
        for column in template(form, {}):
            label = _NUMBER.sub(_ANY, tidy(column.label))
            name = re.sub(r"\.1(?=\.)", f".{_ANY}", column.name)
            self._names[label] = name
            leaf = label.rpartition(JOINT)[2]
            self.leaves[leaf] = column.label
            for way in (label.replace(_ANY, ""), leaf, _UNIT.sub("", leaf), _UNIT.sub("", label)):
                short.setdefault(way, set()).add(name)
        for way, names in short.items():
            if len(names) == 1 and way not in self._names:
                self._names[way] = next(iter(names))

    def name(self, heading: str) -> str | None:
        """The name of the column that a heading (tidy) means."""
        numbers = _NUMBER.findall(heading)
        if (found := self._names.get(_NUMBER.sub(_ANY, heading))) is None:
            return None
        for number in numbers or ["1"] * found.count(_ANY):
            found = found.replace(_ANY, number.lstrip("0") or "0", 1)
        return found


@lru_cache(maxsize=256)
def labels(form: Schema) -> Labels:
    """The labels of a form, made once."""
    return Labels(form)


def column_name(form: Schema, heading: str) -> str | None:
    """The name of the column of a form that a heading means: by its name or by its label."""
    if heading.startswith(("enterprise.", "facts.")):
        name: str | None = heading
    else:
        name = labels(form).name(tidy(heading))
    try:
        if name is not None:
            field_of(form, name)
    except UnknownColumn:
        return None
    return name


def nearest(forms: Iterable[Schema], heading: str) -> str | None:
    """The label that a heading is probably meant to be, if it is like one."""
    wanted = tidy(heading).rpartition(JOINT)[2]
    if wanted in _COMMON or len(wanted) < 2:  # noqa: PLR2004 -- one sign is like anything
        return None
    for form in forms:
        for leaf, label in labels(form).leaves.items():
            alike = SequenceMatcher(None, wanted, leaf).ratio() >= _ALIKE
            if alike or wanted in leaf:
                return label
    return None
