"""Every reason a condition can give has its sentence, and no sentence stands for nothing.

Read from the code itself: what the functions of conditions answer with, and what they call.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import rules
from rules import PROVISIONS
from rules.explain import explain, say
from tests.support.packaged import WORDS
from tests.support.scenarios.chain import CHAIN_NEIGHBOURS, CHAINS
from tests.support.scenarios.every import run, scenarios
from tests.support.scenarios.judging import NOTICE, Scenario, judge
from tests.support.scenarios.landlord import CARRIERS, LANDLORDS
from tests.support.scenarios.landlord_neighbours import CARRIER_NEIGHBOURS, LANDLORD_NEIGHBOURS
from tests.support.scenarios.rent import TENANTS
from tests.support.scenarios.rent_neighbours import TENANT_NEIGHBOURS
from tests.support.scenarios.school import SCHOOL_NEIGHBOURS, SCHOOLS
from vocabulary.base import Vocabulary
from vocabulary.outcomes import Outcome

REASON_AT = {"met": 0, "failed": 0, "to_find": 0, "open_question": 1}
"""Constructor of an answer -> the position of its reason; the first three have a default."""
EVERY = [
    *TENANTS,
    *TENANT_NEIGHBOURS,
    *LANDLORDS,
    *LANDLORD_NEIGHBOURS,
    *CARRIERS,
    *CARRIER_NEIGHBOURS,
    *SCHOOLS,
    *SCHOOL_NEIGHBOURS,
    *CHAINS,
    *CHAIN_NEIGHBOURS,
]


@cache
def functions() -> dict[str, ast.FunctionDef]:
    """Every top-level function of conditions and provisions, by name."""
    found: dict[str, ast.FunctionDef] = {}
    for path in Path(rules.__path__[0]).glob("*/*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.update({node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)})
    return found


def literals(node: ast.expr, within: ast.FunctionDef) -> Iterator[str]:
    """The texts an expression can be; ``use_*`` for an f-string that starts with ``use_``."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp():
            yield from literals(node.body, within)
            yield from literals(node.orelse, within)
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]):
            yield f"{start}*"
        case ast.Name(id=name):
            for statement in ast.walk(within):
                if isinstance(statement, ast.Assign) and any(
                    isinstance(target, ast.Name) and target.id == name
                    for target in statement.targets
                ):
                    yield from literals(statement.value, within)


@cache
def reasons(function: str) -> frozenset[str]:
    """Every reason a condition's function can answer with, through what it calls."""
    found: set[str] = set()
    todo, seen = [function], set()
    while todo:
        name = todo.pop()
        if name in seen or name not in functions():
            continue
        seen.add(name)
        body = functions()[name]
        for call in (node for node in ast.walk(body) if isinstance(node, ast.Call)):
            if not isinstance(call.func, ast.Name):
                continue
            todo.append(call.func.id)
            todo += [arg.id for arg in call.args if isinstance(arg, ast.Name)]
            if call.func.id == "missing":
                found.add("missing")
            elif (position := REASON_AT.get(call.func.id)) is not None:
                given = call.args[position] if len(call.args) > position else None
                found.update(literals(given, body) if given is not None else {call.func.id})
    return frozenset(found)


def answers(code: str) -> set[str]:
    """Every reason given under a condition's code, in whatever provision."""
    found: set[str] = set()
    for provision in PROVISIONS.values():
        for condition in (*provision.conditions, *provision.item_conditions):
            if condition.code == code:
                found |= reasons(condition.check.__qualname__.split(".")[0])
        if provision.items is not None and provision.items_code == code:
            found.add("missing")
    return found


@pytest.mark.parametrize("code", sorted(NOTICE.conditions))
def test_every_reason_has_its_sentence_and_every_sentence_its_reason(code: str) -> None:
    own = set(NOTICE.conditions[code].get("reasons", {}))
    given = answers(code)
    assert given, "a condition no provision asks"
    given |= {"found_met", "found_failed"} & own  # what an official finds
    started = {text.removesuffix("*") for text in given if text.endswith("*")}
    plain = {text for text in given if not text.endswith("*")}
    assert plain - own - set(NOTICE.lines) == set()
    assert all(any(text.startswith(start) for text in own) for start in started)
    unused = {text for text in own - plain if not text.startswith(tuple(started) or ("\0",))}
    assert unused == set()


