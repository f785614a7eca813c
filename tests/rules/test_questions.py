"""Every open question of the notice is shown, with its careful reading, wherever it applies."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from rules import PROVISIONS, questions
from rules.explain import explain
from rules.model import Assessment, Case
from rules.routing import route
from tests.support.packaged import WORDS
from tests.support.scenarios.every import run, scenarios
from tests.support.scenarios.judging import NOTICE, Judged, Scenario, cases, judge
from tests.support.submitted import QUICK, decide, submitted
from vocabulary.outcomes import Outcome, Standing, Truth

EXPECTED: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(
    (Path(__file__).parents[1] / "data" / "questions.toml").read_text(encoding="utf-8")
)
WORKED = [scenario for scenario in scenarios() if scenario.id in cases() and scenario.id != "T31"]
CLOSED = (Outcome.INELIGIBLE, Outcome.REFERRED, Outcome.NOT_IN_FORCE)


def number(question: str) -> int:
    """``"Q12"`` -> 12."""
    return int(question[1:])


def test_every_question_has_a_predicate_and_every_predicate_a_question() -> None:
    asked = {each.question for register in questions.REGISTER.values() for each in register}
    asked |= {*questions.OF_ROUTES, *questions.OF_VISITS, NOTICE.rounding or ""}
    assert asked == set(NOTICE.questions) == {f"Q{n}" for n in range(1, 43)}
    assert {NOTICE.several_lead, NOTICE.two_desks} == set(questions.OF_ROUTES)
    assert set(questions.REGISTER) == set(PROVISIONS)


def test_a_question_is_about_conditions_of_its_provision() -> None:
    for code, register in questions.REGISTER.items():
        own = PROVISIONS[code]
        codes = {condition.code for condition in (*own.conditions, *own.item_conditions)}
        for asked in register:
            about: frozenset[str] = getattr(asked, "about", frozenset())
            assert not about or about & codes, (code, asked.question)


def test_the_list_holds_every_worked_case_that_a_form_lets_through() -> None:
    # No form lets T31 through; the others are no application, or two that are each listed.
    assert set(EXPECTED) | {"T31", "K16", "G09", "R04", "V03", "V04"} == set(cases())


@pytest.mark.parametrize("scenario", WORKED, ids=str)
def test_a_worked_case_shows_the_officer_its_questions_and_readings(scenario: Scenario) -> None:
    judged = run(scenario)
    document = judged.route.added_to(judged.assessment.document())
    shown = explain(document, NOTICE, WORDS, officer=True)["questions"]
    assert all(each["question"] and each["reading"] for each in shown)
    ids = sorted((each["id"] for each in shown), key=number)
    expected = EXPECTED[scenario.id]
    assert ids in [expected[name] for name in expected if name.startswith(scenario.provision)]
    if ambiguous := cases()[scenario.id]["ambiguous"]:
        assert ambiguous["q"] in ids


def of(case: str, **facts: Any) -> Judged:
    """A worked case with other facts."""
    one = next(scenario for scenario in scenarios() if scenario.id == case)
    return judge(
        one.provision, one.enterprise, {**one.facts, **facts}, found=one.found, officer=True
    )


def ids(judged: Judged) -> set[str]:
    """The questions shown."""
    return {each["id"] for each in judged.explained["questions"]}


@pytest.mark.parametrize(
    ("question", "case"),
    [
        ("Q2", "E02"),
        ("Q2", "E10~"),
        ("Q11", "L02~"),
        ("Q21", "K01"),
        ("Q22", "K01"),
        ("Q24", "G03"),
        ("Q26", "G~ sum"),
        ("Q27", "G03"),
        ("Q29", "S01"),
        ("Q29", "S02"),
        ("Q31", "L13"),
    ],
)
def test_a_reading_that_decided_is_shown_though_nothing_is_left_open(
    question: str, case: str
) -> None:
    assert question in ids(of(case))


def test_parts_of_a_fen_are_rounded_once_though_their_sum_is_whole() -> None:
    [lease] = of_facts("T01")["leases"][:1]
    leases = [
        {
            **lease,
            "lease_no": f"A-{n}",
            "address": f"样例街{n}号",
            "rent_basis": "quarter",
            "rent": "100.00",
            "months": months,
        }
        for n in range(3)
        for months in ([{"month": "2020-03"}],)
    ]
    judged = of("T01", leases=leases)
    assert str(judged.assessment.amount) == "100.00"
    assert "Q31" in ids(judged)


def of_facts(case: str) -> Mapping[str, Any]:
    """A worked case's facts."""
    return next(scenario for scenario in scenarios() if scenario.id == case).facts


