"""Text tables: encodings decided by the whole file, rows that no quotation mark swallows."""

from __future__ import annotations

from pathlib import Path

import pytest

from casework.tables.csv_rows import csv_rows
from casework.tables.values import Row, TableError


def _rows(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> list[Row]:
    path = tmp_path / "in.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return list(csv_rows(path))


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "gb18030",
        "utf-16",
        "utf-16-le-bom",
        "utf-16-be-bom",
        "utf-16-le",
        "utf-16-be",
    ],
)
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "名称,地址\n联通,𠮷野家\n"
    if encoding.endswith("-bom"):
        content = ("\ufeff" + text).encode(encoding.removesuffix("-bom"))
    else:
        content = text.encode(encoding)
    assert [row.cells for row in _rows(tmp_path, content)] == [["名称", "地址"], ["联通", "𠮷野家"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("名称\n面馆\n书店\n".encode() + "饭店\n".encode("gbk"), "第 4 行不是 UTF-8"),
        (b"\xef\xbb\xbf" + "名称\n".encode() + "饭店\n".encode("gbk"), "第 2 行不是"),
        ("名称\n面馆\n书店\n".encode("gbk") + "饭店\n".encode(), "第 4 行是 UTF-8"),
        (b"name\n\x80\xff\xff\n", "第 2 行既不是"),
        ("公司名稱,聯絡人,電話\n香港測試茶餐廳有限公司,陳大文,\n".encode("cp950"), "Big5"),
        (b"\xff\xfea", "UTF-16"),
        (b"\xff\xfe\x00\x00a", "UTF-32"),
    ],
)
def test_mixed_and_unknown_encodings_name_the_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(TableError, match=said):
        _rows(tmp_path, content)


@pytest.mark.parametrize(
    "name", ["香港測試茶餐廳有限公司", "测试面馆", "堯舜測試商貿行", "堃喆飲食"]
)
def test_traditional_characters_in_gb18030_are_read(tmp_path: Path, name: str) -> None:
    assert _rows(tmp_path, f"名称\n{name}\n", "gb18030")[1].cells == [name]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "，", "|"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    text = f"甲{delimiter}乙{delimiter}丙\n1{delimiter}2{delimiter}3\n"
    assert [row.cells for row in _rows(tmp_path, text)] == [["甲", "乙", "丙"], ["1", "2", "3"]]
    named = _rows(tmp_path, f"sep=;\n甲;乙,{delimiter}\n")
    assert named[0].number == 2


def test_quotation_marks_in_their_places(tmp_path: Path) -> None:
    rows = _rows(
        tmp_path, '甲,乙,丙\n1,"两行\r\n地址",3\n2,"称""好""",3\n"一\n二",2,3\n4,a"b"c,3\n'
    )
    assert [(row.number, row.cells) for row in rows] == [
        (1, ["甲", "乙", "丙"]),
        (2, ["1", "两行\r\n地址", "3"]),
        (4, ["2", '称"好"', "3"]),
        (5, ["一\n二", "2", "3"]),
        (7, ["4", 'a"b"c', "3"]),
    ]
    assert not any(row.flaw for row in rows)


@pytest.mark.parametrize(
    "wrong",
    [
        '7,"好再来"面馆,3',  # the mark opens the cell
        '7,"好再来面馆,3',  # and is never closed
        '7,好再来"面馆,3',  # one alone
        '7,"好"来"面馆",3',
    ],
)
@pytest.mark.parametrize("place", [0, 60, 299])
def test_a_wrong_mark_is_one_refused_row(tmp_path: Path, wrong: str, place: int) -> None:
    lines = [f"{number},店{number},3" for number in range(300)]
    lines[place] = wrong
    rows = _rows(tmp_path, "甲,乙,丙\n" + "\n".join(lines) + "\n")
    assert [row.number for row in rows] == list(range(1, 302))
    assert [row.number for row in rows if row.flaw] == [place + 2]


def test_two_wrong_marks_do_not_make_one_row_of_those_between(tmp_path: Path) -> None:
    lines = ["1,一,3", '2,"二,3', "3,三,3", '4,四",3', '5,"五,3', '6,六",3', "7,七,3"]
    rows = _rows(tmp_path, "甲,乙,丙\n" + "\n".join(lines) + "\n")
    assert [row.number for row in rows] == list(range(1, 9))
    assert [row.number for row in rows if row.flaw] == [3, 5, 6, 7]


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="一行过长"):
        _rows(tmp_path, b"x" * 5_000_000)
    assert _rows(tmp_path, "甲,乙\n" + "x" * 40_000 + ",2\n")[1].flaw
    assert _rows(tmp_path, "") == []
