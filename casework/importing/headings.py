"""Where a sheet's headings are, and what each column is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from marshmallow import Schema

from casework.importing.cells import unsafe
from casework.importing.columns import ENVELOPE, NOTICE, PROVISION
from casework.importing.labels import JOINT, column_name, nearest, tidy
from casework.tables.values import Cell, Row, TableError, is_error

REASONS: Final = "退回原因"
ROW: Final = "原行号"
OURS: Final = (REASONS, ROW)
COMMENT: Final = "#"
"""Begins the rows of a template that explain its columns."""
MOST_EXTRA: Final = 300
"""Columns that are no form's: each is compared with every name that there is."""
_SEARCHED: Final = 20
_FEWEST: Final = 3
_ENVELOPE: Final = {
    **{name: name for name in ENVELOPE},
    **{tidy(label): name for name, label in ENVELOPE.items()},
    "条款": PROVISION,
    "申报条款": PROVISION,
    "通知": NOTICE,
}


@dataclass(slots=True)
class Headings:
    """The headings of a sheet by column; the columns of the envelope, ours, and those that are no
    form's; the rows that explain the columns, as they stand."""

    texts: list[str]
    comments: list[list[Cell]] = field(default_factory=list)
    envelope: dict[str, int] = field(default_factory=dict)
    ours: set[int] = field(default_factory=set)
    extra: list[int] = field(default_factory=list)

    def first(self) -> int:
        """The first column that is not ours."""
        return next((one for one in range(len(self.texts)) if one not in self.ours), 0)


def find(
    rows: Iterator[Row], forms: Sequence[Schema], *, provision_given: bool
) -> tuple[Headings, Iterator[Row]] | None:
    """A sheet's headings and the rows below them; None if it has none, of a blank one too.

    `forms` are all that there are; `provision_given`: no column need say the provision.
    Raises TableError where the headings are there but cannot be what is meant.
    """
    ahead = list(islice(rows, _SEARCHED))
    best: tuple[int, int, list[str]] | None = None
    for place, row in enumerate(ahead):
        single = [_heading(cell) for cell in row.cells]
        below = ahead[place + 1].cells if place + 1 < len(ahead) else []
        double = _joined(single, [_heading(cell) for cell in below])
        alone, both = _known(single, forms), _known(double, forms)
        most = max(alone, both)
        if most >= _FEWEST or (PROVISION in _envelope(single) and len(row.cells) <= _FEWEST):
            best = (place, 2, double) if both > alone else (place, 1, single)
            break
    if best is None:
        return None
    place, height, texts = best
    made = Headings(texts)
    _sort(made, forms, provision_given=provision_given)
    below_them = chain(ahead[place + height :], rows)
    return made, _without_comments(made, below_them)


def is_comment(row: Row, headings: Headings) -> bool:
    """Whether a row below the headings explains them: it begins with # where the provision would
    stand, or holds nothing else."""
    first = headings.first()
    cell = row.cells[first] if first < len(row.cells) else None
    if row.flaw is not None or not isinstance(cell, str) or not cell.startswith(COMMENT):
        return False
    alone = not any(other not in (None, "") for other in row.cells[first + 1 :])
    return not is_error(cell) and (alone or headings.envelope.get(PROVISION) == first)


def _without_comments(made: Headings, rows: Iterator[Row]) -> Iterator[Row]:
    for row in rows:
        if not is_comment(row, made):
            yield row
            break
        made.comments.append(row.cells)
    yield from rows


def _heading(cell: Cell) -> str:
    return unsafe(cell.strip()) if isinstance(cell, str) else ""


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """Two rows of headings as one: a group's name stands over its first column only."""
    width = max(len(upper), len(lower))
    group, made = "", []
    for place in range(width):
        above = upper[place] if place < len(upper) else ""
        below = lower[place] if place < len(lower) else ""
        group = above or group
        made.append(JOINT.join((group, below)) if below and group else below or above)
    return made


def _envelope(texts: Sequence[str]) -> list[str]:
    return [_ENVELOPE[tidy(text)] for text in texts if tidy(text) in _ENVELOPE]


def _known(texts: Sequence[str], forms: Sequence[Schema]) -> int:
    """How many headings mean a column, none of them twice."""
    found = set(_envelope(texts))
    for text in texts:
        if text:
            names = (column_name(form, text) for form in forms)
            found |= {name for name in names if name is not None} and {text}
    return len(found)


def _sort(made: Headings, forms: Sequence[Schema], *, provision_given: bool) -> None:
    seen: dict[str, str] = {}
    for place, text in enumerate(made.texts):
        if text in OURS:
            made.ours.add(place)
        elif (name := _ENVELOPE.get(tidy(text))) is not None:
            if name in made.envelope:
                raise TableError(f"列名“{text}”出现了两次")
            made.envelope[name] = place
        elif not text or all(column_name(form, text) is None for form in forms):
            made.extra.append(place)
        elif tidy(text) in seen:
            raise TableError(
                f"列名“{text}”出现了两次。列表的各项要编号，"
                f"例如 承租的房产1{JOINT}…、承租的房产2{JOINT}…"
            )
        seen[tidy(text)] = text
    if PROVISION not in made.envelope and not provision_given:
        raise TableError(
            f"没有“{ENVELOPE[PROVISION]}”（{PROVISION}）这一列，不知道申报哪一条。"
            "请加上这一列，或在导入时指明条款"
        )
    if sum(bool(made.texts[place]) for place in made.extra) > MOST_EXTRA:
        raise TableError(f"有超过 {MOST_EXTRA} 列不属于申报表，请删去这些列")
    for place in made.extra:
        text = made.texts[place]
        if text.startswith(("enterprise.", "facts.")):
            raise TableError(f"没有这一列：{text}")
        if text and (meant := nearest(forms, text)) is not None:
            raise TableError(f"列名“{text}”认不出，是不是“{meant}”？请改正列名，或删去这一列")
