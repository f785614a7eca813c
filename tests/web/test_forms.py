"""Forms drawn from the schemas: every provision's, filled in as its samples are."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string

from casework.intake import screening
from config.settings import Settings
from schemas.application import IDENTITY
from schemas.forms import FORMS
from schemas.kit.problem import FieldError
from schemas.kit.refusals import SENTENCES
from tests.support.packaged import PACKAGED, example, load_application, packaged_forms
from web.parts.forms import drawing, typed
from web.parts.forms.of_schema import form_of
from web.parts.forms.sentences import to_people
from web.parts.forms.shapes import Control, Field, Form

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.json"))
_OF_PROGRAMS = {
    "invalid_datetime",
    "invalid_if_match",
    "invalid_idempotency_key",
    "nul_character",
    "not_a_number",
    "null_not_allowed",
    "unknown_pointer",
}
"""Of what no page's form can be wrong in."""
PAGE = """{% from "parts/form.html" import parts, fault_summary %}
{{ fault_summary(d.faults) }}{{ parts(d.parts) }}"""


def form(provision: str) -> Form:
    made = form_of(PACKAGED.notice, provision)
    assert made is not None
    return made


def without_identity(document: dict[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in document.items() if name not in (IDENTITY, "notice")}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_typed_into_its_form_is_the_same_application(path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"))["application"]
    asked = form(sample["provision"])
    made, faults = typed.check(asked, typed.as_typed(asked, sample), packaged_forms)
    assert faults == []
    assert made is not None
    assert without_identity(made.document()) == load_application(sample).document()


class Asked(HTMLParser):
    """The names of a page's fields that are not hidden where they do not apply."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.off: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "fieldset":
            self.off.append("disabled" in told)
            assert ("disabled" in told) == ("hidden" in told)
        elif (name := told.get("name")) and not any(self.off):
            self.names.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "fieldset":
            self.off.pop()


@pytest.mark.parametrize("provision", sorted(FORMS))
def test_what_a_page_sends_back_is_what_it_showed(alone: Flask, provision: str) -> None:
    """Every field of the published example stands on the page of its step, under its name."""
    asked = form(provision)
    before = typed.as_typed(asked, example(provision))
    names: set[str] = set()
    for step in asked.steps:
        drawn = drawing.draw(step, before)
        with alone.test_request_context():
            page = render_template_string(PAGE, d=drawn)
        seen = Asked()
        seen.feed(page)
        posted = {name: text.split("\n") for name, text in before.items() if name in seen.names}
        names |= set(posted)
        assert typed.keep(step, before, posted) == before
        assert typed.shown(step, before) >= {name for name in posted if not name.endswith("#")}
        assert "None" not in page
        assert page.count("<label") + page.count("<legend") > 0
    hidden = {name for name in before if name not in names}
    assert bool(hidden) == (provision in {"m01_tenant", "m03_school"})
    sent = typed.application(asked, before)
    for name in hidden:  # what is not shown is not sent
        *way, last = name.removeprefix("/").split("/")
        here: Any = sent
        for each in way:
            here = here[int(each)] if isinstance(here, list) else here.get(each, {})
        assert last not in here, name


@pytest.mark.parametrize(
    ("control", "text", "read"),
    [
        (Control.MONEY, "￥１０，０００．５０ 元", "10000.50"),
        (Control.MONEY, "30000", "30000"),
        (Control.MONEY, "1,234,567.8", "1234567.8"),
        (Control.MONEY, "1万2", "1万2"),
        (Control.MONEY, "12,34", "12,34"),
        (Control.MONEY, "-5", "-5"),
        (Control.DATE, "2019-1-1", "2019-01-01"),
        (Control.DATE, "2019/01/01", "2019-01-01"),
        (Control.DATE, "2019年1月1日", "2019-01-01"),
        (Control.DATE, "２０１９．１．１", "2019-01-01"),
        (Control.DATE, "20190101", "2019-01-01"),
        (Control.DATE, "2019年1月1号", "2019-01-01"),
        (Control.DATE, "2019-01-01 00:00:00", "2019-01-01"),
        (Control.DATE, "2019/1/1 0:00", "2019-01-01"),
        (Control.DATE, "2019/1/1 12:30", "2019/1/1 12:30"),
        (Control.DATE, "1/2/2019", "1/2/2019"),
        (Control.MONTH, "2020年3月", "2020-03"),
        (Control.MONTH, "2020/03", "2020-03"),
        (Control.WHOLE, "３０人", 30),
        (Control.WHOLE, "三十", "三十"),
        (Control.WHOLE, "30.0", 30),
        (Control.WHOLE, "30.5", "30.5"),
        (Control.WHOLE, "1.000", "1.000"),
        (Control.WHOLE, "12个月", 12),
        (Control.WHOLE, "30名", 30),
        (Control.WHOLE, "约30", "约30"),
        (Control.PERCENT, "1.99%", "1.99"),
        (Control.YES_NO, "false", False),
    ],
)
def test_what_can_be_read_one_way_is_read(control: Control, text: str, read: object) -> None:
    assert typed.read_value(Field("x", "甲", "", "", control), text) == read


@pytest.mark.parametrize("provision", sorted(FORMS))
def test_nothing_is_decided_without_is_called_optional(provision: str) -> None:
    """Who leaves out all that a form calls optional is not asked for it afterwards."""
    asked = form(provision)
    whole = typed.as_typed(asked, example(provision))

    def missing(answers: dict[str, str]) -> set[str]:
        made, faults = typed.check(asked, answers, packaged_forms)
        assert made is not None, faults
        seen = screening.preview(Settings("", ""), made, date(2020, 5, 20))
        return {each.pointer for each in seen.verdict.missing}

    assert missing(whole) == set()
    for name in whole:
        step = asked.step_of(name)
        part = step.part_at(name) if step else None
        if isinstance(part, Field) and part.is_optional:
            assert missing({each: text for each, text in whole.items() if each != name}) == set()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("rent", "2万", "2万请写成20000"),
        ("rent", "１.５万元", "请写成15000"),
        ("rent", "1万2", "10002元，也可以读成12000元"),
        ("rent", "1.000", "1元，也可以读成1000元"),
        ("starts_on", "2019年1月", "缺日"),
        ("starts_on", "2019", "缺月和日"),
        ("starts_on", "1月3日", "缺年"),
        ("starts_on", "一月三日", "不是有效的日期"),
        ("starts_on", "2019.2.30", "2019年2月没有30日"),
        ("starts_on", "2019年2月30号", "2019年2月没有30日"),
        ("ends_on", "20191301", "没有13月"),
        ("starts_on", "19/1/1", "年份请写全四位"),
        ("starts_on", "19年3月", "年份请写全四位"),
        ("rent", "三万元", "金额只写数字，以元为单位，例如30000.00。"),
        ("rent", "约3万", "3万请写成30000"),
        ("rent", "约3,000元", "读到的数是3000"),
        ("ends_on", "长期", "没有写明结束日的合同，这里写 2100年12月31日"),
        ("ends_on", "无固定期限", "这里写 2100年12月31日"),
        ("starts_on", "至今", "请写一个日期：到今天还没有结束的"),
        ("starts_on", "不详", "不知道的，先空着"),
        ("rent", "免租", "没有发生的写0"),
        ("rent", "同上", "请写全"),
        ("starts_on", "2119-01-01", "在 1900年1月1日 至 2100年12月31日 之间"),
    ],
)
def test_a_sum_or_day_that_cannot_be_read_says_how_it_could(
    field: str, text: str, said: str
) -> None:
    """A9, A10: refused with both readings, or with the part that is missing."""
    asked = form("m01_tenant")
    before = {"/facts/leases#": "1", f"/facts/leases/0/{field}": text}
    step = asked.step("leases")
    assert step is not None
    _, faults = typed.check(asked, before, packaged_forms, step)
    told = {each.id: each.message for each in drawing.draw(step, before, faults).faults}
    assert said in told[f"f-facts-leases-0-{field}"]


def test_leading_zeros_and_pasted_blanks_survive() -> None:
    """A26."""
    asked = form("m01_tenant")
    whole = typed.as_typed(asked, example("m01_tenant"))
    pasted = {"/facts/leases/0/lease_no": " 0012\t", "/enterprise/contact/phone": "010 6611 2569 "}
    made, faults = typed.check(asked, {**whole, **pasted}, packaged_forms)
    assert made is not None, faults
    assert made.facts["leases"][0]["lease_no"] == "0012"
    assert made.enterprise["contact"]["phone"] == "010 6611 2569"


def test_the_day_that_stands_for_no_end_is_taken() -> None:
    asked = form("m01_tenant")
    whole = typed.as_typed(asked, example("m01_tenant"))
    ends = {**whole, "/facts/leases/0/ends_on": "2100年12月31日"}
    assert ends.keys() == whole.keys()
    seen = []
    for answers in (whole, ends):
        made, faults = typed.check(asked, answers, packaged_forms)
        assert made is not None, faults
        seen.append(screening.preview(Settings("", ""), made, date(2020, 5, 20)).verdict)
    assert seen[0].amount
    assert seen[0].amount == seen[1].amount


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("约30", "约30里读到的数是30：正好是30的，请只写30"),
        ("30人左右", "读到的数是30"),
        ("30-40", "读到几个数（30、40），请只写一个"),
        ("30.5", "只写整数，读到的是30.5。"),
        ("-5", "不能是负数，读到的是-5。"),
        ("十二人", "十二人请写成12"),
        ("1.2万", "1.2万请写成12000"),
        ("三百", "只写整数，例如12。"),
        ("没有裁", "没有发生的写0"),
        ("99999999999", "应在 0 到"),
    ],
)
def test_a_count_that_is_refused_names_the_number_that_was_read(text: str, said: str) -> None:
    asked = form("m01_tenant")
    step = asked.step("enterprise")
    assert step is not None
    _, faults = typed.check(asked, {"/enterprise/employees": text}, packaged_forms, step)
    drawn = drawing.draw(step, {"/enterprise/employees": text}, faults)
    told = {each.id: each.message for each in drawn.faults}
    assert said in told["f-enterprise-employees"]


def test_no_page_shows_how_json_writes_a_value() -> None:
    """Every sentence of a schema, where nothing better is known of what was typed."""
    for code, sentence in SENTENCES.items():
        if code in _OF_PROGRAMS:
            continue
        shown = to_people(FieldError("/x", code, sentence))
        assert not re.search(r'"|JSON|\btrue\b|\bfalse\b|null|\d{4}-\d\d', shown), (code, shown)


def test_an_error_is_named_where_it_is_and_beside_its_field() -> None:
    asked = form("m01_tenant")
    before = {
        "/facts/leases#": "2",
        "/facts/leases/1/rent": "2万",
        "/facts/leases/1/starts_on": "2019-07-01",
        "/facts/leases/1/ends_on": "2012-6-30",
    }
    step = asked.step("leases")
    assert step is not None
    _, faults = typed.check(asked, before, packaged_forms, step)
    drawn = drawing.draw(step, before, faults)
    said = [(each.id, each.place, each.message) for each in drawn.faults]
    assert said[0][:2] == ("f-facts-leases-1-rent", "承租的房产2，租金")
    (group,) = drawn.parts
    assert isinstance(group, drawing.DrawnGroup)
    rent = next(
        each
        for each in group.items[1].parts
        if isinstance(each, drawing.DrawnField) and each.field.name == "rent"
    )
    assert (rent.text, rent.error, rent.input_mode) == ("2万", said[0][2], "decimal")
    assert rent.described.endswith("f-facts-leases-1-rent-e")


def test_what_does_not_apply_is_neither_shown_nor_sent_nor_lost() -> None:
    asked = form("m01_tenant")
    step = asked.step("leases")
    assert step is not None
    base = "/facts/leases/0"
    before = {f"{base}/lease_form": "sublease", f"{base}/head_rent": "9000"}
    assert typed.application(asked, before)["facts"]["leases"][0]["head_rent"] == "9000"
    direct = {**before, f"{base}/lease_form": "direct"}
    assert "head_rent" not in typed.application(asked, direct)["facts"]["leases"][0]
    sent = {"/facts/leases#": ["1"], f"{base}/lease_form": ["direct"]}
    kept = typed.keep(step, before, sent)
    assert kept[f"{base}/head_rent"] == "9000"
    errors = [FieldError(f"{base}/head_rent", "x", "错了")]
    assert drawing.draw(step, direct, errors).faults == ()


def test_items_are_added_and_removed_without_losing_others() -> None:
    at = "/facts/leases"
    before = {f"{at}/{place}/lease_no": f"第{place}份" for place in range(3)}
    added = typed.add_item(before, at, 3)
    assert (added[at + "#"], added[f"{at}/2/lease_no"]) == ("4", "第2份")
    fewer = typed.remove_item(before, at, 1, 3)
    assert fewer == {at + "#": "2", f"{at}/0/lease_no": "第0份", f"{at}/1/lease_no": "第2份"}


def test_a_page_takes_no_field_that_it_does_not_ask() -> None:
    step = form("m01_tenant").steps[0]
    posted = {"/enterprise/name": ["样例"], "/facts/leases/0/rent": ["1"], "/x": ["y"]}
    assert typed.keep(step, {}, posted) == {"/enterprise/name": "样例"}
