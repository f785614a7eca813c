"""Rows that are taken apart without the parser say what the parser reads of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casework.tables import plain_rows
from casework.tables.sources import opened
from casework.tables.values import Row, Spoilt, TableError
from tests.support.books import Given, Page, Raw, write_book

_ROWS: list[list[Given]] = [
    ["名称", "金额", "日期", "比例", "备注"],
    ["样例 <面馆> & 店", 30000, Raw("43831", shown="yyyy-mm-dd"), Raw("0.0199", shown="0.00%"), ""],
    [" 前后有空 ", Raw("3479.9999999999995"), None, Raw("3", shown='0"万元"'), "_x000D_尾"],
    [None, Raw("911101027433504000"), Raw("0.5", shown="h:mm"), None, "长" * 300],
    ["公式", Raw("7", formula="3+4"), Raw("#N/A", "e"), Raw("1", "b"), Raw("2020-03-01", "d")],
    ["", None, None, None, None],
    ["最后", Raw("12"), None, None, "一"],
]


def rows_of(path: Path) -> list[Row]:
    with opened(path) as source:
        return [row for sheet in source.sheets for row in sheet.rows]


@pytest.mark.parametrize("shared", [True, False])
def test_both_ways_read_the_same(tmp_path: Path, shared: bool) -> None:
    page = Page("表", [*_ROWS, *_ROWS[1:4] * 40], hidden_rows=frozenset({4}), merged=["A7:A9"])
    plain = write_book(tmp_path / "plain.xlsx", page, shared=shared)
    by_parser = write_book(tmp_path / "prefixed.xlsx", page, shared=shared, prefix="x")
    read = rows_of(plain)
    assert read == rows_of(by_parser)
    assert len(read) == len(_ROWS) - 1 + 3 * 40
    assert isinstance(read[2].cells[3], Spoilt)


def test_most_rows_are_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[bool] = []
    read = plain_rows.PlainRows.read

    def noted(self: plain_rows.PlainRows, xml: bytes) -> plain_rows.PlainRow | None:
        found = read(self, xml)
        taken.append(found is not None)
        return found

    monkeypatch.setattr(plain_rows.PlainRows, "read", noted)
    rows_of(write_book(tmp_path / "a.xlsx", [*_ROWS[:3], *[_ROWS[3]] * 500], shared=True))
    assert taken.count(True) > 490


@pytest.mark.parametrize(
    "between",
    [
        '<!-- </row><row r="2"><c r="A2"><v>9</v></c></row> -->',
        '<?note </row><row r="2"><c r="A2"><v>9</v></c></row>?>',
    ],
)
def test_what_only_looks_like_a_row_is_none(tmp_path: Path, between: str) -> None:
    xml = (
        '<worksheet xmlns="x"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        f'{between}<row r="3"><c r="A3"><v>3</v></c></row></sheetData></worksheet>'
    )
    path = write_book(
        tmp_path / "a.xlsx", [["1"]], changed={"xl/worksheets/sheet1.xml": xml.encode()}
    )
    assert [(row.number, [str(one) for one in row.cells]) for row in rows_of(path)] == [
        (1, ["1"]),
        (3, ["3"]),
    ]


@pytest.mark.parametrize(
    "row",
    [
        '<row r="2"><c r="A2"><v>1</v></row>',
        '<row r="2"><c r="A2"><v>\x01</v></c></row>',
        '<row r="2"><c r="A2" t="inlineStr"><is><t>]]></t></is></c></row>',
        '<row r="2"><c r="A2" t="s"><v>99</v></c></row>',
    ],
)
def test_what_is_damaged_is_refused_either_way(tmp_path: Path, row: str) -> None:
    xml = (
        '<worksheet xmlns="x"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        f"{row}</sheetData></worksheet>"
    )
    path = write_book(
        tmp_path / "a.xlsx", [["1"]], changed={"xl/worksheets/sheet1.xml": xml.encode()}
    )
    with pytest.raises(TableError, match=re.escape("在第 1 行之后已损坏")):
        rows_of(path)


def test_a_sheet_in_another_encoding_is_the_parsers(tmp_path: Path) -> None:
    xml = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><worksheet xmlns="x"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>Ã©</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    path = write_book(
        tmp_path / "a.xlsx",
        [["1"]],
        changed={"xl/worksheets/sheet1.xml": xml.encode("latin-1")},
    )
    assert rows_of(path)[1].cells == ["Ã©"]
