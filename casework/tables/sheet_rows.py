"""The rows of a worksheet, one after the other, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.parsers import expat

from casework.tables.number_formats import PLAIN, Look, Shown, padded
from casework.tables.plain_rows import LONGEST, PlainRows
from casework.tables.values import Cell, Row, Share, Spoilt, TableError
from casework.tables.workbook import (
    CHUNK,
    DAMAGED,
    Part,
    Workbook,
    bare,
    strict_parser,
    unescaped,
)

MOST_COLUMNS: Final = 16_384
MOST_ROWS: Final = 1_048_576
"""As many as Excel has; a sheet may claim any number."""
MOST_CELL_CHARS: Final = 32_767
"""As many as Excel lets a cell hold."""
MOST_ROW_CHARS: Final = 4 * 1024 * 1024
MOST_MERGED: Final = 100_000
HIDDEN: Final = "这一行在工作表里是隐藏的（可能被筛选掉）。要申报请取消隐藏，或导入这里的这一行。"
_TRUE: Final = ("1", "true")
_LONGEST_TAG: Final = 200
_KEPT_DIGITS: Final = 15
_LAST_DAY: Final = 2_958_465  # 9999-12-31
_NO_DAY: Final = 60  # 1900-02-29, which spreadsheets believe in
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_ROW: Final = re.compile(rb'[<:]row\s[^>]*?\br="(\d{1,9})"')
_ROW_END: Final = b"</row>"
_END: Final = re.compile(rb"</(?:\w+:)?worksheet\s*>\s*\Z")
_ISO: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z?)?", re.ASCII)


_NO_RESULT: Final = Spoilt("是公式，但没有计算结果；请用 Excel 打开并保存后再导入", "公式")
_UNDER_MERGED: Final = Spoilt("与上面的单元格合并，只有最上面一行有内容", "")

_Merged = tuple[int, int, int, int]
"""Rows and columns of a merged area: first and last row, first and last column from 0."""


def sheet_rows(
    book: Workbook, part: Part, advance: Callable[[int], None] = lambda _: None
) -> Iterator[Row]:
    """The rows of a sheet that are not blank. `advance` is told of every byte's worth of the file.

    Raises TableError.
    """
    reader = _SheetReader(book, _checked(book, part))
    share, owed = book.share(part), 0.0
    last = 0
    try:
        with book.open(part) as file:
            while chunk := file.read(CHUNK):
                reader.take(chunk)
                owed += len(chunk) * share
                advance(int(owed))
                owed -= int(owed)
                for row in reader.ready:
                    last = row.number
                    yield row
                reader.ready.clear()
            reader.end()
            yield from reader.ready
    except (*DAMAGED, expat.ExpatError, ValueError, IndexError) as error:
        for row in reader.ready:
            last = row.number
            yield row
        raise TableError(f"工作表“{part.name}”在第 {last} 行之后已损坏，读不下去") from error


def _checked(book: Workbook, part: Part) -> list[_Merged]:
    """Read a sheet through once, so that a damaged one is refused before a row of it is filed.

    Returns the areas that are merged over several rows, the last one first.
    """
    found: set[_Merged] = set()
    tail = b""
    last = 0
    try:
        with book.open(part) as file:
            while chunk := file.read(CHUNK * 4):
                tail += chunk
                last = _last_row(tail) or last
                if b"mergeCell" in tail:
                    for left, top, right, bottom in _MERGED.findall(tail):
                        if top != bottom and len(found) < MOST_MERGED:
                            columns = _index(left.decode()), _index(right.decode())
                            found.add((int(top), int(bottom), *columns))
                tail = tail[-_LONGEST_TAG:]
    except DAMAGED as error:
        raise TableError(f"工作表“{part.name}”在第 {last} 行之后已损坏，读不下去") from error
    if not _END.search(tail):
        raise TableError(f"工作表“{part.name}”到第 {last} 行就断了：文件没有保存完，或被截断")
    return sorted(found, reverse=True)


def _last_row(xml: bytes) -> int:
    """The number of the last row that begins in a piece of a sheet; 0 if none does."""
    end = len(xml)
    # The very last one may be cut.
    for _ in range(2):
        end = max(xml.rfind(b"<row ", 0, end), xml.rfind(b":row ", 0, end))
        if end >= 0 and (found := _ROW.match(xml, end)):
            return int(found[1])
    return 0


class _SheetReader:
    """Takes a sheet's bytes; rows that are complete are put into `ready`.

    A plain row is kept from the parser, but only where it has come to the end of a row and not a
    byte further: there the next one begins, and nothing that the parser knows hangs on it.
    """

    def __init__(self, book: Workbook, merged: list[_Merged]) -> None:
        self.ready: list[Row] = []
        self._strings, self._looks = book.strings, book.looks
        self._starts_1904 = book.starts_1904
        self._merged, self._above = merged, list[_Merged]()
        self._number = 0
        self._plain = PlainRows(
            book.strings,
            _index,
            lambda text, kind, style: self._cell(text, kind, style, is_formula=False),
        )
        self._held = b""
        self._fed = 0
        self._is_utf8 = True
        self._after_row = False
        self._parser = strict_parser()
        self._parser.XmlDeclHandler = self._declared
        self._listen()

    def take(self, chunk: bytes) -> None:
        """Take the next bytes of the sheet."""
        self._held += chunk
        *rows, self._held = self._held.split(_ROW_END)
        for row in rows:
            if not (self._after_row and self._is_utf8 and self._take_plain(row)):
                self._feed(row + _ROW_END)
        if len(self._held) > LONGEST:
            self._feed(self._held)
            self._held = b""

    def end(self) -> None:
        """The sheet has no more bytes."""
        self._feed(self._held)
        self._parser.Parse(b"", True)

    def _feed(self, xml: bytes) -> None:
        self._fed += len(xml)
        self._after_row = False
        self._parser.Parse(xml)

    def _take_plain(self, row: bytes) -> bool:
        found = self._plain.read(row)
        if found is None:
            return False
        self._begin(found.number)
        self._finish(found.cells, len(row), hidden=False)
        return True

    def _declared(self, _: str, encoding: str | None, __: int) -> None:
        self._is_utf8 = encoding is None or encoding.lower() == "utf-8"

    def _listen(self) -> None:  # noqa: C901, PLR0915 -- see below
        """Set the handlers. They are closures, not methods: each is called for every element, and
        half of reading a workbook is spent in them."""
        row = cell = value = text = formula = phonetic = ""
        pieces: list[str] = []
        cells: list[Cell] = []
        given: dict[str, str] = {}
        held: str | None = None
        hidden = is_formula = is_phonetic = False
        places: dict[str, int] = {}
        strings = self._strings
        chars = 0

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal given, held, hidden, is_formula, is_phonetic, chars
            nonlocal row, cell, value, text, formula, phonetic
            if tag == cell:
                given = attributes
                held = None
                is_formula = False
            elif tag in (text, value):
                pieces.clear()
            elif tag == row:
                cells.clear()
                chars = 0
                self._begin(attributes.get("r"))
                hidden = attributes.get("hidden") in _TRUE
            elif tag == formula:
                is_formula = True
            elif tag == phonetic:
                is_phonetic = True
            elif not row:
                prefix = tag[: -len(bare(tag))]
                row, cell, value, text, formula, phonetic = (
                    prefix + name for name in ("row", "c", "v", "t", "f", "rPh")
                )

        def end(tag: str) -> None:
            nonlocal held, is_phonetic, chars
            if tag == cell:
                place = given.get("r")
                if place is None:
                    index = len(cells)
                else:
                    column = place.rstrip("0123456789")
                    index = places.get(column, -1)
                    if index < 0:
                        index = places[column] = _index(column)
                if len(cells) != index:
                    self._make_room(cells, index)
                if held is None:
                    cells.append(_NO_RESULT if is_formula else None)
                    return
                chars += len(held)
                kind = given.get("t")
                if kind in {"inlineStr", "str"}:
                    cells.append(unescaped(held) if "_x" in held else held)
                elif kind == "s":
                    cells.append(strings[int(held)])
                else:
                    cells.append(self._cell(held, kind, given.get("s"), is_formula))
            elif tag in (text, value):
                if not is_phonetic:
                    one = pieces[0] if len(pieces) == 1 else "".join(pieces)
                    held = one if held is None else held + one
            elif tag == row:
                self._finish(list(cells), chars, hidden=hidden)
                self._after_row = self._parser.CurrentByteIndex == self._fed - len(_ROW_END)
            elif tag == phonetic:
                is_phonetic = False

        self._parser.StartElementHandler, self._parser.EndElementHandler = start, end
        self._parser.CharacterDataHandler = pieces.append

    def _begin(self, number: str | None) -> None:
        self._number = int(number) if number else self._number + 1
        if self._number > MOST_ROWS:
            raise TableError(f"工作表最多 {MOST_ROWS} 行")

    def _make_room(self, cells: list[Cell], index: int) -> None:
        if index >= MOST_COLUMNS:
            raise TableError(f"第 {self._number} 行的列数超过 {MOST_COLUMNS}")
        del cells[index:]
        cells += [None] * (index - len(cells))

    def _finish(self, made: list[Cell], chars: int, *, hidden: bool) -> None:
        if all(cell is None or (type(cell) is str and not cell.strip()) for cell in made):
            return
        if chars > MOST_CELL_CHARS:
            longest = max(len(cell) for cell in made if isinstance(cell, str))
            if longest > MOST_CELL_CHARS or chars > MOST_ROW_CHARS:
                raise TableError(f"第 {self._number} 行的内容过长")
        for _, __, first, last in self._areas_above():
            for index in range(first, min(last + 1, MOST_COLUMNS)):
                made += [None] * (index + 1 - len(made))
                if made[index] in (None, ""):
                    made[index] = _UNDER_MERGED
        self.ready.append(Row(self._number, made, HIDDEN if hidden else None))

    def _areas_above(self) -> list[_Merged]:
        while self._merged and self._merged[-1][0] < self._number:
            self._above.append(self._merged.pop())
        if self._above:
            self._above = [one for one in self._above if one[1] >= self._number]
        return self._above

    def _cell(self, text: str, kind: str | None, style: str | None, is_formula: bool) -> Cell:
        if kind == "e":
            return Spoilt("是错误值", text)
        if not text:
            return _NO_RESULT if is_formula else None
        if kind == "b":
            return text in _TRUE
        if kind == "d":
            return _iso(text)
        shown = self._looks[int(style)] if style and self._looks else PLAIN
        if shown is PLAIN and len(text) <= _KEPT_DIGITS and text.isdigit():
            return Decimal(text)
        return number(text, shown, starts_1904=self._starts_1904)


def number(text: str, shown: Shown, *, starts_1904: bool = False) -> Cell:
    """A number as its format shows it. Takes the digits in the file."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return Spoilt("不是数字", text)
    if not value.is_finite():
        return Spoilt("不是数字", text)
    if len(value.as_tuple().digits) > _KEPT_DIGITS:
        # What a computer adds to the sixteenth digit, no spreadsheet shows: 3479.9999999999995.
        value = Decimal(f"{float(value):.{_KEPT_DIGITS}g}")
    if shown.look in (Look.DAY, Look.CLOCK):
        return _day(value, shown, starts_1904=starts_1904)
    if abs(value) >= 10**_KEPT_DIGITS:
        held = f"{value:.14E}"
        return Spoilt("是超过15位的数字，Excel 只保留前15位，后面的已变成0", held)
    value = value + 0 if value else Decimal(0)
    match shown.look:
        case Look.PERCENT:
            return Share(value * 100)
        case Look.UNIT:
            held = f"{value:f}"
            return Spoilt(f"的数字格式另带“{shown.beside}”，显示的和存的不是同一个数", held)
        case Look.PADDED if value == value.to_integral_value() and value >= 0:
            return padded(int(value), shown.beside)
        case _:
            return Decimal(f"{value:f}")


def _day(value: Decimal, shown: Shown, *, starts_1904: bool) -> Cell:
    serial = float(value)
    if shown.look is Look.CLOCK or 0 <= serial < 1:
        moment = datetime(1900, 1, 1) + timedelta(days=serial % 1)  # noqa: DTZ001 -- no zone
        return Spoilt("是时间", f"{moment:%H:%M:%S}")
    if not 1 <= serial < _LAST_DAY or (not starts_1904 and int(serial) == _NO_DAY):
        return Spoilt("显示为日期，但不是有效的日期", f"{value:f}")
    start = datetime(1904, 1, 1) if starts_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
    early = not starts_1904 and serial < _NO_DAY
    return start + timedelta(days=serial + early)


def _iso(text: str) -> Cell:
    found = _ISO.fullmatch(text)
    if found is None:
        return Spoilt("不是有效的日期", text)
    return datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}")


def _index(column: str) -> int:
    """A column's place from 0, from its letters."""
    place = 0
    for letter in column:
        place = place * 26 + ord(letter) - ord("A") + 1
    if not 0 < place <= MOST_COLUMNS:
        raise TableError(f"工作表最多 {MOST_COLUMNS} 列")
    return place - 1
