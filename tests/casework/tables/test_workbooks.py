"""Workbooks: what stands in a cell, and what a spreadsheet has made of what was typed."""

from __future__ import annotations

import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from casework.tables import sheet_rows as reader
from casework.tables import workbook
from casework.tables.sheet_rows import HIDDEN, sheet_rows
from casework.tables.values import Cell, Row, Share, Spoilt, TableError
from casework.tables.workbook import Workbook
from tests.support.books import MAIN, Given, Page, Raw, write_book

FIRST = "xl/worksheets/sheet1.xml"


def _rows(path: Path) -> list[Row]:
    book = Workbook(path)
    try:
        return [row for part in book.parts for row in sheet_rows(book, part)]
    finally:
        book.close()


def _one(tmp_path: Path, cell: Given, *, starts_1904: bool = False) -> Cell:
    path = write_book(tmp_path / "one.xlsx", [["左", cell, "右"]], starts_1904=starts_1904)
    cells = _rows(path)[0].cells
    assert cells[0], cells[2] == ("左", "右")
    return cells[1]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (Raw("30000"), Decimal(30000)),
        (Raw("30000.50"), Decimal("30000.50")),
        (Raw("3479.9999999999995"), Decimal(3480)),
        (Raw("8000000.100000001"), Decimal("8000000.1")),
        (Raw("1.38E10"), Decimal(13800000000)),
        (Raw("0.0199", shown="0.00%"), Share(Decimal("1.99"))),
        (Raw("2.2300000000000001E-2", shown="0.00%"), Share(Decimal("2.23"))),
        (Raw("43466", shown="yyyy-mm-dd"), datetime(2019, 1, 1)),  # noqa: DTZ001
        (Raw("43466.5", shown="yyyy/m/d h:mm"), datetime(2019, 1, 1, 12)),  # noqa: DTZ001
        (Raw("59", shown="yyyy-mm-dd"), datetime(1900, 2, 28)),  # noqa: DTZ001
        (Raw("2019-01-01T00:00:00", "d"), datetime(2019, 1, 1)),  # noqa: DTZ001
        (Raw("138", shown="00000000"), "00000138"),
        (Raw("13800000000", shown="000-0000-0000"), "138-0000-0000"),
        (Raw("1066112569", shown="000-00000000"), "010-66112569"),
        (Raw("1", "b"), True),
        (Raw("", "str", formula='IF(1,"","")'), ""),
        (Raw("30000", formula="3*10000"), Decimal(30000)),
        ("面馆_x000D_", "面馆\r"),
        ("_x005F_x000D_", "_x000D_"),
        ("𠮷野家", "𠮷野家"),
    ],
)
def test_what_is_certain_is_read(tmp_path: Path, given: Given, read: Cell) -> None:
    found = _one(tmp_path, given)
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (Raw("#N/A", "e"), "#N/A"),
        (Raw("#DIV/0!", "e", formula="1/0"), "#DIV/0!"),
        (Raw(None, formula="800*10000"), "公式"),
        (Raw("", formula="800*10000"), "公式"),
        (Raw("9.11101027433501E+17"), "9.11101027433501E+17"),
        (Raw("911101027433504000"), "9.11101027433504E+17"),
        (Raw("110102199001010013"), "1.10102199001010E+17"),
        (Raw("3", shown='0"万元"'), "3"),
        (Raw("0.5", shown="h:mm"), "12:00:00"),
        (Raw("0.520833333333333", shown="yyyy-mm-dd"), "12:30:00"),
        (Raw("60", shown="yyyy-mm-dd"), "60"),
        (Raw("99999999", shown="yyyy-mm-dd"), "99999999"),
        (Raw("NaN"), "NaN"),
    ],
)
def test_what_is_lost_or_shown_otherwise_is_no_value(
    tmp_path: Path, given: Given, held: str
) -> None:
    found = _one(tmp_path, given)
    assert isinstance(found, Spoilt), found
    assert found.held == held


