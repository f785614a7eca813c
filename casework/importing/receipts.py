"""The receipts of an import: who was accepted under which number, and the applicant's code."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from casework.importing import places
from casework.importing.cells import safe, unsafe

HEADINGS: Final = (
    "行号",
    "名称",
    "统一社会信用代码",
    "受理编号",
    "查询码",
    "受理时间",
    "说明",
)
EARLIER: Final = "以前已受理，这次没有重复受理"
SUFFIX: Final = ".csv"
_RESERVED: Final = 256 * 1024
"""Bytes: more than a group's receipts need."""


class Receipt(NamedTuple):
    """A line: where the row stands, the enterprise, and what it was given. Of what was accepted
    before, code and time are left out once they are not shown any more."""

    where: str
    name: str
    uscc: str
    receipt: str
    code: str
    received_at: str
    remark: str = ""


class Receipts:
    """The receipts file of a running import. What is written is on disk when `write` returns.

    It shows access codes, so only its owner can read it.
    """

    def __init__(self, table: Path) -> None:
        """Raises OSError."""
        self._table = table
        self._part = places.part(table, places.RECEIPTS, SUFFIX)
        places.created(self._part)
        self._file = os.open(self._part, os.O_WRONLY)
        self._size = 0
        self._lines = 0
        self._append(HEADINGS, mark="\ufeff")
        self.reserve()

    def reserve(self) -> None:
        """Have room on the disk for another group before it is filed. Raises OSError if it is full.

        What is accepted must be written down, so nothing is filed that could not be.
        """
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._file, self._size, _RESERVED)

    def write(self, receipts: list[Receipt]) -> None:
        """Write down a group."""
        for one in receipts:
            self._append([safe(cell) for cell in one])
            self._lines += 1
        os.fsync(self._file)

    def close(self) -> Path | None:
        """Give the file its name, or take it away if nothing was accepted. Returns where it is."""
        os.ftruncate(self._file, self._size)
        os.fsync(self._file)
        os.close(self._file)
        if self._lines == 0:
            self._part.unlink(missing_ok=True)
            return None
        return places.given_name(self._part, self._table, places.RECEIPTS, SUFFIX)

    def _append(self, cells: object, mark: str = "") -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerow(cells)  # type: ignore[arg-type]
        content = (mark + text.getvalue()).encode()
        self._size += os.pwrite(self._file, content, self._size)


def written(receipts: Sequence[Receipt]) -> bytes:
    """A whole receipts file with these lines."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADINGS, *([safe(cell) for cell in one] for one in receipts)])
    return f"\ufeff{text.getvalue()}".encode()


def parse(content: bytes) -> list[Receipt]:
    """The lines of a whole receipts file."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    next(rows)
    return [Receipt(*map(unsafe, row)) for row in rows]


def rescued(table: Path) -> Path | None:
    """Give the receipts of a run that was killed their name. Returns where they are, if any."""
    part = places.part(table, places.RECEIPTS, SUFFIX)
    try:
        content = part.read_bytes().rstrip(b"\0")
    except FileNotFoundError:
        return None
    if content.count(b"\n") <= 1:
        part.unlink(missing_ok=True)
        return None
    with part.open("r+b") as file:
        file.truncate(len(content))
    return places.given_name(part, table, places.RECEIPTS, SUFFIX)