def test_every_condition_asked_has_its_words() -> None:
    asked = {
        condition.code
        for provision in PROVISIONS.values()
        for condition in (*provision.conditions, *provision.item_conditions)
    } | {provision.items_code for provision in PROVISIONS.values() if provision.items}
    assert asked == set(NOTICE.conditions)


@pytest.mark.parametrize("scenario", EVERY, ids=str)
def test_what_people_read_is_chinese_and_filled_in(scenario: Scenario) -> None:
    explained = run(scenario).explained
    sentences = [finding["explanation"] for finding in explained["findings"]]
    sentences += [line["reason"] for line in explained["arithmetic"] if "reason" in line]
    sentences += [explained["summary"], *explained["would_alter"]]
    codes = {
        member.value
        for kind in Vocabulary.__subclasses__()
        for member in kind
        if len(member.value) > 4
    }
    for sentence in sentences:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence)
        assert not [field for _, field, _, _ in Formatter().parse(sentence) if field]
        assert not [code for code in codes if code in sentence], sentence
        assert "None" not in sentence
    for question in explained["questions"]:
        assert question["question"]
        assert question["reading"]


def test_a_denial_says_what_would_have_to_be_different() -> None:
    denied = next(scenario for scenario in TENANTS if scenario.id == "T13")
    judged = run(denied)
    assert judged.assessment.outcome is Outcome.INELIGIBLE
    assert judged.explained["would_alter"] == ["若房产属于西城区区属国有企业，则可继续核对。"]
    assert [referral["to"][:3] for referral in judged.explained["referrals"]] == ["北京市"]
    document = judged.route.added_to(judged.assessment.document())
    assert explain(document, NOTICE, WORDS) == judged.explained


def by_id(case: str) -> Scenario:
    """The worked case of that id."""
    return next(scenario for scenario in scenarios() if scenario.id == case)


@pytest.mark.parametrize(
    "case",
    ["T10", "T11", "T32", "L06", "L16", "K04", "K06", "K10", "G12", "S02", "S08", "S14"],
)
def test_no_line_of_a_denied_application_says_that_it_counts(case: str) -> None:
    judged = run(by_id(case))
    assert judged.assessment.amount == 0
    against = {
        f["label"]: f["explanation"]
        for f in judged.explained["findings"]
        if f["result"] == "false" and f["item"] is None
    }
    for line in judged.explained["arithmetic"]:
        assert line["standing_text"] == "不计入"
        assert any(
            label in line["reason"] and why in line["reason"] for label, why in against.items()
        )


@pytest.mark.parametrize("scenario", list(scenarios()), ids=str)
def test_what_people_read_names_no_question_by_its_number(scenario: Scenario) -> None:
    explained = run(scenario).explained
    for question in explained["questions"]:
        assert question.pop("id")
        assert "internal" not in question
    for row in (*explained["findings"], *explained["arithmetic"]):
        row.pop("question", None)
    told = json.dumps(explained, ensure_ascii=False)
    assert not re.search(r"Q\d", told)
    assert "东城、海淀" not in told
    assert "min(" not in told


def test_what_is_internal_is_for_officers() -> None:
    judged = run(by_id("L01"))
    assert "Q18" in judged.assessment.questions
    officers = explain(judged.assessment.document(), NOTICE, WORDS, officer=True)
    remark = next(q for q in officers["questions"] if q["id"] == "Q18")["internal"]
    assert "区财政局" in remark


def test_a_question_is_listed_only_where_it_matters() -> None:
    assert "Q39" in run(by_id("T20")).assessment.questions  # nobody has found the difficulty yet
    assert "Q39" not in run(by_id("T01")).assessment.questions  # found
    bare = by_id("T10")
    denied = judge(bare.provision, bare.enterprise, bare.facts)
    assert denied.assessment.questions == ("Q1",)


