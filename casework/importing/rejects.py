"""What was refused: ready to be corrected and imported, the reason in the first column.

A cell is written as the form wants it: a day as 2019-01-01, a number without what a spreadsheet
added, a code as text. Where the spreadsheet has lost what was typed, the cell says so and is
refused until it is written anew. A workbook gives a workbook, whose cells are text, because a
spreadsheet that opens a CSV destroys codes and numbers again; a CSV gives a CSV.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from casework.importing import places
from casework.importing.books import REASON_LOOK, begin_sheet, constrain
from casework.importing.cells import CellRefused, Translate, safe, translation
from casework.importing.columns import field_of
from casework.importing.headings import REASONS, ROW, Headings
from casework.importing.labels import column_name
from casework.importing.reading import CheckedRow
from casework.notices import editions
from casework.tables import writing
from casework.tables.values import LOST, Cell, Share, Spoilt

_SHEET: Final = "退回"


class TableRejects:
    """The rejects of a table; the file is made when the first row is refused."""

    def __init__(self, table: Path, *, is_workbook: bool) -> None:
        """Nothing is written yet."""
        self._table = table
        self._suffix = ".xlsx" if is_workbook else ".csv"
        self._part = places.part(table, places.REJECTS, self._suffix)
        self._writer: _Book | _Text | None = None
        self._sheet: _Sheet | None = None

    def write(self, row: CheckedRow, reasons: Sequence[str]) -> None:
        """Write a refused row. Raises OSError."""
        if self._writer is None:
            places.created(self._part)
            self._writer = _Book(self._part) if self._suffix == ".xlsx" else _Text(self._part)
        if self._sheet is None or self._sheet.headings is not row.headings:
            self._sheet = _Sheet(row.headings)
            name = row.where.rpartition("!")[0] or _SHEET
            self._writer.begin(name, self._sheet)
        self._writer.add([" ".join(reasons), row.where, *self._sheet.texts(row)])

    def close(self) -> list[Path]:
        """Give the file its name. Returns where it is, if there is one. Raises OSError."""
        if self._writer is None:
            return []
        self._writer.close()
        return [places.given_name(self._part, self._table, places.REJECTS, self._suffix)]


class _Sheet:
    """The columns of one sheet as they are kept: all but ours."""

    def __init__(self, headings: Headings) -> None:
        self.headings = headings
        self.kept = [one for one in range(len(headings.texts)) if one not in headings.ours]
        self._forms = [form for one in editions.every() for form in one.forms.forms.values()]
        self._guessed: dict[int, Translate | None] = {}
        self._by_plan: dict[int, dict[int, Translate]] = {}

    def comments(self) -> list[list[str]]:
        """The rows that explain the columns, as they stand."""
        return [self._row(cells) for cells in self.headings.comments]

    def names(self) -> list[str]:
        """The headings."""
        return [self.headings.texts[place] for place in self.kept]

    def field_at(self, place: int) -> Any:
        """The field of a column, in whichever form has it; None for a column of none."""
        for form in self._forms:
            if (name := column_name(form, self.headings.texts[place])) is not None:
                return field_of(form, name)
        return None

    def texts(self, row: CheckedRow) -> list[str]:
        """A row's cells as the form wants them."""
        known: dict[int, Translate] = {}
        if row.plan is not None:
            key = id(row.plan)
            if key not in self._by_plan:
                self._by_plan[key] = {
                    one.place: one.translate for one in row.plan.targets if one.translate
                }
            known = self._by_plan[key]
        beyond = range(len(self.headings.texts), len(row.cells))
        return [
            _text(row.cells[place], known.get(place) or self._guess(place, row.cells[place]))
            if place < len(row.cells)
            else ""
            for place in (*self.kept, *beyond)
        ]

    def _row(self, cells: list[Cell]) -> list[str]:
        return [_text(cells[one], None) if one < len(cells) else "" for one in self.kept]

    def _guess(self, place: int, cell: Cell) -> Translate | None:
        """How another form translates a column's cells, where the row's own is not known."""
        if isinstance(cell, str | None) or place >= len(self.headings.texts):
            return None
        if place not in self._guessed:
            field = self.field_at(place)
            self._guessed[place] = None if field is None else translation(field)
        return self._guessed[place]


def _text(cell: Cell, translate: Translate | None) -> str:
    """A cell as text, or the mark that it has to be written anew."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe(cell.strip())
    if isinstance(cell, Spoilt):
        return f"{LOST}{cell.held}"
    if translate is not None:
        try:
            return _plain(translate(cell))
        except CellRefused:
            return f"{LOST}{_plain(cell)}"
    return _plain(cell)


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case datetime():
            return f"{value:%Y-%m-%d}"
        case Decimal():
            return writing.plain(value)
        case Share():
            return f"{writing.plain(value.percent)}%"
        case list():
            return "、".join(map(_plain, value))
        case _:
            return safe(str(value))


class _Text:
    """A CSV with the mark by which Excel knows UTF-8."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)

    def begin(self, _: str, sheet: _Sheet) -> None:
        self._csv.writerow([REASONS, ROW, *map(safe, sheet.names())])
        for comment in sheet.comments():
            self._csv.writerow(["", "", *comment])

    def add(self, cells: Sequence[str]) -> None:
        self._csv.writerow([safe(cells[0]), *cells[1:]])

    def close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class _Book:
    """A workbook of texts, each sheet as its original was called."""

    def __init__(self, path: Path) -> None:
        from xlsxwriter import Workbook

        options = {"constant_memory": True, "tmpdir": str(path.parent), "in_memory": False}
        self._path = path
        self._book = Workbook(str(path), options)
        self._book.use_zip64()
        self._reason = self._book.add_format(REASON_LOOK)
        self._sheet: Any = None
        self._row = 0

    def begin(self, name: str, sheet: _Sheet) -> None:
        headings = [REASONS, ROW, *sheet.names()]
        comments = [["", "", *one] for one in sheet.comments()]
        self._sheet = begin_sheet(self._book, name, headings, comments)
        self._row = 1 + len(comments)
        for place, column in enumerate(sheet.kept, 2):
            if (field := sheet.field_at(column)) is not None:
                constrain(self._sheet, place, field, self._row)

    def add(self, cells: Sequence[str]) -> None:
        for place, cell in enumerate(cells):
            if cell:
                self._sheet.write_string(
                    self._row, place, cell, *([self._reason] if not place else [])
                )
        self._row += 1

    def close(self) -> None:
        self._book.close()
        with self._path.open("rb") as file:
            os.fsync(file.fileno())
