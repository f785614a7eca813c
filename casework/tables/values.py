"""What the cell of a table can hold, and why a file cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple


class TableError(Exception):
    """The file cannot be read, or no further; the message says why, in Chinese, a sentence without
    its full stop."""


class Share(NamedTuple):
    """A number shown as per cent: 1.99 where the sheet shows 1.99%."""

    percent: Decimal


class Spoilt(NamedTuple):
    """A cell whose content the spreadsheet has lost or shows as something else."""

    cause: str
    held: str


Cell = str | bool | Decimal | datetime | Share | Spoilt | None
"""A number has at most 15 significant digits, as many as a spreadsheet keeps."""


class Row(NamedTuple):
    """A row as it stands in the file: its number from 1, and its cells.

    `flaw`: why it cannot be an application whatever its cells say.
    """

    number: int
    cells: list[Cell]
    flaw: str | None = None


class Sheet(NamedTuple):
    """A sheet that is to be imported: its name if the file has several, and its rows, once."""

    name: str
    rows: Iterator[Row]


LOST: Final = "#待重填："
"""Begins a cell of a rejects file that has to be written anew, followed by what was there."""

_ERROR: Final = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!"
    r"|UNKNOWN!|PYTHON!|GETTING_DATA|#+)",
    re.IGNORECASE,
)


def is_error(text: str) -> bool:
    """Whether a text is what spreadsheets show for an error, or for a column too narrow."""
    return text.startswith("#") and _ERROR.fullmatch(text) is not None


def letters(index: int) -> str:
    """The letters of a column, from its place from 0: A, …, Z, AA, …"""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
