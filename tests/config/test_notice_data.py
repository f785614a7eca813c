"""A notice's data that contradicts itself, or the notice's text, never loads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.notices import PACKAGED, NoticeDataError, load_from, load_notice
from config.notices.text import measures_of
from rules import PROVISIONS
from rules.fit import UnknownToRules, require_rules
from rules.notice import Notice
from tests.support.notices import replace_once

DATA = PACKAGED / "xicheng-2020-6"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the notice's data to spoil."""
    return Path(shutil.copytree(DATA, tmp_path / "notice"))


def test_the_data_as_shipped_loads_and_has_one_hash() -> None:
    assert load_from(DATA).hash == load_notice("xicheng-2020-6").hash
    assert len(load_notice("xicheng-2020-6").hash) == 64


def test_any_change_of_the_data_changes_the_hash(folder: Path) -> None:
    replace_once(folder / "measures/m01.toml", 'value = "0.5"', 'value = "0.51"')
    assert load_from(folder).hash != load_notice("xicheng-2020-6").hash


QUOTED = "\"二\"]\nsource = 'notice'\ncite = '(二)'"
CITE = 'cite = "(一)第二段"'
REFUSED = [
    ("an unknown key", "measures/m01.toml", 'unit = "share"', 'unit = "share"\nnote = "x"', "note"),
    (
        "an unknown table",
        "measures/m02.toml",
        "[provisions.",
        "[promises.a]\n[provisions.",
        "promises",
    ),
    ("a key twice", "questions.toml", "[Q1]\n", "[Q1]\n[Q1]\n", "questions"),
    ("a condition twice", "measures/m02.toml", '[conditions."2C.1"]', '[conditions."2.1"]', "2.1"),
    ("no citation", "measures/m01_landlord.toml", f"{CITE}\n", "", "cite"),
    ("an empty citation", "measures/m01_landlord.toml", CITE, 'cite = " "', "citation"),
    (
        "a parameter that quotes nothing",
        "measures/m04.toml",
        'words = "给予3、4月份实际房租总额30%的资金补贴"',
        "",
        "words",
    ),
    (
        "a parameter misquoted",
        "measures/m01.toml",
        'words = "给予租金50%的减免"',
        'words = "给予租金60%的减免"',
        "words",
    ),
    (
        "a condition misquoted",
        "measures/m03.toml",
        'words = "从事办学活动"',
        'words = "从事教学活动"',
        "3.4",
    ),
    (
        "a provision misquoted",
        "measures/m02.toml",
        "同步延长至4月。具体",
        "同步延长至5月。具体",
        "m02_carrier",
    ),
    (
        "an unknown decider",
        "measures/m04.toml",
        'decider = "commerce"',
        'decider = "nobody"',
        "nobody",
    ),
    ("an unknown unit", "measures/m04.toml", 'unit = "count"', 'unit = "dozen"', "unit"),
    ("an unknown source", "measures/m04.toml", 'source = "reading"', 'source = "rumour"', "source"),
    ("no date", "measures/m04.toml", 'from = "2020-05-11"', 'from = "2020-13-11"', "date"),
    ("a phone not printed", "contacts.toml", 'phone = "66218055"', 'phone = "66218056"', "phone"),
    ("a name not printed", "contacts.toml", 'name = "王燕"', 'name = "王艳"', "name"),
    ("a line not printed", "contacts.toml", "联系人：王　燕", "联系人：王　艳", "printed"),
    (
        "another bureau's contact",
        "contacts.toml",
        'bureau = "finance"',
        'bureau = "sasac"',
        "bureau",
    ),
    (
        "a bureau not printed",
        "bureaus.toml",
        'printed = ["区财政局"]',
        'printed = ["区财务局"]',
        "财务局",
    ),
    ("an unknown contact", "measures/m01.toml", 'to = ["m01-04.3"]', 'to = ["m99.9"]', "m99.9"),
    ("an unknown reason", "measures/m01.toml", 'reason = "soe_landlord"', 'reason = "why"', "why"),
    ("a route to nobody", "measures/m01.toml", 'to = ["m01-04.2"]', "to = []", "lead"),
    ("no last resort", "measures/m03.toml", 'when = "otherwise"', 'when = "in_park"', "last"),
    (
        "a last resort that only copies",
        "measures/m03.toml",
        'reason = "school"\n',
        'reason = "school"\nonly_copy = true\n',
        "last",
    ),
    ("another text", "notice.txt", "2020年3月", "2020年5月", "text"),
    ("a headless notice", "notice.toml", 'number = "西政办发〔2020〕6号"\n', "", "number"),
    (
        "an end before the beginning",
        "notice.toml",
        'in_force_from = "2020-05-11"',
        'in_force_from = "2020-05-11"\nin_force_until = "2020-05-10"',
        "ends before",
    ),
    ("no district", "notice.toml", 'district = "xicheng"\n', "", "district"),
    ("an unknown body above", "notice.toml", '= "district_government"', '= "nobody"', "nobody"),
    ("an unknown question of rounding", "notice.toml", '= "Q31"', '= "Q99"', "Q99"),
    ("an unknown industry reason", "notice.toml", '    "commerce",', '    "why",', "why"),
    (
        "a table that nobody reads",
        "notice.toml",
        "[deciders]",
        "[promises]\n[deciders]",
        "promises",
    ),
    (
        "a window that never begins or ends",
        "measures/m02.toml",
        "[provisions.",
        '[windows."二"]\nsource = "reading"\ncite = "x"\n[provisions.',
        "neither",
    ),
    (
        "a window misquoted",
        "measures/m02.toml",
        "[provisions.",
        f"[windows.{QUOTED}\nuntil = '2020-07-01'\nwords = '延长至5月'\n[provisions.",
        "words",
    ),
    (
        "a window of no measure",
        "measures/m02.toml",
        "[provisions.",
        '[windows."二十"]\nuntil = "2020-07-01"\nsource = "reading"\ncite = "x"\n[provisions.',
        "unknown measure",
    ),
    (
        "materials that the notice does not ask for",
        "measures/m02.toml",
        "[provisions.",
        f"[materials.{QUOTED}\nitems = ['执照']\nwords = '同步延长至4月'\n[provisions.",
        "not all",
    ),
    ("a contact of no measure", "contacts.toml", 'measures = ["一"', 'measures = ["百"', "百"),
    (
        "a heading nobody printed",
        "notice.toml",
        "[deciders]",
        '[measures]\n"1" = "第十五条"\n[deciders]',
        "第十五条",
    ),
    ("broken TOML", "sentences.toml", 'met = "', "met = ", "sentences"),
    (
        "a table of another file",
        "notice.toml",
        "[deciders]",
        '[windows."一"]\nfrom = "2030-01-01"\nsource = "reading"\ncite = "x"\n[deciders]',
        "notice.toml windows",
    ),
    ("a day that is none", "notice.toml", 'issued_on = "2020-05-11"', 'issued_on = "soon"', "soon"),
    (
        "a number for a text",
        "notice.toml",
        'number = "西政办发〔2020〕6号"',
        "number = 6",
        "number",
    ),
    ("a text for a table", "notice.toml", "[packages]", "[x]", "packages"),
    (
        "materials that are no list",
        "measures/m02.toml",
        "[provisions.",
        f"[materials.{QUOTED}\nitems = '执照'\nwords = '同步延长至4月'\n[provisions.",
        "items",
    ),
    (
        "a value that is no number",
        "measures/m01.toml",
        'label = "从事生产经营活动的减免比例"\nvalue = "1"',
        'label = "从事生产经营活动的减免比例"\nvalue = "1/0"',
        "1/0",
    ),
    (
        "a size that is a text",
        "sizes.toml",
        "revenue = { large = 20000,",
        'revenue = { large = "x",',
        "large",
    ),
    ("sizes of nobody", "sizes.toml", 'source = "工信部联企业', 'cite = "工信部联企业', "sizes"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "named"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refused(folder: Path, file: str, old: str, new: str, named: str) -> None:
    replace_once(folder / file, old, new)
    with pytest.raises(NoticeDataError, match=named):
        load_from(folder)


def test_two_values_on_one_day_are_refused(folder: Path) -> None:
    path = folder / "measures" / "m04.toml"
    text = path.read_text(encoding="utf-8")
    first = text.index('[[parameters]]\nkey = "m04.share"')
    entry = text[first : text.index("[[parameters]]", first + 1)]
    path.write_text(text + "\n" + entry, encoding="utf-8")
    with pytest.raises(NoticeDataError, match="two values"):
        load_from(folder)


def test_a_later_value_may_follow_a_dated_end(folder: Path) -> None:
    path = folder / "measures" / "m04.toml"
    text = path.read_text(encoding="utf-8")
    first = text.index('[[parameters]]\nkey = "m04.share"')
    entry = text[first : text.index("[[parameters]]", first + 1)]
    ended = entry.replace('from = "2020-05-11"', 'from = "2020-05-11"\nuntil = "2020-12-31"')
    later = entry.replace("2020-05-11", "2021-01-01").replace('"0.3"', '"0.2"')
    path.write_text(text.replace(entry, ended + later), encoding="utf-8")
    assert load_from(folder).content["parameters"]


def test_a_provision_without_routes_is_refused(folder: Path) -> None:
    path = folder / "measures" / "m03.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("[[routing.m03_school]]")], encoding="utf-8")
    with pytest.raises(NoticeDataError, match="m03_school"):
        load_from(folder)


def test_a_notice_nobody_has() -> None:
    with pytest.raises(NoticeDataError, match="no notice data"):
        load_notice("xicheng-1999-1")


def test_only_one_provision_is_for_special_difficulties(folder: Path) -> None:
    measure = folder / "measures" / "m04.toml"
    text = measure.read_text(encoding="utf-8")
    measure.write_text(text.replace("\ndecider =", "\nspecial = true\ndecider =", 1), "utf-8")
    with pytest.raises(NoticeDataError, match="only one can be for special difficulties"):
        load_from(folder)


CLAUSES = "前言　　第一条 补贴甲。参照第二条执行。　　第十条 补贴乙。\n第十条之一 附则。"


@pytest.mark.parametrize(
    ("text", "headings", "measures"),
    [
        (
            "前言　　(二十)参照(一)。　　另一段。(责任单位：甲)　　（二十一）补贴。（责任单位:乙）",
            {},
            {"二十": "参照(一)。\n另一段。", "二十一": "补贴。"},
        ),
        (
            CLAUSES,
            {"一": "第一条", "十": "第十条", "附则": "第十条之一"},
            {
                "一": "补贴甲。参照第二条执行。",
                "十": "补贴乙。",
                "附则": "附则。",
            },
        ),
        (
            "1. 补贴1.5万元。\n2. 不超过2.0%。",
            {"1": "1.", "2": "2."},
            {"1": "补贴1.5万元。", "2": "不超过2.0%。"},
        ),
    ],
)
def test_measures_are_numbered_as_the_notice_does(
    text: str, headings: dict[str, str], measures: dict[str, str]
) -> None:
    found = measures_of(text, headings)
    assert {measure: words.strip() for measure, words in found.items()} == measures


@pytest.mark.parametrize(
    ("text", "headings"), [(CLAUSES, {"二": "第二条"}), ("(一)甲　　(一)乙", {})]
)
def test_a_measure_begins_exactly_one_paragraph(text: str, headings: dict[str, str]) -> None:
    with pytest.raises(NoticeDataError, match="paragraph"):
        measures_of(text, headings)


def test_a_notice_that_the_rules_cannot_carry_out_is_refused(folder: Path) -> None:
    for old, new, named in (
        ('when = "otherwise"', 'when = "on_the_moon"', "on_the_moon"),
        ('key = "m04.chain_shops"', 'key = "m04.shops"', "m04.chain_shops"),
        ('[conditions."4.1"]', '[conditions."4.0"]', "4.1"),
    ):
        measure = folder / "measures" / "m04.toml"
        text = measure.read_text(encoding="utf-8")
        replace_once(measure, old, new)
        if named == "4.1":
            replace_once(measure, '[conditions."4.1".', '[conditions."4.0".')
        with pytest.raises(UnknownToRules, match=named):
            require_rules(Notice(load_from(folder).content), PROVISIONS)
        measure.write_text(text, encoding="utf-8")
    replace_once(folder / "notice.toml", 'district = "xicheng"', 'district = "atlantis"')
    with pytest.raises(UnknownToRules, match="atlantis"):
        require_rules(Notice(load_from(folder).content), PROVISIONS)
    require_rules(Notice(load_notice("xicheng-2020-6").content), PROVISIONS)


@pytest.mark.parametrize("file", ["notice.txt", "sentences.toml", "measures/m01.toml"])
def test_a_file_in_another_encoding_is_refused_by_name(folder: Path, file: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    (folder / file).write_bytes(text.encode("gbk", errors="replace"))
    with pytest.raises(NoticeDataError, match=Path(file).name):
        load_from(folder)


def test_a_notice_without_words_or_provisions_is_refused(folder: Path) -> None:
    (folder / "sentences.toml").write_text("", encoding="utf-8")
    with pytest.raises(NoticeDataError, match=r"sentences\.toml"):
        load_from(folder)


def test_a_notice_without_measures_is_refused(folder: Path) -> None:
    shutil.rmtree(folder / "measures")
    with pytest.raises(NoticeDataError, match="no provision"):
        load_from(folder)
