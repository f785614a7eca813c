"""Tables as files, row by row: CSV that no spreadsheet takes for formulas, and XLSX.

Memory does not grow with the number of rows: CSV is written as it comes, XLSX by XlsxWriter's
`constant_memory` mode, which keeps its rows in temporary files beside the result.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vocabulary.exports import ExportFormat
from vocabulary.formulas import harmless
from vocabulary.zone import CHINA

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET_ROWS: Final = 1_000_000
"""Rows of one worksheet; Excel's own limit is a little above. What is more goes on the next."""


_AS_NUMBER: Final = re.compile(r"\d{12,}|0\d+|\d+[Ee]\d+", re.ASCII)
"""Text that Excel would take for a number out of a CSV: 9.11E+17, without first or last digits."""


class Kind(Enum):
    """What a column holds; the value is its width in characters."""

    TEXT = 24
    YUAN = 16
    DAY = 12
    MOMENT = 20


Columns = Sequence[tuple[str, Kind]]
Cell = str | Decimal | date | datetime | None


def write_csv(path: Path, columns: Columns, rows: Iterable[Sequence[Cell]]) -> int:
    """Write a CSV (RFC 4180, UTF-8 with a mark by which Excel knows it). Returns how many rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([title for title, _ in columns])
        for row in rows:
            writer.writerow([_plain(cell) for cell in row])
            count += 1
    return count


def write_xlsx(path: Path, columns: Columns, rows: Iterable[Sequence[Cell]]) -> int:
    """Write a workbook; text is never read as a formula, a number or a link. How many rows."""
    from xlsxwriter import Workbook

    count = 0
    options = {"constant_memory": True, "tmpdir": str(path.parent)}
    with Workbook(str(path), options) as book:
        book.use_zip64()
        looks = {
            Kind.YUAN: book.add_format({"num_format": "#,##0.00"}),
            Kind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
            Kind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            Kind.TEXT: book.add_format(),
        }
        head = book.add_format({"bold": True})
        sheet = _sheet(book, columns, head)
        for row in rows:
            if count and count % SHEET_ROWS == 0:
                sheet = _sheet(book, columns, head)
            at = count % SHEET_ROWS + 1
            for column, (cell, (_, kind)) in enumerate(zip(row, columns, strict=True)):
                _put(sheet, at, column, cell, looks[kind])
            count += 1
    return count


WRITERS: Final[Mapping[ExportFormat, Callable[[Path, Columns, Iterable[Sequence[Cell]]], int]]] = {
    ExportFormat.CSV: write_csv,
    ExportFormat.XLSX: write_xlsx,
}

MEDIA_TYPES: Final[Mapping[ExportFormat, str]] = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return f"'{cell}" if _AS_NUMBER.fullmatch(cell) else harmless(cell)
        case datetime():
            return f"{cell.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        case _:
            return str(cell)


def _sheet(book: Workbook, columns: Columns, head: Any) -> Worksheet:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for place, (title, kind) in enumerate(columns):
        sheet.set_column(place, place, kind.value)
        sheet.write_string(0, place, title, head)
    return sheet


def _put(sheet: Worksheet, row: int, column: int, cell: Cell, look: Any) -> None:
    match cell:
        case None:
            pass
        case str():
            sheet.write_string(row, column, cell, look)
        case Decimal():
            sheet.write_number(row, column, cell, look)
        case datetime():
            local = cell.astimezone(CHINA).replace(tzinfo=None)
            sheet.write_datetime(row, column, local, look)
        case date():
            sheet.write_datetime(row, column, cell, look)
