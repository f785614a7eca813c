"""The worked cases T, L, P, E and K, each under its id, and the cases next to them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rules.explain import explain
from schemas.kit.format_errors import FormatErrors
from tests.support.packaged import WORDS, load_application
from tests.support.scenarios.chain import K15, K16
from tests.support.scenarios.every import LISTED, NEIGHBOURS, run
from tests.support.scenarios.judging import NOTICE, OUTCOMES, Scenario, cases
from tests.support.scenarios.landlord import (
    cuts,
    landlord,
    tenants,
)
from tests.support.scenarios.rent import FIRM, leases
from vocabulary.outcomes import Standing

WORKED = cases()
BELOW = {"T31", "K15", "K16"}
"""Cases that are more than one assessment."""
REPEATS = {"T28", "P05"}


def test_every_worked_case_of_the_five_letters_is_here() -> None:
    here = {scenario.id for scenario in LISTED} | BELOW
    assert here == {case for case in WORKED if case[0] in "TLPEK"}


@pytest.mark.parametrize("scenario", LISTED, ids=str)
def test_worked_case(scenario: Scenario) -> None:
    worked = WORKED[scenario.id]
    judged = run(scenario)
    expected = {**OUTCOMES, "DUPLICATE": "needs_determination"}[worked["decision"]]
    if scenario.id == "T14" and scenario.provision == "m01_tenant":
        expected = "referred"
    assert judged.assessment.outcome == expected, judged.explained["findings"]
    amount = None if worked["amount"] is None else Decimal(worked["amount"])
    assert judged.assessment.amount == amount
    if worked["ambiguous"]:
        assert worked["ambiguous"]["q"] in judged.assessment.questions


@pytest.mark.parametrize("scenario", NEIGHBOURS, ids=str)
def test_neighbour(scenario: Scenario) -> None:
    judged = run(scenario)
    assert judged.assessment.outcome == scenario.outcome, judged.explained["findings"]
    amount = None if scenario.amount is None else Decimal(scenario.amount)
    assert judged.assessment.amount == amount, judged.explained["arithmetic"]


def test_t31_a_wrong_check_character_is_refused_as_a_format_error() -> None:
    with pytest.raises(FormatErrors) as refused:
        load_application(
            {
                "provision": "m01_tenant",
                "enterprise": {**FIRM, "uscc": "91350100M000100Y4Z"},
                "facts": leases(),
            }
        )
    [error] = refused.value.errors
    assert (error.pointer, error.code) == ("/enterprise/uscc", "invalid_uscc_check")


@pytest.mark.parametrize(
    "scenario", [s for s in LISTED if s.id in REPEATS], ids=lambda scenario: scenario.id
)
def test_a_repeat_is_shown_with_the_earlier_receipt_and_claims_nothing(scenario: Scenario) -> None:
    judged = run(scenario)
    assert {line.standing for line in judged.assessment.lines} == {Standing.TAKEN}
    receipts = {taken.receipt for taken in scenario.context.taken.values()}
    assert {line.earlier for line in judged.assessment.lines} == receipts
    assert not judged.explained["needs_finding"]
    assert "没有待认定的条件" in judged.explained["summary"]
    assert "已由另一份申请获准" in judged.explained["summary"]
    [point] = judged.explained["waiting"]
    assert point["who"] == "bureau"
    assert point["bring"]
    # Somebody else may have used the public code: only officers see whose application it was.
    assert not [receipt for receipt in receipts if receipt in str(judged.explained)]
    document = judged.assessment.document()
    officers = explain(document, NOTICE, WORDS, officer=True)
    assert {line["earlier_receipt"] for line in officers["arithmetic"]} == receipts
    assert set(officers["waiting"][0]["earlier_receipts"]) == receipts
    assert all(receipt in officers["summary"] for receipt in receipts)
    assert judged.assessment.benefits == ()


def test_k15_one_waiver_and_nothing_left_for_a_subsidy() -> None:
    waiver, subsidy = map(run, K15)
    assert (waiver.assessment.outcome, subsidy.assessment.outcome) == ("eligible", "eligible")
    total = Decimal(waiver.assessment.amount or 0) + Decimal(subsidy.assessment.amount or 0)
    assert total == Decimal(WORKED["K15"]["amount"])
    assert "Q23" in subsidy.assessment.questions
    assert {line.earlier for line in subsidy.assessment.lines} == {None, "WQ200601-0000003-X"}


def test_k16_landlord_and_branch_are_paid_for_different_yuan() -> None:
    cut = run(
        landlord("K16", "half of 60,000", tenants({"months": cuts("30000", "30000", due="60000")}))
    )
    branch = run(K16)
    assert (cut.assessment.outcome, branch.assessment.outcome) == ("eligible", "eligible")
    assert cut.assessment.amount == branch.assessment.amount == Decimal("18000.00")
    keys = [{b.key for b in judged.assessment.benefits} for judged in (cut, branch)]
    assert keys[0].isdisjoint(keys[1])
