"""Importing a file: every row accepted, or written down with the reason why not."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from marshmallow import Schema

from casework import editions
from casework.errors import CaseworkError
from casework.intake import identity
from casework.intake.batch import Entry, EntryOutcome, file_entries
from casework.intake.ndjson import entry, refusal, split
from casework.intake.replays import AccessCodeGone
from cli.importing import tables
from cli.importing.cells import application, safe, unsafe
from cli.importing.columns import (
    COMMENT,
    ENVELOPE,
    NOTICE,
    PROVISION,
    UnknownColumn,
    field_of,
)
from cli.importing.tables import TableError
from config.settings import Settings
from schemas.application import load_application
from schemas.form_set import FormsOf
from schemas.kit.format_errors import FormatErrors
from schemas.kit.refusals import said
from schemas.kit.strict_json import TooLarge
from store.db import Database
from vocabulary.identity import IdentityLevel

REASONS: Final = "退回原因"
ROW: Final = "原行号"
_OURS: Final = (REASONS, ROW)
NDJSON: Final = (".ndjson", ".jsonl")
_RECEIPTS: Final = ("行号", "受理编号", "查询码", "受理时间")


@dataclass
class Imported:
    """How an import ended: counts of rows, and the row from which the database was away."""

    accepted: int = 0
    repeated: int = 0
    refused: int = 0
    away_from: int | None = None


@dataclass
class ImportFile:
    """A file being read: its entries, what each was in the file, and how that is written down."""

    path: Path
    advance: Callable[[int], None]
    settings: Settings
    header: list[str] = field(default_factory=list)
    held: dict[int, Any] = field(default_factory=dict)

    def is_table(self) -> bool:
        """Whether the file has columns."""
        return self.path.suffix.lower() not in NDJSON

    def beside(self, ending: str) -> Path:
        """A file of ours beside the imported one."""
        return self.path.with_name(f"{self.path.stem}.{ending}")

    def entries(self) -> Iterator[Entry]:
        """The file's applications; each is held until `forget`. Raises TableError."""
        mark = tables.fingerprint(self.path)[:32]
        for one, sent in self._rows() if self.is_table() else self._lines():
            self.held[one.place] = sent
            key = one.key or f"import-{mark}-{one.place}"
            yield Entry(one.place, one.submission, key, one.size, one.refusal)

    def _lines(self) -> Iterator[tuple[Entry, Any]]:
        limit = self.settings.max_body_bytes
        forms_of = editions.forms_of(self.settings)
        with self.path.open("rb") as file:

            def read(size: int) -> bytes:
                chunk = file.read(size)
                self.advance(len(chunk))
                return chunk

            for number, line in enumerate(split(read, limit), 1):
                if line is None:
                    yield Entry(number, None, refusal=refusal(TooLarge(limit))), b""
                elif line.strip():
                    yield entry(number, line, forms_of), line

    def _rows(self) -> Iterator[tuple[Entry, Any]]:
        forms_of = editions.forms_of(self.settings)
        reader = tables.xlsx_rows if self.path.suffix.lower() == ".xlsx" else tables.csv_rows
        for number, row in reader(self.path, self.advance):
            if not any(cell not in (None, "") for cell in row):
                continue
            if not self.header:
                self.header = _header(row)
            elif not str(row[0] or "").startswith(COMMENT):
                yield _entry(number, self.header, row, forms_of), row


def _header(row: list[Any]) -> list[str]:
    names = [unsafe(str(cell or "").strip()) for cell in row]
    if PROVISION not in names:
        raise TableError(f"第一行应为列名，其中须有 {PROVISION}。可用 --template 生成模板。")
    if len(set(names)) != len(names):
        raise TableError("列名有空的或重复的。")
    forms = [form for one in editions.every() for form in one.forms.forms.values()]
    for name in names:
        if name not in (*ENVELOPE, *_OURS) and not any(_leads(form, name) for form in forms):
            raise TableError(f"没有这一列：{name}")
    return names


def _leads(form: Schema, name: str) -> bool:
    try:
        field_of(form, name)
    except UnknownColumn:
        return False
    return True


def _entry(number: int, header: list[str], row: list[Any], forms_of: FormsOf) -> Entry:
    size = sum(len(cell) for cell in row if isinstance(cell, str)) * 3
    if len(row) > len(header):
        return Entry(number, None, size=size, refusal=_said("", "这一行的单元格比列名多。"))
    cells = {
        name: cell
        for name, cell in zip(header, row, strict=False)
        if name not in _OURS and cell is not None and str(cell).strip()
    }
    notice = str(cells[NOTICE]).strip() if NOTICE in cells else None
    if (offered := forms_of(notice)) is None:
        return Entry(number, None, size=size, refusal=_said(NOTICE, said("unknown_notice")))
    form = offered.forms.get(str(cells.get(PROVISION, "")).strip())
    if form is None:
        return Entry(number, None, size=size, refusal=_said(PROVISION, said("unknown_provision")))
    try:
        submission = load_application(application(cells, form), forms_of)
        return Entry(number, submission, None, size)
    except UnknownColumn as unknown:
        return Entry(
            number, None, size=size, refusal=_said(str(unknown), "该条款的申报表没有这一列。")
        )
    except FormatErrors as refused:
        return Entry(number, None, size=size, refusal=refusal(refused))


