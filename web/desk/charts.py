"""Bars as SVG: lengths are reckoned here, colours come from our stylesheet's classes.

A chart library writes a `<style>` of its own, which the pages' policy forbids.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from web.desk.report_shapes import Cell, Table
from web.parts.writing import plain_day

WIDTH: Final = 520
MOST: Final = 14
"""Bars of one chart; the table beside it has every row."""
_STEP: Final = 34
_LONGEST: Final = 360


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


def _named(cell: Cell) -> str:
    return plain_day(cell.value) if isinstance(cell.value, date) else str(cell.value)


def _number(cell: Cell) -> Decimal:
    return Decimal(str(cell.value)) if cell.value is not None else Decimal(0)
