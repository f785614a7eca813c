"""Rows of CSV and Excel files, one after the other, in bounded memory."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MOST_COLUMNS: Final = 2000
MOST_CELL_CHARS: Final = 32_767
"""As many as Excel lets a cell hold."""
MOST_UNPACKED_BYTES: Final = 1024 * 1024 * 1024
MOST_STRINGS_BYTES: Final = 128 * 1024 * 1024
"""A workbook's shared texts are held in memory; everything else is read as it comes."""
MOST_MEMBERS: Final = 1000
MOST_ROWS: Final = 1_048_576
"""As many as Excel has; a row may claim any number, and those before it are filled in."""
_CHUNK: Final = 1024 * 1024


class TableError(Exception):
    """The file cannot be read as a table; the message says why, in Chinese."""


def fingerprint(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def encoding_of(path: Path) -> str:
    """utf-8-sig for UTF-8, else gb18030, which is what Excel writes in China. Reads the file once.

    Raises TableError for a file that is neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding) as file:
                while file.read(_CHUNK):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise TableError("文件既不是 UTF-8 也不是 GB18030 编码。")


def csv_rows(path: Path, advance: Callable[[int], None]) -> Iterator[tuple[int, list[Any]]]:
    """Line numbers (of a row's last line) and cells. ``advance`` is told of every byte's worth."""
    encoding = encoding_of(path)
    limit = csv.field_size_limit(MOST_CELL_CHARS)
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(_measured(file, encoding, advance), strict=True)
            for row in reader:
                yield reader.line_num, _bounded(row, reader.line_num)
    except csv.Error as error:
        raise TableError(f"第 {reader.line_num} 行不是正确的 CSV：引号或单元格有误。") from error
    finally:
        csv.field_size_limit(limit)


def xlsx_rows(path: Path, _advance: Callable[[int], None]) -> Iterator[tuple[int, list[Any]]]:
    """Row numbers and cells of the first sheet. Formulas give the value Excel last computed."""
    _refuse_bombs(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise TableError("文件不是可读的 Excel 工作簿（.xlsx）。") from error
    try:
        sheet = book.worksheets[0]
        # What the sheet claims of its size is not to be believed, and may make rows of any width.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > MOST_ROWS:
                raise TableError(f"工作表最多 {MOST_ROWS} 行。")
            yield number, _bounded(list(row), number)
    finally:
        book.close()


def _refuse_bombs(path: Path) -> None:
    """Sizes as the archive states them: its reader unpacks no more than that."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise TableError("文件不是可读的 Excel 工作簿（.xlsx）。") from error
    strings = sum(one.file_size for one in members if "sharedstrings" in one.filename.lower())
    others = sum(
        one.file_size
        for one in members
        if not one.filename.lower().startswith("xl/worksheets/")
        and "sharedstrings" not in one.filename.lower()
    )
    if (
        len(members) > MOST_MEMBERS
        or sum(one.file_size for one in members) > MOST_UNPACKED_BYTES
        or max(strings, others) > MOST_STRINGS_BYTES
    ):
        raise TableError("工作簿解压后过大，请分成几个文件。")


def _bounded(row: list[Any], number: int) -> list[Any]:
    while row and row[-1] in (None, ""):
        row.pop()
    if len(row) > MOST_COLUMNS:
        raise TableError(f"第 {number} 行有 {len(row)} 列，最多 {MOST_COLUMNS} 列。")
    if any(isinstance(cell, str) and len(cell) > MOST_CELL_CHARS for cell in row):
        raise TableError(f"第 {number} 行有单元格超过 {MOST_CELL_CHARS} 个字符。")
    return row


def _measured(file: Any, encoding: str, advance: Callable[[int], None]) -> Iterator[str]:
    # Bounded reads: a file without line ends must not become one text in memory.
    most = MOST_CELL_CHARS * 8
    while line := file.readline(most):
        if len(line) >= most and not line.endswith("\n"):
            raise csv.Error("line too long")
        advance(len(line.encode(encoding.removesuffix("-sig"), "replace")))
        yield line
