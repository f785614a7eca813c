"""How what people type is kept, compared and found."""

from __future__ import annotations

import pytest

from vocabulary.writing import name_form, number_form, tidy, tidy_lines

ONE_LEASE = (
    "甲租-2018-07-3",
    "甲租－２０１８－０７－３",
    " 甲租 -2018-07- 3 ",
    "甲租—2018—07—3",
    "甲租–2018‐07‑3",
    "甲租−2018─07ー3",
    "甲租--2018-07——3",
    "甲租-2018-07-3。",
    "\ufeff甲租-2018\u200b-07\u00ad-3\u202c",
    "甲租\u3000-2018\u00a0-07-3",
)


@pytest.mark.parametrize("written", ONE_LEASE)
def test_a_number_is_one_number_however_it_was_typed(written: str) -> None:
    assert number_form(written) == "甲租-2018-07-3"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4-51", "45-1"),
        ("2018/3/11", "2018/31/1"),
        ("B-7", "B7"),
        ("2018.11", "201.811"),
        ("甲〔2018〕1号", "甲2018〔1〕号"),
        ("3/1", "3-1"),
        ("𠮷-1", "吉-1"),
    ],
)
def test_separators_keep_their_place(one: str, other: str) -> None:
    assert number_form(one) != number_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("京租字〔2018〕12号", "京租字[2018]12号"),
        ("京租字（2018）12号", "京租字【2018】 12 号"),
        ("ab-1", "ＡＢ－1"),
        ("3／1", "3/1"),
        ("甲·1", "甲・1"),
        ("e\u0301-1", "\u00e9-1"),
    ],
)
def test_what_looks_alike_is_one_number(one: str, other: str) -> None:
    assert number_form(one) == number_form(other)


@pytest.mark.parametrize(
    "written",
    [
        "无",
        "没有",
        "暂无",
        "无编号",
        "（无）",
        "合同无编号",
        "没有合同编号",
        "/",
        "—",
        "N/A",
        "none",
        "0",
        "000",
    ],
)
def test_saying_that_there_is_none_is_no_number(written: str) -> None:
    assert number_form(written) == ""


@pytest.mark.parametrize("written", ["无锡路5号", "0-1", "NA-1", "没-3", "X-0"])
def test_a_number_that_only_begins_so_is_one(written: str) -> None:
    assert number_form(written)


def test_a_line_keeps_how_it_looks() -> None:
    assert tidy("  示例\u200b（北京）\u00ad咖啡\u3000\u3000馆\ufeff ") == "示例（北京）咖啡 馆"
    assert tidy("\u202a阿依·古丽\u202c") == "阿依·古丽"
    assert tidy("䶮𠀀𫞩ＡＢＣ") == "䶮𠀀𫞩ＡＢＣ"
    assert tidy("Cafe\u0301") == "Caf\u00e9"
    assert tidy("葛\U000e0100城") == "葛\U000e0100城"  # the form of a character
    assert tidy(" two  blanks\there ") == "two blanks here"


def test_a_text_keeps_its_lines() -> None:
    assert tidy_lines("一\u200b  二 \r\n三\r四\n") == "一  二\n三\n四"


@pytest.mark.parametrize(
    "written",
    ["示例(北京)ABC餐饮", "示例（北京）ＡＢＣ餐饮", "示例 北京 abc 餐饮", "示例·北京\u200bAbC餐饮"],
)
def test_a_name_is_compared_by_its_letters(written: str) -> None:
    assert name_form(written) == "示例北京abc餐饮"


def test_rare_characters_stay_apart() -> None:
    assert len({name_form(name) for name in ("䶮", "𠀀", "𫞩", "吉", "𠮷")}) == 5
