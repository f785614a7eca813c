"""What is pointed out to the officer as a question, and not asked without cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.scenarios.chain import BRANCH, FOUND_K, PARENT, SHOP, paid, shop
from tests.support.scenarios.finance import INSTITUTION, guarantees
from tests.support.scenarios.judging import Judged, judge
from tests.support.scenarios.landlord import FOUND_L, LANDLORD, one, tenants
from tests.support.scenarios.rent import FIRM, FOUND_T, leases
from tests.support.scenarios.school import FOUND_E, rooms
from tests.support.scenarios.training import FOUND_S, training

HERE = {"address": "西城区测试街1号", "owner_uscc": "91110102MA00C00454"}


@dataclass(frozen=True)
class Doubt:
    """A form that gives cause for one question, and its neighbour that gives none. Amounts in
    yuan: while the question is open, and once an official has found that nothing is behind it."""

    words: str
    code: str
    provision: str
    enterprise: dict[str, Any]
    found: tuple[str, ...]
    facts: dict[str, Any]
    without: dict[str, Any]
    amount: str
    settled: str

    def judge(self, facts: dict[str, Any], *more: str) -> Judged:
        """Judge one of the two forms."""
        found = (*self.found, *more)
        return judge(self.provision, self.enterprise, facts, found=found)

    def __str__(self) -> str:
        return self.words


def doubt(words: str, code: str, **rest: Any) -> Doubt:
    """A question that (一) asks of a tenant."""
    base = {"provision": "m01_tenant", "enterprise": FIRM, "found": FOUND_T}
    return Doubt(words, code, **{**base, **rest})


PUBLIC, INDIVIDUALS, PRIVATE = "12100000400000624D", "92110102MA00B00231", "52110102MJ0000034L"
"""Codes of a public institution, an individual business, a private non-enterprise."""

_SAME = one("10000", "10000", tenant_name="测试承租甲")
_TWICE = [{**SHOP, "lease_no": number, "months": paid("30000", "30000")} for number in "甲乙"]

DOUBTS = (
    doubt(
        "a lease under a second number",
        "1.same",
        facts=leases(HERE, HERE),
        without=leases(HERE, {**HERE, "rent": "30001"}),
        amount="60000.00",
        settled="120000.00",
    ),
    doubt(
        "a lease under a second number, its address typed otherwise",
        "1.same",
        facts=leases(HERE, {**HERE, "address": "西城区 测试街１号"}),
        without=leases(HERE, {**HERE, "address": "西城区测试街2号"}),
        amount="60000.00",
        settled="120000.00",
    ),
    doubt(
        "a lease under a second number, where nobody wrote an address",
        "1.same",
        facts=leases({}, {}),
        without=leases({}, {"owner_name": "另一产权单位"}),
        amount="60000.00",
        settled="120000.00",
    ),
    doubt(
        "rent paid to oneself",
        "1.itself",
        facts=leases({"owner_uscc": FIRM["uscc"]}),
        without=leases(HERE),
        amount="0.00",
        settled="60000.00",
    ),
    doubt(
        "rent paid to oneself, by name",
        "1.itself",
        facts=leases({"owner_name": "测试餐饮 甲"}),
        without=leases({"owner_name": "测试餐饮乙"}),
        amount="0.00",
        settled="60000.00",
    ),
    doubt(
        "a shop under a second number",
        "1.same",
        provision="m04_chain_shop",
        enterprise=BRANCH,
        found=FOUND_K,
        facts=shop([], shops=_TWICE),
        without=shop([], shops=[_TWICE[0], {**_TWICE[1], "months": paid("30000", "29999")}]),
        amount="18000.00",
        settled="36000.00",
    ),
    doubt(
        "a branch that pays rent to its parent",
        "1.itself",
        provision="m04_chain_shop",
        enterprise=BRANCH,
        found=FOUND_K,
        facts=shop(paid("30000", "30000"), {"owner_name": "测试餐饮甲"}),
        without=shop(paid("30000", "30000"), {"owner_name": "测试产权"}),
        amount="0.00",
        settled="18000.00",
    ),
    doubt(
        "one tenant's cut under two numbers",
        "2.same",
        provision="m01_landlord",
        enterprise=LANDLORD,
        found=FOUND_L,
        facts=tenants(_SAME, _SAME),
        without=tenants(_SAME, {**_SAME, "tenant_name": "测试承租乙"}),
        amount="6000.00",
        settled="12000.00",
    ),
    doubt(
        "a landlord that cut its own rent",
        "2.itself",
        provision="m01_landlord",
        enterprise=LANDLORD,
        found=FOUND_L,
        facts=tenants(one("10000", tenant_uscc=LANDLORD["uscc"])),
        without=tenants(one("10000")),
        amount="0.00",
        settled="3000.00",
    ),
    doubt(
        "the operator of a 载体 that cut its own rent",
        "2.itself",
        provision="m02_carrier",
        enterprise=LANDLORD,
        found=FOUND_L,
        facts={**tenants(one("10000", tenant_name="测试物业甲")), "carrier": "incubator"},
        without={**tenants(one("10000")), "carrier": "incubator"},
        amount="0.00",
        settled="3000.00",
    ),
    doubt(
        "more trainees than insured staff",
        "13.staff",
        provision="m13_training",
        found=FOUND_S,
        facts=training(10, insured_staff=9),
        without=training(10, insured_staff=10),
        amount="0.00",
        settled="20400.00",
    ),
    doubt(
        "more trainees than employees, where nobody said who is insured",
        "13.staff",
        provision="m13_training",
        found=FOUND_S,
        facts=training(FIRM["employees"] + 1),
        without=training(FIRM["employees"]),
        amount="0.00",
        settled="63240.00",
    ),
    doubt(
        "training after the city's window",
        "13.window",
        provision="m13_training",
        found=FOUND_S,
        facts=training(training_to="2020-08-01"),
        without=training(),
        amount="20400.00",
        settled="20400.00",
    ),
    doubt(
        "a parent with the code of a public institution",
        "legal_form",
        provision="m04_chain_shop",
        enterprise=BRANCH,
        found=FOUND_K,
        facts=shop(paid("30000", "30000"), parent={**PARENT, "uscc": PUBLIC}),
        without=shop(paid("30000", "30000"), parent=PARENT),
        amount="18000.00",
        settled="18000.00",
    ),
    doubt(
        "a tenant with another kind's code",
        "2.form",
        provision="m01_landlord",
        enterprise=LANDLORD,
        found=FOUND_L,
        facts=tenants(one("10000", tenant_uscc=INDIVIDUALS)),
        without=tenants(one("10000")),
        amount="0.00",
        settled="3000.00",
    ),
)


@pytest.mark.parametrize("case", DOUBTS, ids=str)
def test_a_doubt_waits_for_an_official_and_is_said_in_words(case: Doubt) -> None:
    judged = case.judge(case.facts)
    assert judged.assessment.outcome == "needs_determination"
    assert f"{judged.assessment.amount}" == case.amount
    (open_,) = judged.explained["needs_finding"]
    assert open_["condition"] == case.code
    said = judged.finding(case.code)
    assert said["waits_for"] == "official"
    assert "须由" in said["explanation"]
    assert "None" not in said["explanation"]


@pytest.mark.parametrize("case", DOUBTS, ids=str)
def test_an_officials_word_settles_it(case: Doubt) -> None:
    judged = case.judge(case.facts, case.code)
    assert judged.assessment.outcome == "eligible"
    assert f"{judged.assessment.amount}" == case.settled
    assert judged.finding(case.code)["result"] == "true"
    refused = case.judge(case.facts, f"!{case.code}")
    assert judged.assessment.amount is not None
    assert refused.assessment.amount is not None
    assert refused.assessment.amount < judged.assessment.amount


@pytest.mark.parametrize("case", DOUBTS, ids=str)
def test_without_cause_nothing_is_asked(case: Doubt) -> None:
    judged = case.judge(case.without)
    assert judged.assessment.outcome == "eligible"
    assert case.code not in {found.code for found in judged.assessment.findings}


def test_the_same_lease_listed_twice_under_one_number_is_counted_once() -> None:
    twice = leases({**HERE, "lease_no": "甲"}, {**HERE, "lease_no": "甲"})
    judged = judge("m01_tenant", FIRM, twice, found=FOUND_T)
    assert f"{judged.assessment.amount}" == "60000.00"
    assert [point["kind"] for point in judged.explained["waiting"]] == ["repeated_item"]


@dataclass(frozen=True)
class Form:
    """An applicant whose code says that it is something else, and its neighbour with a right one.
    Amounts in yuan."""

    words: str
    kind: str
    code: str
    right: str
    provision: str = "m01_tenant"
    facts: Any = None
    found: tuple[str, ...] = FOUND_T
    amount: str = "60000.00"

    def judge(self, code: str, *more: str) -> Judged:
        enterprise = {**FIRM, "kind": self.kind, "uscc": code}
        found = (*self.found, *more)
        return judge(self.provision, enterprise, self.facts or leases({}), found=found)

    def __str__(self) -> str:
        return self.words


FORMS = (
    Form(
        "an enterprise filed as an individual business, which needs no size",
        "individual_business",
        FIRM["uscc"],
        INDIVIDUALS,
    ),
    Form("an individual business filed as an enterprise", "enterprise", INDIVIDUALS, FIRM["uscc"]),
    Form("a public institution filed as an enterprise", "enterprise", PUBLIC, FIRM["uscc"]),
    Form("a private school filed as an enterprise", "enterprise", PRIVATE, FIRM["uscc"]),
    Form(
        "an enterprise filed as a private school",
        "private_non_enterprise",
        FIRM["uscc"],
        PRIVATE,
        "m03_school",
        rooms({}),
        FOUND_E,
    ),
    Form(
        "an individual business filed as an enterprise that trained people",
        "enterprise",
        INDIVIDUALS,
        FIRM["uscc"],
        "m13_training",
        training(),
        FOUND_S,
        "20400.00",
    ),
)


@pytest.mark.parametrize("case", FORMS, ids=str)
def test_a_code_of_another_kind_is_asked_about_and_denies_nothing_by_itself(case: Form) -> None:
    judged = case.judge(case.code)
    assert judged.assessment.outcome == "needs_determination"
    (open_,) = judged.explained["needs_finding"]
    assert open_["condition"] == "legal_form"
    said = judged.finding("legal_form")["explanation"]
    assert case.code in said
    assert "核对营业执照" in said
    settled = case.judge(case.code, "legal_form")
    assert (settled.assessment.outcome, str(settled.assessment.amount)) == ("eligible", case.amount)
    refused = case.judge(case.code, "!legal_form")
    assert refused.assessment.outcome == "ineligible"
    right = case.judge(case.right)
    assert "legal_form" not in {found.code for found in right.assessment.findings}
    assert str(right.assessment.amount) == case.amount


def test_a_finding_over_the_firms_own_word_says_so() -> None:
    admitted = training(training_organised=False, trainees=[])
    refused = judge("m13_training", FIRM, admitted, found=("13.1",))
    assert refused.assessment.outcome == "ineligible"
    found = judge("m13_training", FIRM, admitted, found=FOUND_S)
    said = found.finding("13.4")
    assert said["result"] == "true"
    assert "填报的情况与此相反" in said["explanation"]


def test_a_state_owned_owner_with_the_code_of_no_firm_waits() -> None:
    facts = leases({"owner_uscc": PUBLIC})
    judged = judge("m01_tenant", FIRM, facts, found=FOUND_T)
    assert (judged.assessment.outcome, str(judged.assessment.amount)) == (
        "needs_determination",
        "0.00",
    )
    assert "事业单位" in judged.finding("1.9")["explanation"]
    settled = judge("m01_tenant", FIRM, facts, found=(*FOUND_T, "1.9"))
    assert str(settled.assessment.amount) == "60000.00"


def test_who_is_no_branch_does_not_draw_on_anothers_total() -> None:
    other = guarantees({}, head_office_uscc="91110105MA00D0059L")
    judged = judge("m06_guarantee", INSTITUTION, other, found=("6.4",))
    assert judged.assessment.outcome == "needs_determination"
    assert str(judged.assessment.amount) == "0.00"
    assert "会占用其累计上限" in judged.finding("6.6")["explanation"]
    own = guarantees({}, head_office_uscc=INSTITUTION["uscc"])
    assert judge("m06_guarantee", INSTITUTION, own, found=("6.4",)).assessment.outcome == "eligible"
