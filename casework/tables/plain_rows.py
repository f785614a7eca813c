"""Rows as programs write nearly all of them, taken apart by one regular expression.

A parser is called back four to six times for every cell, which is most of what reading a workbook
costs. A row is plain if every byte of it is one of the few ways of writing a cell below; any other
(a formula, an error, formatted text, an entity, a prefix, a hidden row) is the parser's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from casework.tables.values import Cell
from casework.tables.workbook import unescaped

LONGEST: Final = 1024 * 1024
"""Bytes of a row that is looked at; longer ones are the parser's."""

# No markup, no entity, and nothing that XML forbids or a parser would change (\r).
_TEXT: Final = "[^<&\x00-\x08\x0b-\x1f\ufffe\uffff]*"
_ROW: Final = re.compile(r'\s*<row((?: [A-Za-z][\w:]*="[^"<&]*")*) ?>', re.ASCII)
_NUMBER: Final = re.compile(r' r="(\d{1,9})"', re.ASCII)
_CELL: Final = re.compile(
    r'<c r="([A-Z]{1,3})\d{1,7}"(?: s="(\d{1,9})")?(?: t="(s|n|str|inlineStr)")?'
    rf'(?:/>|>(?:<v>({_TEXT})</v>|<is><t(?: xml:space="preserve")?>({_TEXT})</t></is>)?</c>)',
    re.ASCII,
)
_GROUPS: Final = _CELL.groups + 1
_MOST_LAYOUTS: Final = 64
_MOST_NUMBERS: Final = 4096
_CUT: Final = "]]>"  # ends what no plain row begins

Place = Callable[[str], int]
"""A column's place from 0, from its letters. Raises TableError."""


class PlainRow(NamedTuple):
    """A row: its number if it says it, its cells."""

    number: str | None
    cells: list[Cell]


class PlainRows:
    """The plain rows of one sheet. `number`: a cell that holds one, from its text, its type and
    its style."""

    def __init__(
        self,
        strings: Sequence[str],
        place: Place,
        number: Callable[[str, str | None, str | None], Cell],
    ) -> None:
        self._strings, self._place, self._number = strings, place, number
        self._layouts: dict[tuple[str, ...], list[int] | None] = {}
        # Sums and days come again and again in a list.
        self._numbers: dict[tuple[str, str | None], Cell] = {}

    def read(self, xml: bytes) -> PlainRow | None:
        """A row without its end tag; None if it is not plain. Raises ValueError, IndexError or
        TableError for what the parser's way does."""
        if len(xml) > LONGEST:
            return None
        try:
            text = xml.decode()
        except UnicodeDecodeError:
            return None
        head = _ROW.match(text)
        if head is None or "hidden" in head[1] or _CUT in text:
            return None
        parts = _CELL.split(text[head.end() :])
        if any(parts[::_GROUPS]):
            return None
        cells = self._cells(parts)
        columns = tuple(parts[1::_GROUPS])
        if columns not in self._layouts:
            if len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
            self._layouts[columns] = self._layout(columns)
        if (layout := self._layouts[columns]) is not None:
            spread: list[Cell] = [None] * (max(layout) + 1)
            for place, cell in zip(layout, cells, strict=True):
                spread[place] = cell
            cells = spread
        number = _NUMBER.search(head[1])
        return PlainRow(number[1] if number else None, cells)

    def _cells(self, parts: list[str]) -> list[Cell]:
        strings, numbers = self._strings, self._numbers
        cells: list[Cell] = []
        add = cells.append
        for style, kind, value, inline in zip(
            parts[2::_GROUPS], parts[3::_GROUPS], parts[4::_GROUPS], parts[5::_GROUPS], strict=True
        ):
            held: str | None = inline if value is None else value
            if held is None:
                add(None)
            elif kind == "s":
                add(strings[int(held)])
            elif kind in {"inlineStr", "str"}:
                add(unescaped(held) if "_x" in held else held)
            else:
                known = (held, style)
                cell = numbers.get(known)
                if cell is None:
                    cell = self._number(held, kind, style)
                    if len(numbers) < _MOST_NUMBERS:
                        numbers[known] = cell
                add(cell)
        return cells

    def _layout(self, columns: tuple[str, ...]) -> list[int] | None:
        """Where the cells stand; None if they stand side by side from the first column on."""
        places = [self._place(column) for column in columns]
        return None if places == list(range(len(places))) else places
