"""A file as the sheets that are in it, told apart by what it holds and not only by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from casework.tables.csv_rows import csv_rows
from casework.tables.sheet_rows import sheet_rows
from casework.tables.values import Sheet, TableError
from casework.tables.workbook import Workbook

TEXTS: Final = (".csv", ".tsv", ".txt")
BOOKS: Final = (".xlsx", ".xlsm")
LINES: Final = (".ndjson", ".jsonl")
GUIDE_SHEET: Final = "填写说明"
"""The sheet of a template that explains its columns."""

_RESAVE: Final = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再导入"
_OLD: Final = {
    ".xls": f"旧版 Excel（.xls）的文件不能导入。{_RESAVE}",
    ".et": f"WPS 表格（.et）的文件不能导入。{_RESAVE}",
    ".ods": f"OpenDocument（.ods）的文件不能导入。{_RESAVE}",
    ".xlsb": f"二进制工作簿（.xlsb）不能导入。{_RESAVE}",
    ".numbers": "Numbers 的文件不能导入。请导出为 Excel 工作簿（.xlsx）后再导入",
}
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVE: Final = b"PK\x03\x04"


class Source(NamedTuple):
    """The sheets of a file in their order, each with its rows, which can be read once."""

    sheets: Iterator[Sheet]
    hidden: list[Sheet]
    is_workbook: bool


def is_table(path: Path) -> bool:
    """Whether the file has columns, going by its name. Raises TableError if it can be none of the
    files that are imported."""
    suffix = path.suffix.lower()
    if suffix in _OLD:
        raise TableError(_OLD[suffix])
    if suffix not in (*TEXTS, *BOOKS, *LINES):
        raise TableError("只能导入 .xlsx、.csv 和 .ndjson 文件")
    return suffix not in LINES


@contextmanager
def opened(path: Path, advance: Callable[[int], None] = lambda _: None) -> Iterator[Source]:
    """A table's sheets. `advance` is told of every byte's worth of the file. Raises TableError."""
    with path.open("rb") as file:
        head = file.read(8)
    if head == _COMPOUND:
        raise TableError(
            f"文件是旧版 Excel（.xls）、WPS 表格（.et）或设有密码的工作簿，不能导入。{_RESAVE}"
        )
    if not head.startswith(_ARCHIVE):
        if path.suffix.lower() in BOOKS:
            raise TableError("文件不是可读的 Excel 工作簿（.xlsx）")
        rows = csv_rows(path, advance)
        yield Source(iter([Sheet("", rows)]), [], is_workbook=False)
        return
    book = Workbook(path)
    try:
        visible = [part for part in book.parts if part.visible and part.name != GUIDE_SHEET]
        named = len(visible) > 1
        yield Source(
            (
                Sheet(part.name if named else "", sheet_rows(book, part, advance))
                for part in visible
            ),
            [Sheet(part.name, sheet_rows(book, part)) for part in book.parts if not part.visible],
            is_workbook=True,
        )
    finally:
        book.close()
