"""The rows of a text table. A line that is no CSV is one refused row, and the next line is read.

Quotation marks decide where a row ends, and a shop called "好再来"面馆 has them where they mean
nothing. So a row that goes on over several lines is only believed if it comes out whole: marks in
their places, no more cells than there are columns, and no line of it a row by itself.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from casework.tables.encodings import encoding_of
from casework.tables.sheet_rows import MOST_CELL_CHARS, MOST_COLUMNS, MOST_ROW_CHARS
from casework.tables.values import Cell, Row, Spoilt, TableError

MOST_LINES: Final = 50
"""Lines of one row: a cell with line breaks has a few."""
_DELIMITERS: Final = (",", "\t", ";", "，", "；", "|")
_QUOTED: Final = (
    "这一行的英文双引号用错了：引号只能包住整个单元格，里面的引号要写两个。"
    "名称里的引号请改用中文引号“”。"
)
_TOO_LONG: Final = f"这一行有单元格超过 {MOST_CELL_CHARS} 个字符。"
_TOO_WIDE: Final = f"这一行超过 {MOST_COLUMNS} 列。"
_SEPARATOR_LINE: Final = "sep="


def csv_rows(path: Path, advance: Callable[[int], None] = lambda _: None) -> Iterator[Row]:
    """The rows that are not blank, numbered by their first line in the file. `advance` is told of
    every byte's worth. Raises TableError."""
    encoding = encoding_of(path)
    limit = csv.field_size_limit(MOST_ROW_CHARS)
    try:
        with path.open(encoding=encoding, newline="") as file:
            delimiter = _delimiter(file)
            file.seek(0)
            yield from _Reader(file, delimiter, advance, encoding).rows()
    except UnicodeDecodeError as error:
        raise TableError("文件在读的时候变了，请重新导入") from error
    finally:
        csv.field_size_limit(limit)


def _delimiter(file: IO[str]) -> str:
    """What parts the cells: whatever occurs most often in one of the first lines."""
    head = [file.readline(MOST_ROW_CHARS) for _ in range(20)]
    if head[0].lower().startswith(_SEPARATOR_LINE) and len(head[0].strip()) == len("sep=;"):
        return head[0].strip()[-1]
    counts = {one: max(line.count(one) for line in head) for one in _DELIMITERS}
    return max(_DELIMITERS, key=lambda one: counts[one])


class _Reader:
    def __init__(
        self, file: IO[str], delimiter: str, advance: Callable[[int], None], encoding: str
    ) -> None:
        self._file = file
        self._delimiter = delimiter
        self._advance = advance
        self._width = 2 if encoding == "utf-16" else 0
        self._encoding = encoding.removesuffix("-sig")
        self._ahead: deque[str] = deque()
        self._columns = 0

    def rows(self) -> Iterator[Row]:
        number = 1
        while line := self._line():
            row, lines = self._row(number, line)
            is_mark = number == 1 and line.lower().startswith(_SEPARATOR_LINE)
            is_blank = row.flaw is None and not any(str(cell).strip() for cell in row.cells)
            if not is_mark and not is_blank:
                if number <= MOST_LINES and row.flaw is None:
                    self._columns = max(self._columns, len(row.cells))
                yield row
            number += lines

    def _row(self, number: int, line: str) -> tuple[Row, int]:
        """The row that begins with a line, and how many lines it has."""
        quotes = line.count('"')
        if not quotes:
            text = line.rstrip("\r\n")
            return self._bounded(number, list(text.split(self._delimiter))), 1
        alone = self._parsed([line])
        if alone is not None and quotes % 2 == 0:
            return self._bounded(number, alone), 1
        lines = [line]
        while quotes % 2 and len(lines) < MOST_LINES and (more := self._line()):
            lines.append(more)
            quotes += more.count('"')
        whole = self._parsed(lines) if len(lines) > 1 and self._belong(lines) else None
        if whole is not None and len(whole) <= (self._columns or MOST_COLUMNS):
            return self._bounded(number, whole), len(lines)
        # Not a row: the first line is refused, the others are looked at by themselves.
        self._ahead.extendleft(reversed(lines[1:]))
        split = line.rstrip("\r\n").split(self._delimiter)
        cells: list[Cell] = [Spoilt("的引号用错了", one) if '"' in one else one for one in split]
        return Row(number, cells, _QUOTED), 1

    def _belong(self, lines: list[str]) -> bool:
        """Whether no line after the first looks like a row by itself."""
        apart = [line.count(self._delimiter) for line in lines]
        before = lines[0].split('"', 1)[0].count(self._delimiter)
        # The last line holds the cells that are left, all but the first if that has the breaks.
        rest = apart[1:] if before else apart[1:-1]
        return self._columns <= 1 or all(one < self._columns - 1 for one in rest)

    def _parsed(self, lines: list[str]) -> list[Cell] | None:
        try:
            made = list(csv.reader(lines, delimiter=self._delimiter, strict=True))
        except csv.Error:
            return None
        return list(made[0]) if len(made) == 1 else None

    def _bounded(self, number: int, cells: list[Cell]) -> Row:
        while cells and cells[-1] == "":
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            return Row(number, cells[:MOST_COLUMNS], _TOO_WIDE)
        if any(len(cell) > MOST_CELL_CHARS for cell in cells if isinstance(cell, str)):
            short: list[Cell] = [str(cell)[:MOST_CELL_CHARS] for cell in cells]
            return Row(number, short, _TOO_LONG)
        return Row(number, cells)

    def _line(self) -> str:
        if self._ahead:
            return self._ahead.popleft()
        # Bounded reads: a file without line ends must not become one text in memory.
        line = self._file.readline(MOST_ROW_CHARS)
        if len(line) >= MOST_ROW_CHARS and not line.endswith("\n"):
            raise TableError("文件中有一行过长，读不下去：可能不是表格")
        self._advance(len(line) * self._width or len(line.encode(self._encoding, "replace")))
        return line
