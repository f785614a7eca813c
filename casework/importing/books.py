"""Workbooks that people fill in: text cells, lists to choose from, notes, headings that stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from marshmallow import fields

from casework.importing.headings import REASONS
from schemas.kit.fields import Choice, YesNo

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

ROWS: Final = 100_000
"""Rows below the headings that get lists."""
REASON_LOOK: Final = {"text_wrap": True, "valign": "top", "font_color": "#9C0006"}
_TEXT: Final = {"num_format": "@"}
_HEADING: Final = {
    "bold": True,
    "text_wrap": True,
    "valign": "top",
    "bg_color": "#DDEBF7",
    "border": 1,
    "num_format": "@",
}
_REQUIRED: Final = {**_HEADING, "bg_color": "#FCE4D6"}
_COMMENT: Final = {"text_wrap": True, "valign": "top", "font_color": "#595959", "num_format": "@"}
_WIDTH, _WIDE = 18, 60
_LIST_CHARS: Final = 255
"""As long as a list inside a cell's rule may be."""
_NAME_CHARS: Final = 31


def begin_sheet(
    book: Workbook,
    name: str,
    headings: Sequence[str],
    comments: Sequence[Sequence[str]] = (),
    required: frozenset[int] = frozenset(),
) -> Worksheet:
    """A sheet with its headings; every column is text, so that no code or number is changed.

    `required`: places of the headings that stand out. A first heading that is wider than the
    others is the reason why a row was refused.
    """
    sheet = book.add_worksheet(_sheet_name(book, name))
    text, head = book.add_format(_TEXT), book.add_format(_HEADING)
    marked, remark = book.add_format(_REQUIRED), book.add_format(_COMMENT)
    sheet.set_column(0, max(len(headings) - 1, 0), _WIDTH, text)
    if headings[:1] == [REASONS]:
        sheet.set_column(0, 0, _WIDE, text)
    sheet.freeze_panes(1 + len(comments), 0)
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, marked if place in required else head)
    for row, comment in enumerate(comments, 1):
        for place, cell in enumerate(comment):
            if cell:
                sheet.write_string(row, place, cell, remark)
    return sheet


def constrain(sheet: Worksheet, place: int, field: fields.Field[Any], first_row: int) -> None:
    """Let a column's cells be chosen from a list, where the form has one. What is pasted into them
    is not refused here, only when it is imported."""
    match field:
        case Choice():
            choices = list(field.labels.values())
        case YesNo():
            choices = ["是", "否"]
        case _:
            return
    if len(",".join(choices)) <= _LIST_CHARS and not any("," in one for one in choices):
        sheet.data_validation(
            first_row,
            place,
            first_row + ROWS - 1,
            place,
            {
                "validate": "list",
                "source": choices,
                "error_type": "warning",
                "error_title": "请从列表中选择",
                "error_message": "这一列请从下拉列表中选择。",
            },
        )


def _sheet_name(book: Workbook, name: str) -> str:
    """A name that a sheet may have and no other of the workbook has."""
    plain = (
        "".join("_" if one in "[]:*?/\\" else one for one in name).strip("'")[:_NAME_CHARS] or "1"
    )
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    made, number = plain, 2
    while made.lower() in taken:
        made = f"{plain[: _NAME_CHARS - 3]}{number}"
        number += 1
    return made