def test_days_are_counted_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    cell = Raw("42004", shown="yyyy-mm-dd")
    assert _one(tmp_path, cell, starts_1904=True) == datetime(2019, 1, 1)  # noqa: DTZ001


@pytest.mark.parametrize(
    "options",
    [{"strict": True}, {"prefix": "x"}, {"shared": True}],
    ids=lambda one: next(iter(one)),
)
def test_other_programs_write_the_same_otherwise(tmp_path: Path, options: dict[str, str]) -> None:
    path = write_book(tmp_path / "in.xlsx", [["名称", 7], ["面馆", "6 < 7 & 8"]], **options)  # type: ignore[arg-type]
    assert [row.cells for row in _rows(path)] == [["名称", Decimal(7)], ["面馆", "6 < 7 & 8"]]


def test_rich_and_phonetic_text_and_cells_without_a_place(tmp_path: Path) -> None:
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="inlineStr"><is><r><t>样例</t></r><r>'
        '<t>面馆</t></r><rPh sb="0" eb="1"><t>yangli</t></rPh></is></c><c/><c><v>5</v></c></row>'
        "</sheetData></worksheet>"
    )
    path = write_book(tmp_path / "in.xlsx", [["x"]], changed={FIRST: sheet.encode()})
    assert _rows(path) == [Row(1, ["样例面馆", None, Decimal(5)])]


def test_blank_hidden_and_merged_rows(tmp_path: Path) -> None:
    rows: list[list[Given]] = [
        ["甲", "一"],
        [None, "二"],
        [],
        ["", "  "],
        [None, None],
        ["乙", "三"],
    ]
    page = Page("申报", [*rows, *[[""]] * 3000], frozenset({6}), ["A1:A2", "A4:B5"])
    found = _rows(write_book(tmp_path / "in.xlsx", page))
    assert [row.number for row in found] == [1, 2, 6]
    assert isinstance(found[1].cells[0], Spoilt), "the name belongs to the row above"
    assert found[1].cells[1] == "二"
    assert found[2].flaw == HIDDEN


def test_a_damaged_workbook_is_refused_before_a_row_is_given(tmp_path: Path) -> None:
    rows: list[list[Given]] = [[f"样例{number}", number] for number in range(600)]
    whole = write_book(tmp_path / "in.xlsx", rows)
    with zipfile.ZipFile(whole) as archive:
        sheet = archive.read(FIRST)
    cut = write_book(tmp_path / "cut.xlsx", rows, changed={FIRST: sheet[: sheet.index(b'r="301"')]})
    content = bytearray(whole.read_bytes())
    for place in range(3000, 3010):
        content[place] ^= 0xFF
    turned = tmp_path / "turned.xlsx"
    turned.write_bytes(content)
    half = tmp_path / "half.xlsx"
    half.write_bytes(whole.read_bytes()[:4000])
    crossed = write_book(
        tmp_path / "crossed.xlsx", rows, changed={FIRST: sheet.replace(b"</row>", b"</raw>", 1)}
    )
    for path, said in ((cut, "300 行"), (turned, "损坏"), (half, "不是可读的"), (crossed, "损坏")):
        with pytest.raises(TableError, match=said):
            list(_rows(path))


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><worksheet><sheetData/></worksheet>'
    path = write_book(tmp_path / "in.xlsx", [["x"]], changed={FIRST: bomb})
    with pytest.raises(TableError, match="DOCTYPE"):
        _rows(path)


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 3)
    path = write_book(tmp_path / "in.xlsx", [["x"]] * 4)
    with pytest.raises(TableError, match="最多 3 行"):
        _rows(path)
    monkeypatch.setattr(workbook, "MOST_STRINGS_BYTES", 1000)
    path = write_book(tmp_path / "in.xlsx", [["字" * 1000]], shared=True)
    with pytest.raises(TableError, match="解压后过大"):
        _rows(path)
