"""Files for `wenqi import`: the benchmark's applications as CSV, a workbook, or NDJSON."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlsxwriter

from bench.applications import body
from bench.stream import lines

FORMATS = ("csv", "ndjson", "xlsx")


def write(path: Path, first_serial: int, count: int) -> None:
    """Write `count` applications to `path`, as its suffix says."""
    documents = (body(serial) for serial in range(first_serial, first_serial + count))
    match path.suffix:
        case ".ndjson":
            with path.open("wb") as raw:
                raw.writelines(lines(first_serial, count))
        case ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as text:
                csv.writer(text).writerows(table(documents))
        case ".xlsx":
            with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
                sheet = book.add_worksheet()
                for number, row in enumerate(table(documents)):
                    sheet.write_row(number, 0, row)
        case other:
            raise ValueError(f"no such format: {other}")


def table(documents: Iterator[dict[str, Any]]) -> Iterator[list[Any]]:
    """The names of the columns, then a row per application. All have the first one's columns."""
    for number, document in enumerate(documents):
        cells = dict(_cells("", document))
        if number == 0:
            yield list(cells)
        yield list(cells.values())


def _cells(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A document's values by the way to them; items of lists counted from 1, as a clerk counts."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _cells(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _cells(f"{path}.{number}", inner)
    else:
        yield path, ("是" if value else "否") if isinstance(value, bool) else value