# What the register says, said once more from the bare facts of whatever a form lets through.
BARE: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Mapping[str, bool]]] = {
    "m03_school": lambda _, facts: {
        "Q2": True,
        "Q20": True,
        "Q42": facts.get("approval_district", "xicheng") != "xicheng",
    },
    "m04_chain_shop": lambda _, __: {"Q21": True, "Q22": True},
    "m01_landlord": lambda _, facts: {
        "Q11": facts.get("landlord") == "district_soe",
        "Q14": True,
        "Q18": True,
        "Q15": facts.get("landlord") in ("central_soe", "other_district_soe"),
    },
    "m02_carrier": lambda enterprise, facts: {
        "Q11": facts.get("landlord") == "district_soe",
        "Q18": True,
        "Q19": enterprise["kind"] not in ("enterprise", "branch")
        or facts.get("carrier") == "other",
    },
    "m06_guarantee": lambda _, facts: {
        "Q24": True,
        "Q26": len(facts.get("guarantees") or ()) > 1,
        "Q27": True,
        "Q28": facts.get("guarantor") == "private",
    },
    "m13_training": lambda enterprise, _: {
        "Q12": enterprise["kind"] in ("individual_business", "private_non_enterprise"),
        "Q29": True,
    },
    "m01_tenant": lambda _, facts: {
        "Q4": bool(facts.get("dismissed")),
        "Q9": any(lease.get("rent_paid") for lease in facts.get("leases") or ()),
    },
}


@pytest.mark.parametrize("provision", sorted(PROVISIONS))
def test_whatever_a_form_takes_shows_the_questions_that_apply(provision: str) -> None:
    @QUICK
    @given(submitted(provision))
    def check(case: Case) -> None:
        assessment = decide(provision, case)
        shown = set(assessment.questions)
        assert shown <= set(questions.of_provision(provision)) | {NOTICE.rounding}
        if assessment.outcome in CLOSED:
            return
        named = {line.question for line in assessment.lines if line.question}
        dead = {f.item for f in assessment.findings if f.answer.truth is Truth.FALSE}
        named |= {
            found.answer.question
            for found in assessment.findings
            if found.answer.question and found.item not in dead
        }
        assert named <= shown, named - shown
        assert (NOTICE.rounding in shown) is rounded(assessment)
        if not dead:
            for question, applies in BARE.get(provision, nothing)(
                case.enterprise, case.facts
            ).items():
                assert (question in shown) or not applies, question
        document = route(provision, case, NOTICE).added_to(assessment.document())
        told = explain(document, NOTICE, WORDS, officer=True)["questions"]
        assert shown <= {each["id"] for each in told}
        assert all(each["reading"] for each in told)

    check()


def nothing(_: Mapping[str, Any], __: Mapping[str, Any]) -> Mapping[str, bool]:
    """No more than what holds of every provision."""
    return {}


def rounded(assessment: Assessment) -> bool:
    """Whether any line that may count ends in a part of a fen."""
    return any(
        (Fraction(line.amount) * 100).denominator != 1
        for line in assessment.lines
        if line.standing is not Standing.EXCLUDED
    )


def test_a_route_rests_on_the_order_of_bureaus_and_on_the_desks_of_one() -> None:
    restaurant = of("T01")
    assert {"Q37", "Q38"} <= ids(restaurant)
    office = of("T02")
    assert {"Q37", "Q38"}.isdisjoint(ids(office))
    own = explain(restaurant.route.added_to(restaurant.assessment.document()), NOTICE, WORDS)[
        "questions"
    ]
    assert {"Q37", "Q38"}.isdisjoint({each["id"] for each in own})
