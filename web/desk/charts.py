"""Bars as SVG: lengths are reckoned here, colours come from our stylesheet's classes.

A chart library writes a `<style>` of its own, which the pages' policy forbids.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from schemas.numbers import BureauNumbers
from vocabulary.days import plain_day
from web.desk.report_shapes import Cell, Table

MOST: Final = 14
"""Bars of one chart; the table beside it has every row."""
_STEP: Final = 34
_LONGEST: Final = 360


WEEK: Final = 7
_THICK, _APART, _TALL = 9, 12, 20


class Trend(NamedTuple):
    """A number now and on the seven days before, as small bars from left to right.

    `more`: than seven days ago, None where nobody wrote that down. `said`: for who does not see it.
    """

    more: int | None
    bars: tuple[tuple[int, float], ...]
    said: str

    @property
    def width(self) -> int:
        """Of all bars."""
        return WEEK * _APART + _THICK


class Bar(NamedTuple):
    """One row; places in the SVG's own units."""

    name: str
    cell: Cell
    y: int
    length: float


class Chart(NamedTuple):
    """`said`: what it shows, for who does not see it."""

    bars: tuple[Bar, ...]
    height: int
    said: str

    @property
    def leads(self) -> bool:
        """Whether a bar leads anywhere."""
        return any(bar.cell.address for bar in self.bars)


def bars(table: Table) -> Chart | None:
    """The charted column of the last rows, or of the first where they are no days."""
    of_days = table.name in ("days", "burn-down")
    rows = table.rows[-MOST:] if of_days else table.rows[:MOST]
    numbers = [_number(row[table.charted]) for row in rows]
    most = max(numbers, default=Decimal(0))
    if not most:
        return None
    drawn = tuple(
        Bar(
            " ".join(_named(each) for each in row[: len(table.words)]),
            row[table.charted],
            place * _STEP,
            float(round(max(number, Decimal(0)) / most * _LONGEST, 1)),
        )
        for place, (row, number) in enumerate(zip(rows, numbers, strict=True))
    )
    title = table.columns[table.charted].title
    said = f"{table.title}，{title}：最多{most:,}，共{len(rows)}条"
    return Chart(drawn, len(rows) * _STEP, said)


def trend(now: int, numbers: BureauNumbers, name: str) -> Trend:
    """How a number came to be what it is; a day of which nothing is known has no bar."""
    known = {each.day: getattr(each, name) for each in numbers.days}
    days = [numbers.today - timedelta(days=WEEK - place) for place in range(WEEK)]
    stood = [(place, known[day]) for place, day in enumerate(days) if day in known]
    most = max(now, *(each for _, each in stood), 1)
    shown = [*stood, (WEEK, now)] if stood else []
    said = "、".join(f"{day.month}月{day.day}日{known[day]}件" for day in days if day in known)
    return Trend(
        now - known[days[0]] if days[0] in known else None,
        tuple((place * _APART, round(each / most * _TALL, 1)) for place, each in shown),
        f"{said}，现在{now}件",
    )


def _named(cell: Cell) -> str:
    return plain_day(cell.value) if isinstance(cell.value, date) else str(cell.value)


def _number(cell: Cell) -> Decimal:
    return Decimal(str(cell.value)) if cell.value is not None else Decimal(0)
