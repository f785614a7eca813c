"""Explanations a shop clerk and an officer can follow: figures, sums, refusals, what would help."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from rules import PROVISIONS
from rules.explain import explain
from rules.model import Case
from rules.provision import Finder
from rules.routing import route
from rules.totals import MOST_NAMED
from tests.support.packaged import WORDS
from tests.support.scenarios.every import run, scenarios
from tests.support.scenarios.judging import NOTICE, Judged, Scenario, judge
from tests.support.scenarios.landlord import LANDLORD, one, tenants
from tests.support.submitted import QUICK, decide, submitted
from vocabulary.base import Vocabulary
from vocabulary.days import dated

WORKED = [scenario for scenario in scenarios() if scenario.id != "T31"]
CODES = {
    member.value
    for kind in Vocabulary.__subclasses__()
    for member in kind
    if member.value.isascii() and member.value.islower()
}
CODE_WORD = re.compile(rf"(?<![A-Za-z0-9_-])(?:sme|{'|'.join(sorted(CODES))})(?![A-Za-z0-9_-])")


def by_id(case: str) -> Scenario:
    """The worked case of that id."""
    return next(scenario for scenario in scenarios() if scenario.id == case)


def of(case: str, enterprise: Mapping[str, Any] | None = None, **facts: Any) -> Judged:
    """A worked case with another enterprise or other facts."""
    one = by_id(case)
    return judge(
        one.provision,
        {**one.enterprise, **(enterprise or {})},
        {**one.facts, **facts},
        found=one.found,
    )


def sentences(explained: Mapping[str, Any]) -> list[str]:
    """Everything an explanation says in sentences."""
    said = [explained["summary"], *explained["would_alter"]]
    for found in explained["findings"]:
        said += [found["explanation"], found["result_text"], found["decider"]]
    for line in explained["arithmetic"]:
        said += [line["steps"], line.get("reason", "")]
    return [*said, *(group["reason"] for group in explained["not_counted"])]


def sound(explained: Mapping[str, Any]) -> None:
    """Lines and rounding are the total; what is left out is named; nothing is said in code."""
    counted = [
        Decimal(line["amount"]) for line in explained["arithmetic"] if line["standing"] == "counted"
    ]
    if total := explained.get("total"):
        assert sum(counted, start=Decimal(0)) == Decimal(total["lines"])
        assert Decimal(total["lines"]) + Decimal(total["rounding"]) == Decimal(total["amount"])
        assert f"{Decimal(total['amount']):,.2f}元" in total["text"]
        if Decimal(total["rounding"]):
            assert total["rounding"].lstrip("-") in total["text"]
        if explained["outcome"] in ("eligible", "needs_determination"):
            computed = explained.get("cap", {}).get("computed", explained["amount"])
            assert Decimal(total["amount"]) == Decimal(computed)
    else:
        assert explained["amount"] is None or not explained["arithmetic"]
    if explained["outcome"] in ("eligible", "needs_determination"):
        left_out = [line for line in explained["arithmetic"] if line["standing"] != "counted"]
        assert sum(Decimal(line["amount"]) for line in left_out) == sum(
            Decimal(group["amount"]) for group in explained["not_counted"]
        )
        for group in explained["not_counted"]:
            assert group["reason"]
            told = [group["reason"], *(point["text"] for point in explained["waiting"])]
            if group["standing"] == "excluded":
                told = [group["reason"]]
                many = len(group["labels"]) > MOST_NAMED
                assert all(label in explained["summary"] for label in group["labels"][:MOST_NAMED])
                assert not many or f"等{len(group['labels'])}项" in explained["summary"]
            assert any(reason in explained["summary"] for reason in told)
    for sentence in sentences(explained):
        assert not CODE_WORD.search(sentence), sentence
        assert dated(sentence) == sentence, "a day is written as people write it"
        assert not re.search(r"满足“[^”]*”的要求|。。|；。|，。|None", sentence), sentence


@pytest.mark.parametrize("scenario", WORKED, ids=str)
def test_every_worked_case_is_explained_soundly(scenario: Scenario) -> None:
    sound(run(scenario).explained)


@pytest.mark.parametrize("provision", sorted(PROVISIONS))
def test_whatever_a_form_takes_is_explained_soundly(provision: str) -> None:
    @QUICK
    @given(submitted(provision))
    def check(case: Case) -> None:
        document = route(provision, case, NOTICE).added_to(decide(provision, case).document())
        explained = explain(document, NOTICE, WORDS, officer=True)
        # What somebody typed in is no sentence of ours.
        sound(
            {
                **explained,
                "arithmetic": [{**line, "label": ""} for line in explained["arithmetic"]],
                "not_counted": [{**group, "labels": []} for group in explained["not_counted"]],
            }
        )

    check()


def test_the_size_sentence_shows_the_firms_figures_and_the_one_that_decided() -> None:
    small = of("T01").finding("1.6")["explanation"]
    assert small == (
        "属于小型企业，在中小微企业之内：餐饮业，从业人员30人、营业收入800万元；"
        "都达到小型的下限（从业人员10人、营业收入100万元），从业人员30人低于中型的下限100人"
        "（标准：工信部联企业〔2011〕300号）。"
    )
    large = of("T11").finding("1.6")["explanation"]
    assert "零售业，从业人员300人、营业收入20,000万元" in large
    assert "都达到大型的下限（从业人员300人、营业收入20,000万元）" in large
    blank = run(next(each for each in WORKED if "the other is blank" in each.words)).finding("1.6")
    assert blank["result"] == "true"
    assert blank["explanation"] == (
        "属于中小微企业：零售业，从业人员299人；从业人员299人低于大型的下限300人；"
        "未填营业收入，不再细分（标准：工信部联企业〔2011〕300号）。"
    )
    assert "sme" not in str(blank)


def test_what_has_no_arithmetic_is_not_said_to_be_computed() -> None:
    provisions = {"m10_research", "m14_special_difficulty"}
    documents = [run(each).assessment.document() for each in WORKED if each.provision in provisions]
    assert documents
    for document in documents:
        granted = {**document, "outcome": "eligible"}
        summary = explain(granted, NOTICE, WORDS, determined=True)["summary"]
        assert "通知未规定金额" in summary
        assert "按规则计算" not in summary


def test_a_partial_grant_says_what_was_refused_and_why() -> None:
    february = run(by_id("T26")).explained
    [part] = february["not_counted"]
    assert (part["labels"], part["amount"]) == (["2020年2月"], "20000.00")
    assert "另有2020年2月（20,000.00元）不计入" in february["summary"]
    assert "京政办发〔2020〕7号" in february["summary"]
    large = run(by_id("L03")).explained
    assert "大型企业，不计入" in large["summary"]


def test_rooms_a_school_lets_on_are_said_to_be_left_out() -> None:
    canteen = next(each for each in scenarios() if "a canteen let on" in each.words)
    explained = run(canteen).explained
    [group] = explained["not_counted"]
    assert group["labels"] == [f"2020年{month}月（从事生产经营活动）" for month in (3, 4)]
    assert group["amount"] == "18.00"
    assert "（18.00元）不计入：这一部分不是办学用房" in explained["summary"]


def test_what_is_held_back_is_said_with_its_amount_and_reason() -> None:
    ruled = run(by_id("L04")).explained["summary"]
    assert "金额7,200.00元" in ruled
    assert "（3,600.00元）暂不计入：承租方为个体工商户" in ruled
    nothing = run(by_id("L10")).explained["summary"]
    assert "金额0.00元" in nothing
    assert "（9,000.00元）暂不计入：应付租金共60,000.00元，只减免30,000.00元" in nothing
    unpaid = run(by_id("K13")).explained["summary"]
    assert unpaid.count("租金尚未缴纳") == 1


def test_of_many_parts_left_out_the_first_are_named_and_the_number() -> None:
    one = by_id("S04")
    explained = run(one).explained
    [group] = explained["not_counted"]
    assert len(group["labels"]) > MOST_NAMED
    assert f"等{len(group['labels'])}项" in explained["summary"]
    assert group["labels"][MOST_NAMED] not in explained["summary"]


def test_lines_that_do_not_add_up_say_so() -> None:
    quarterly = run(by_id("T08")).explained
    assert [line["amount"] for line in quarterly["arithmetic"]] == ["30333.33", "30333.33"]
    assert quarterly["total"] == {
        "amount": "60666.67",
        "lines": "60666.66",
        "rounding": "0.01",
        "text": "各行四舍五入后相加为60,666.66元；计算过程不取整，合计只在最后四舍五入一次，"
        "为60,666.67元，相差0.01元。",
    }
    assert run(by_id("T29")).explained["total"]["text"] == "合计44,000.00元。"


def test_every_figure_of_a_guarantee_has_its_name() -> None:
    [line, *_] = run(by_id("G05")).explained["arithmetic"]
    steps = re.sub(r"[\d,]+\.\d\d", "#", line["steps"])
    assert steps == "（降费前费用#与按2%计算的费用#中的较小者 － 现收费用#）× 50% = #"


def test_a_relief_is_shown_as_declared() -> None:
    [lease] = by_id("T01").facts["leases"]
    months = [{"month": "2020-03", "rent_due": "30000", "relief_received": "12000"}]
    steps = of("T01", leases=[{**lease, "months": months}]).explained["arithmetic"][0]["steps"]
    assert steps == "30,000.00 × 100% － 已获减免12,000.00 = 18,000.00"
    [shop] = by_id("K01").facts["shops"]
    rows = [{"month": "2020-03", "rent_due": "30000", "reduction": "10000", "paid": "20000"}]
    steps = of("K01", shops=[{**shop, "months": rows}]).explained["arithmetic"][0]["steps"]
    assert steps == "20,000.00（应付30,000.00 － 减免10,000.00，已缴20,000.00） × 30% = 6,000.00"


def test_what_is_late_is_not_called_met() -> None:
    one = by_id("S01")
    late = judge(one.provision, one.enterprise, one.facts, found=one.found, day=date(2020, 9, 1))
    found = late.finding("13.deadline")
    assert "晚于" in found["explanation"]
    assert "符合" not in found["result_text"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("only May is asked for", "若就2020年3月、4月的租金提出申请，则可继续核对。"),
        ("May only", "若为入驻者减免了2020年3月或4月的租金并按月填报，则可继续核对。"),
        (
            "the premises are on the clearance list, by its own word",
            "若填报有误并经更正，且经认定不在疏解整治范围内，则可继续核对。",
        ),
    ],
)
def test_a_hint_names_the_true_change(words: str, hint: str) -> None:
    one = next(each for each in scenarios() if each.words == words)
    assert run(one).explained["would_alter"] == [hint]


@pytest.mark.parametrize(
    ("case", "hint"),
    [
        ("T01", "若由中小微企业或个体工商户承租并申请，则可继续核对。"),
        ("S01", "若由中小微企业申请，则可继续核对。"),
    ],
)
def test_who_is_no_firm_is_not_told_to_become_small(case: str, hint: str) -> None:
    """A public body has no size by 300号 that could be another."""
    body = {"kind": "public_body", "uscc": "12100000400002259P"}
    assert of(case, body).explained["would_alter"] == [hint]


@pytest.mark.parametrize("provision", sorted(PROVISIONS))
def test_what_an_official_found_is_said_as_what_it_is(provision: str) -> None:
    for condition in (*PROVISIONS[provision].conditions, *PROVISIONS[provision].item_conditions):
        text = NOTICE.conditions[condition.code]
        if condition.finder is Finder.NONE:
            continue
        met = text.get("reasons", {}).get("found_met", NOTICE.lines["found_met"])
        stated = list(text.get("found", {}).values())
        if set(text["reasons"]) - {"missing", "met", "failed"} - set(text.get("found", {})):
            stated.append(text["if_met"].removeprefix("若").removeprefix("经认定"))
        for affirmed in stated:
            said = met.format(bureau="区商务局", affirmed=affirmed)
            assert condition.code == "3.2" or not re.search(r"已认定：(经|认定)", said), said


def test_days_and_months_are_read_as_people_write_them() -> None:
    one = next(each for each in scenarios() if each.words == "only May is asked for")
    assert run(one).finding("1.7")["explanation"] == "申请的月份为2020年5月，不含2020年3月、4月。"
    term = of("T01").finding("1.7")["explanation"]
    assert re.fullmatch(r"租期\d{4}年\d+月\d+日至\d{4}年\d+月\d+日。", term)


def test_who_may_not_let_is_not_called_met() -> None:
    house = run(by_id("L16")).finding("2.house")
    assert (house["explanation"], house["result_text"]) == (
        "填报为无权出租。",
        "见合法经营企业一项",
    )


def test_a_cut_that_a_later_rise_takes_back_is_not_said_to_be_too_small() -> None:
    row = one("10000", due="10000", use="production", rent_raised_later=True, raised_amount="1000")
    judged = judge("m01_landlord", LANDLORD, tenants(row, landlord="district_soe"))
    said = judged.finding("2.3")["explanation"]
    assert "上调租金、多收1,000.00元" in said
    assert "只减免" not in said
