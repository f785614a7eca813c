"""A table's rows, each checked against the form of its provision: an application, or why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, Final

from marshmallow import Schema

from casework.importing import headings, reasons
from casework.importing.cells import unsafe
from casework.importing.columns import LEVEL, NOTICE, PROVISION
from casework.importing.headings import Headings
from casework.importing.plans import Plan
from casework.notices import editions
from casework.tables import sources
from casework.tables.values import Cell, Row, Sheet, Spoilt, TableError, is_error, letters
from casework.tables.writing import choice_of
from config.settings import Settings
from schemas.application import IDENTITY, Submission, load_application
from schemas.form_set import FormSet
from schemas.kit.format_errors import FormatErrors
from schemas.kit.refusals import said
from vocabulary.identity import IdentityLevel

_LEVELS: Final = choice_of({level.value: level.label for level in IdentityLevel})
_QUOTED: Final = 40
"""Characters of a cell that a reason quotes: thousands of rows may have one long text."""
_TOO_WIDE: Final = "这一行在列名之外还有内容。"
_NO_HEADINGS: Final = (
    "找不到列名所在的行。列名可用中文或英文（例如 统一社会信用代码），其中须有“条款代码”一列；"
    "模板可用 wenqi import --template 生成"
)


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row that is not blank: where it stands (`3`, of several sheets `广内街道!3`), its sheet's
    headings, its cells, and the application it is or the reasons why it is none."""

    where: str
    headings: Headings
    cells: list[Cell]
    plan: Plan | None
    submission: Submission | None
    reasons: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes it would be as JSON."""
        return sum([len(cell) for cell in self.cells if type(cell) is str]) * 3


@dataclass(slots=True)
class Remarks:
    """What whoever imports should know beside the rows: sheets that were left out though they
    have headings, others without, and headings of columns that are no form's."""

    left_out: list[str] = field(default_factory=list)
    without_headings: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A table being read. `provision` stands for a column that does not say it."""

    path: Path
    settings: Settings
    provision: str | None = None
    advance: Callable[[int], None] = lambda _: None
    remarks: Remarks = field(default_factory=Remarks)
    is_workbook: bool = False

    def rows(self) -> Iterator[CheckedRow]:
        """Its rows. Raises TableError when it cannot be read, or no further."""
        forms = [form for one in editions.every() for form in one.forms.forms.values()]
        with sources.opened(self.path, self.advance) as source:
            self.is_workbook = source.is_workbook
            found = False
            given = self.provision is not None
            for sheet in source.sheets:
                if (first := next(sheet.rows, None)) is None:
                    continue  # blank
                whole = chain([first], sheet.rows)
                begun = headings.find(whole, forms, provision_given=given)
                if begun is None:
                    if sheet.name:
                        self.remarks.without_headings.append(sheet.name)
                    continue
                found = True
                known, rows = begun
                self._note_extra(known)
                yield from self._checked(sheet, known, rows)
            for sheet in source.hidden:
                if headings.find(sheet.rows, forms, provision_given=True) is not None:
                    self.remarks.left_out.append(sheet.name)
            if not found:
                raise TableError(_NO_HEADINGS)

    def _note_extra(self, known: Headings) -> None:
        for place in known.extra:
            if known.texts[place] and known.texts[place] not in self.remarks.extra:
                self.remarks.extra.append(known.texts[place])

    def _checked(self, sheet: Sheet, known: Headings, rows: Iterator[Row]) -> Iterator[CheckedRow]:
        checker = _Checker(known, self.settings, self.provision, in_workbook=self.is_workbook)
        for row in rows:
            where = f"{sheet.name}!{row.number}" if sheet.name else str(row.number)
            yield checker.check(where, row)


class _Checker:
    """Checks the rows of one sheet; what a form makes of its columns is worked out once."""

    def __init__(
        self, known: Headings, settings: Settings, provision: str | None, *, in_workbook: bool
    ) -> None:
        self._headings = known
        self._forms_of = editions.forms_of(settings)
        self._default = settings.notice_id
        self._provision = provision
        self._in_workbook = in_workbook
        self._plans: dict[tuple[str | None, str], Plan] = {}
        self._width = len(known.texts)

    def check(self, where: str, row: Row) -> CheckedRow:
        """The row as an application, or with its reasons."""
        if row.flaw is not None:
            return self._refused(where, row, None, row.flaw)
        if any(cell not in (None, "") for cell in row.cells[self._width :]):
            return self._refused(where, row, None, _TOO_WIDE)
        notice, wrong = self._envelope(row, NOTICE)
        if wrong is not None:
            return self._refused(where, row, None, wrong)
        if (offered := self._forms_of(notice or None)) is None:
            why = self._about(NOTICE, row, said("unknown_notice"))
            return self._refused(where, row, None, why)
        provision, wrong = self._envelope(row, PROVISION)
        if wrong is not None:
            return self._refused(where, row, None, wrong)
        level, wrong = self._envelope(row, LEVEL)
        if wrong is not None:
            return self._refused(where, row, None, wrong)
        code = provision or self._provision or ""
        if (form := offered.forms.get(code)) is None:
            why = self._about(PROVISION, row, _unknown_provision(code, offered))
            return self._refused(where, row, None, why)
        plan = self._plan(notice or None, code, form)
        named: dict[str, Any] = {NOTICE: notice} if notice else {}
        if level:
            named[IDENTITY] = {"level": _LEVELS(level)}
        return self._filled(where, row, plan, {PROVISION: code, **named})

    def _filled(self, where: str, row: Row, plan: Plan, named: dict[str, Any]) -> CheckedRow:
        filled = plan.fill(row.cells)
        raw = named | filled.made
        try:
            submission = load_application(raw, self._forms_of)
        except FormatErrors as refused:
            why = reasons.of_row(plan, row.cells, refused, self._cell_name(row))
            return CheckedRow(where, self._headings, row.cells, plan, None, why)
        if filled.faults:
            why = reasons.of_row(plan, row.cells, None, self._cell_name(row))
            return CheckedRow(where, self._headings, row.cells, plan, None, why)
        if submission.notice == self._default:
            # Named or not, it is the same application.
            submission = replace(submission, notice=None)
        return CheckedRow(where, self._headings, row.cells, plan, submission)

    def _plan(self, notice: str | None, code: str, form: Schema) -> Plan:
        key = (notice, code)
        if key not in self._plans:
            self._plans[key] = Plan(self._headings, form)
        return self._plans[key]

    def _envelope(self, row: Row, name: str) -> tuple[str, str | None]:
        """The text of a column of the envelope, and what is wrong with it."""
        place = self._headings.envelope.get(name)
        cell = row.cells[place] if place is not None and place < len(row.cells) else None
        match cell:
            case None:
                return "", None
            case str() if is_error(cell.strip()):
                return "", self._about(name, row, f"是 Excel 的错误值 {cell}。")
            case str():
                return unsafe(cell.strip()), None
            case Spoilt():
                return "", self._about(name, row, f"单元格{cell.cause}（{cell.held}）。")
            case Decimal():
                return f"{cell:f}", None
            case _:
                return "", self._about(name, row, "这里应为文字。")

    def _about(self, name: str, row: Row, sentence: str) -> str:
        place = self._headings.envelope.get(name)
        return reasons.about(name, None, sentence, self._cell_name(row)(place))

    def _cell_name(self, row: Row) -> Callable[[int | None], str]:
        """How a cell of the row is called, by the place of its column; nothing in a text file."""
        if not self._in_workbook:
            return lambda _: ""
        return lambda place: "" if place is None else f"{letters(place)}{row.number}"

    def _refused(self, where: str, row: Row, plan: Plan | None, why: str) -> CheckedRow:
        return CheckedRow(where, self._headings, row.cells, plan, None, (why,))


def _unknown_provision(code: str, offered: FormSet) -> str:
    known = "、".join(offered.forms)
    return (
        f"没有“{code[:_QUOTED]}”这一条款，可填：{known}。" if code else f"此项必填，可填：{known}。"
    )
