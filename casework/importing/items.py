"""What an import reads one after the other, from a table or lines, and gives back if refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from casework.importing.line_rejects import LineRejects
from casework.importing.reading import CheckedRow, Remarks, Table
from casework.importing.rejects import TableRejects
from casework.intake.ndjson import entry, refusal, split
from casework.notices import editions
from casework.tables.sources import is_table
from casework.tables.values import TableError
from config.settings import Settings
from schemas.application import Submission
from schemas.kit.strict_json import TooLarge


def items_of(
    path: Path, settings: Settings, provision: str | None, advance: Callable[[int], None]
) -> Items:
    """A file's items; `provision` is that of rows that do not say it. Raises TableError for what
    is no file of any."""
    if is_table(path):
        return TableItems(path, settings, provision, advance)
    return LineItems(path, settings, advance)


@dataclass(frozen=True, slots=True)
class Item:
    """One application of a file, or why it is none: where it stands, about how many bytes it has,
    its own idempotency key, if it has one, and it as it was sent."""

    where: str
    submission: Submission | None
    reasons: tuple[str, ...]
    size: int
    sent: CheckedRow | bytes
    key: str | None = None

    def applicant(self) -> tuple[str, str]:
        """Name and credit code, as far as there are any."""
        enterprise = {} if self.submission is None else self.submission.enterprise
        return str(enterprise.get("name", "")), str(enterprise.get("uscc", ""))


class Rejects(Protocol):
    """A file for what was refused."""

    def write(self, item: Item, reasons: Sequence[str]) -> None:
        """Write what was refused. Raises OSError."""

    def close(self) -> list[Path]:
        """Give the files their names; returns them. Raises OSError."""


class Items(Protocol):
    """A file being read."""

    remarks: Remarks

    def read(self) -> Iterator[Item]:
        """Its items. Raises TableError."""

    def rejects(self) -> Rejects:
        """Where what is refused of it goes."""


class TableItems:
    """The rows of a table."""

    def __init__(
        self,
        path: Path,
        settings: Settings,
        provision: str | None,
        advance: Callable[[int], None],
    ) -> None:
        self._table = Table(path, settings, provision, advance)
        self.remarks = self._table.remarks

    def read(self) -> Iterator[Item]:
        """Its rows."""
        for row in self._table.rows():
            yield Item(row.where, row.submission, row.reasons, row.size, row)

    def rejects(self) -> Rejects:
        """A table like it."""
        return _RowRejects(self._table)


class _RowRejects:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._made: TableRejects | None = None

    def write(self, item: Item, reasons: Sequence[str]) -> None:
        if self._made is None:
            # What kind of file it is, is known once a row has been read.
            self._made = TableRejects(self._table.path, is_workbook=self._table.is_workbook)
        assert isinstance(item.sent, CheckedRow)  # noqa: S101 -- ours came from a table
        self._made.write(item.sent, reasons)

    def close(self) -> list[Path]:
        return [] if self._made is None else self._made.close()


class LineItems:
    """The lines of an NDJSON file."""

    def __init__(self, path: Path, settings: Settings, advance: Callable[[int], None]) -> None:
        self._path, self._settings, self._advance = path, settings, advance
        self.remarks = Remarks()

    def read(self) -> Iterator[Item]:
        """Its lines that are not blank."""
        limit = self._settings.max_body_bytes
        forms_of = editions.forms_of(self._settings)
        with self._path.open("rb") as file:
            if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                raise TableError("文件是 UTF-16 编码，请另存为 UTF-8")
            file.seek(0)

            def read(size: int) -> bytes:
                chunk = file.read(size)
                self._advance(len(chunk))
                return chunk

            for number, line in enumerate(split(read, limit), 1):
                if line is None:
                    why = _reasons(refusal(TooLarge(limit)))
                    yield Item(str(number), None, why, 0, b"")
                elif line.strip():
                    made = entry(number, line, forms_of)
                    why = () if made.refusal is None else _reasons(made.refusal)
                    yield Item(str(number), made.submission, why, len(line), line, made.key)

    def rejects(self) -> Rejects:
        """The lines and, beside them, the reasons."""
        return _LineRejects(LineRejects(self._path))


class _LineRejects:
    def __init__(self, made: LineRejects) -> None:
        self._made = made

    def write(self, item: Item, reasons: Sequence[str]) -> None:
        assert isinstance(item.sent, bytes)  # noqa: S101 -- ours came from lines
        self._made.write(item.where, item.sent, reasons)

    def close(self) -> list[Path]:
        return self._made.close()


def _reasons(told: dict[str, object]) -> tuple[str, ...]:
    errors = told["errors"]
    assert isinstance(errors, list)  # noqa: S101 -- ndjson.refusal makes it so
    return tuple(f"{one['pointer']} {one['message']}".strip() for one in errors)