def _said(pointer: str, message: str) -> dict[str, Any]:
    return {"status": 422, "errors": [{"pointer": pointer, "message": message}]}


def run(
    db: Database,
    settings: Settings,
    path: Path,
    advance: Callable[[int], None],
    vouched: IdentityLevel = IdentityLevel.ASSURED,
) -> Imported:
    """Import a file and write `….receipts.csv` and the rejects beside it.

    `vouched`: how far the operator vouches for who files.

    Stops at the first group that the database does not take; running it again goes on from there,
    because what was accepted is not accepted twice. Raises TableError.
    """
    source = ImportFile(path, advance, settings)
    imported = Imported()
    with ExitStack() as stack:
        receipts, rejects = _Receipts(source, stack), _Rejects(source, stack)
        groups = file_entries(
            db,
            settings,
            source.entries(),
            identify=lambda sent: identity.of_operator(vouched, sent.stated),
            source="import",
        )
        for group in groups:
            for outcome in group:
                sent = source.held.pop(outcome.entry.place)
                if outcome.accepted is not None:
                    imported.accepted += 1
                    imported.repeated += outcome.accepted.replayed
                    told = outcome.accepted
                    moment = told.received_at.isoformat(timespec="seconds")
                    place = outcome.entry.place
                    receipts.write(place, told.receipt, told.access_code, moment)
                elif isinstance(outcome.error, AccessCodeGone):
                    imported.accepted += 1
                    imported.repeated += 1
                    receipts.write(outcome.entry.place, outcome.error.receipt)
                elif outcome.may_be_repeated:
                    imported.away_from = imported.away_from or outcome.entry.place
                else:
                    imported.refused += 1
                    rejects.write(outcome, sent)
            if imported.away_from is not None:
                break
    return imported


class _Receipts:
    """Row, receipt and access code: the codes are shown only here, so only the owner reads it.

    What an earlier run wrote stays: its codes may be shown nowhere else any more.
    """

    def __init__(self, source: ImportFile, stack: ExitStack) -> None:
        path = source.beside("receipts.csv")
        path.touch(mode=0o600)
        path.chmod(0o600)
        with path.open(encoding="utf-8-sig", newline="") as written:
            self._known = {row[1] for row in csv.reader(written) if len(row) == len(_RECEIPTS)}
        file = stack.enter_context(
            path.open("a", encoding="utf-8" if self._known else "utf-8-sig", newline="")
        )
        self._writer = csv.writer(file)
        if not self._known:
            self._writer.writerow(_RECEIPTS)

    def write(self, place: int, receipt: str, code: str = "", moment: str = "") -> None:
        """Write an accepted row; without its code where that is shown no longer."""
        if receipt not in self._known:
            self._writer.writerow([place, receipt, code, moment])


class _Rejects:
    """What was refused, ready to be corrected and imported, with the reasons; made when needed."""

    def __init__(self, source: ImportFile, stack: ExitStack) -> None:
        self._source = source
        self._stack = stack
        self._table: Any = None
        self._lines: IO[bytes] | None = None
        for ending in ("rejects.csv", "rejects.ndjson"):
            source.beside(ending).unlink(missing_ok=True)

    def write(self, outcome: EntryOutcome, sent: Any) -> None:
        """Write a refused row."""
        if self._table is None:
            self._open()
        reasons = "；".join(_reasons(outcome))
        if self._lines is not None:
            self._lines.write(sent + b"\n")
            self._table.writerow([outcome.entry.place, safe(reasons)])
            return
        header = self._source.header
        kept = [
            safe("" if cell is None else str(cell))
            for name, cell in zip(header, sent + [None] * len(header), strict=False)
            if name not in _OURS
        ]
        self._table.writerow([*kept, outcome.entry.place, safe(reasons)])

    def _open(self) -> None:
        path = self._source.beside("rejects.csv")
        file = self._stack.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
        self._table = csv.writer(file)
        if self._source.is_table():
            names = [name for name in self._source.header if name not in _OURS]
            self._table.writerow([*names, ROW, REASONS])
        else:
            lines = self._source.beside("rejects.ndjson")
            self._lines = self._stack.enter_context(lines.open("wb"))
            self._table.writerow([ROW, REASONS])


def _reasons(outcome: EntryOutcome) -> list[str]:
    if outcome.error is not None:
        known = isinstance(outcome.error, CaseworkError)
        return [outcome.error.detail if known else "存入时出错。"]  # type: ignore[attr-defined]
    errors = outcome.entry.refusal["errors"]
    return [f"{_column(one['pointer'])} {one['message']}".strip() for one in errors]


def _column(pointer: str) -> str:
    """The column that a pointer speaks of."""
    steps = pointer.strip("/").split("/")
    return ".".join(str(int(step) + 1) if step.isdigit() else step for step in steps)
