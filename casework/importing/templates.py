"""Empty tables to fill in: a workbook for clerks, with Chinese headings, lists and notes; a CSV
with the names of the fields for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from marshmallow import Schema

from casework.importing.books import begin_sheet, constrain
from casework.importing.cells import safe
from casework.importing.columns import ENVELOPE, NOTICE, PROVISION, Column, template
from casework.importing.headings import COMMENT
from casework.tables.sources import GUIDE_SHEET

if TYPE_CHECKING:
    from xlsxwriter import Workbook

DATA_SHEET = "申报"
_GUIDE = (
    "每行填一份申报。橙色列名的列必填，其余没有的不填。",
    "所有单元格都是“文本”格式：统一社会信用代码、电话、合同编号照原样填写，不会被改成数字或日期。",
    "有下拉箭头的列请从列表中选择；是否类的列填“是”或“否”。",
    "日期写成 2020-03-01，月份写成 2020-03；金额以元为单位，可写 30000.00、30,000、3万元。",
    "有第二项（例如第二份租赁合同）的，复制相应各列，把列名里的 1 改成 2，如“承租的房产2·租金”。",
    "可以加自己用的列（例如备注、序号），导入时不看；不要改已有的列名，不要合并单元格。",
    "从别的表格粘贴时用“选择性粘贴—数值”，以免带来公式、百分数或万元等格式。",
)


def workbook(
    provision: str, form: Schema, items: Mapping[str, int], notice: str | None = None
) -> bytes:
    """A workbook to fill in, as a file's bytes.

    Takes the provision's code, the form of its facts, how many items of which list to lay out, the
    notice if it is to be named in each row.
    """
    from xlsxwriter import Workbook

    columns = template(form, items)
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        named = [NOTICE] if notice is not None else []
        fixed = [PROVISION, *named]
        headings = [*(ENVELOPE[name] for name in fixed), *(column.label for column in columns)]
        required = {
            place for place, column in enumerate(columns, len(fixed)) if column.field.required
        }
        sheet = begin_sheet(
            book, DATA_SHEET, headings, required=frozenset({*range(len(fixed)), *required})
        )
        sheet.write_string(1, 0, provision, book.add_format({"num_format": "@"}))
        if notice is not None:
            sheet.write_string(1, 1, notice, book.add_format({"num_format": "@"}))
        for place, column in enumerate(columns, len(fixed)):
            if column.help:
                sheet.write_comment(0, place, column.help, {"x_scale": 2})
            constrain(sheet, place, column.field, 1)
        _guide(book, provision, columns)
    return file.getvalue()


def _guide(book: Workbook, provision: str, columns: Sequence[Column]) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    look = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    bold = book.add_format({"bold": True, "num_format": "@"})
    sheet.set_column(0, 0, 44, look)
    sheet.set_column(1, 1, 90, look)
    sheet.write_string(0, 0, "怎样填写", bold)
    row = 1
    for line in (f"“{ENVELOPE[PROVISION]}”一列每行填 {provision}。", *_GUIDE):
        sheet.write_string(row, 1, line, look)
        row += 1
    sheet.write_string(row + 1, 0, "列名", bold)
    sheet.write_string(row + 1, 1, "填什么", bold)
    for number, column in enumerate(columns, row + 2):
        sheet.write_string(number, 0, column.label, look)
        sheet.write_string(number, 1, column.help, look)


def text(
    provision: str, form: Schema, items: Mapping[str, int], notice: str | None = None
) -> bytes:
    """A CSV to fill in: names, labels and help, as UTF-8 with the mark that Excel looks for."""
    columns = template(form, items)
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    named = [] if notice is None else [NOTICE]
    writer.writerow([PROVISION, *named, *(column.name for column in columns)])
    labels = [ENVELOPE[NOTICE]] if named else []
    writer.writerow(
        [
            f"{COMMENT}{ENVELOPE[PROVISION]}",
            *labels,
            *(safe(column.label) for column in columns),
        ]
    )
    note = (
        f"{COMMENT}每行填 {provision}；列名下面以 {COMMENT} 开头的行是说明，不会导入；"
        "列表的项从 1 编号，可自行加列，如 leases.2"
    )
    helps = [f"每行填 {notice}"] if named else []
    writer.writerow([note, *helps, *(safe(column.help) for column in columns)])
    return made.getvalue().encode("utf-8-sig")