def test_an_officers_reason_is_read_by_the_applicant() -> None:
    tenant = by_id("T01")
    found = (*(code for code in tenant.found if code != "1.3"), "!1.3")
    judged = judge(
        tenant.provision,
        tenant.enterprise,
        tenant.facts,
        found=found,
        bureau="sasac",
        note="位于疏解整治清单第3项{x}。",
    )
    against = judged.finding("1.3")
    assert against["result_text"] == "不符合（属于疏解整治范围）"
    assert against["explanation"] == (
        "区国资委已认定：属于疏解整治范围，因此本项不通过。认定理由：位于疏解整治清单第3项{x}。"
    )
    assert judged.assessment.document() == judged.assessment.document()
    assert "位于疏解整治清单" in judged.explained["arithmetic"][0]["reason"]


@pytest.mark.parametrize("case", ["F01", "F13", "F15"])
def test_a_service_names_whom_to_call(case: str) -> None:
    judged = run(by_id(case))
    for phone in judged.told.values():
        assert phone in judged.explained["summary"]
    assert "下列指引" not in judged.explained["summary"]


def test_unpaid_rent_says_what_to_bring_and_who_acts() -> None:
    explained = run(by_id("K13")).explained
    assert explained["needs_finding"] == []
    [point] = explained["waiting"]
    assert (point["kind"], point["who"]) == ("unpaid", "applicant")
    assert "缴费凭证" in point["bring"]
    assert point["text"] in explained["summary"]
    assert "没有待认定的条件" in explained["summary"]


def test_the_citys_rule_is_pointed_to_only_where_it_can_fit() -> None:
    assert run(by_id("T10")).assessment.referrals == ("city_rule",)
    chain = by_id("K10")
    assert run(chain).assessment.referrals == ()
    assert "见转介" not in run(chain).finding("1.1")["explanation"]
    [shop] = chain.facts["shops"]
    facts = {**chain.facts, "shops": [{**shop, "owner": "municipal_soe"}]}
    judged = judge(chain.provision, chain.enterprise, facts, found=chain.found)
    assert judged.assessment.referrals == ("city_rule",)


def test_figures_are_read_as_people_write_them() -> None:
    assert "390,000.00元" in run(by_id("T20")).finding("1.5")["explanation"]
    assert say("-1500000.00") == "-1,500,000.00"
    steps = run(by_id("S01")).explained["arithmetic"][0]["steps"]
    assert steps == "每20课时500元，20课时计1次，每人最高3,000元：500.00"


def test_the_limb_that_applies_is_quoted() -> None:
    tenant = by_id("T01")
    [lease, *_] = tenant.facts["leases"]
    quoted = {}
    for use in ("production", "office"):
        facts = {**tenant.facts, "leases": [{**lease, "use": use}]}
        quoted[use] = judge(tenant.provision, tenant.enterprise, facts).finding("1.10")["words"]
    assert quoted == {"production": "从事生产经营活动", "office": "承租用于办公用房的"}


def test_contacts_carry_the_name_and_scope_of_their_own_line() -> None:
    for name, entry in NOTICE.contacts.items():
        contact = NOTICE.contact(name)
        assert contact["bureau_name"] in entry["printed"]
        assert contact["section"].split("(")[0] in entry["printed"]
    assert NOTICE.contact("m12.3")["bureau_name"] == "区科技和信息化局"
    assert NOTICE.contact("m01-04.5")["bureau_name"] == "区科学技术和信息化局"
    assert NOTICE.contact("m13.2")["section"] == "劳动服务管理中心(临时性岗位补贴)"
    assert NOTICE.contact("m13.1")["section"] in NOTICE.contact("m13.1")["printed"]


@pytest.mark.parametrize("scenario", [*SCHOOLS, *SCHOOL_NEIGHBOURS], ids=str)
def test_schools_are_quoted_no_word_that_their_paragraph_lacks(scenario: Scenario) -> None:
    explained = run(scenario).explained
    quoted = [finding["words"] for finding in explained["findings"]]
    assert not [words for words in quoted if "区内" in words]


def test_a_school_waits_for_what_its_bureau_alone_can_find() -> None:
    school = by_id("E08")
    bare = judge(school.provision, school.enterprise, school.facts)
    asked = {need["condition"]: need["decider"] for need in bare.explained["needs_finding"]}
    assert asked == {"3.2": "区教委", "3.5": "区教委"}
    assert "西城区教委" in bare.finding("3.2")["explanation"]
    assert "Q2" in bare.assessment.questions
