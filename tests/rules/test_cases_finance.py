"""The worked cases G, S, F, V and R, each under its id, and the cases next to them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rules.model import Context, Taken
from tests.support.scenarios.finance import (
    FIRM,
    GUARANTEE_NEIGHBOURS,
    GUARANTEES,
    INSTITUTION,
    RECOGNISED,
    guarantees,
)
from tests.support.scenarios.judging import OUTCOMES, Judged, Scenario, cases, judge
from tests.support.scenarios.services import NEIGHBOURS, SERVICES
from tests.support.scenarios.training import FOUND_S, TRAINING, TRAINING_NEIGHBOURS, training

WORKED = cases()
LISTED = [*GUARANTEES, *TRAINING, *SERVICES]
ELSEWHERE = {"G09", "R02", "R04", "V03", "V04"}
"""Two institutions (below), routing rows (test_routes, (一) second paragraph), the calendar."""


def run(scenario: Scenario) -> Judged:
    """Judge a scenario."""
    return judge(
        scenario.provision,
        scenario.enterprise,
        scenario.facts,
        found=scenario.found,
        day=scenario.day,
        context=scenario.context,
    )


def reached(judged: Judged, scenario: Scenario) -> None:
    """The contacts reached are those the scenario names, the lead first."""
    if scenario.phones:
        assert tuple(judged.told.values()) == scenario.phones


@pytest.mark.parametrize("scenario", LISTED, ids=str)
def test_worked_case(scenario: Scenario) -> None:
    worked = WORKED[scenario.id]
    judged = run(scenario)
    assert judged.assessment.outcome == OUTCOMES[worked["decision"]], judged.explained["findings"]
    if worked["amount"] is not None:
        assert judged.assessment.amount == Decimal(worked["amount"])
    if worked["ambiguous"]:
        assert worked["ambiguous"]["q"] in judged.assessment.questions
    reached(judged, scenario)


@pytest.mark.parametrize(
    "scenario", [*GUARANTEE_NEIGHBOURS, *TRAINING_NEIGHBOURS, *NEIGHBOURS], ids=str
)
def test_next_to_a_worked_case(scenario: Scenario) -> None:
    judged = run(scenario)
    assert judged.assessment.outcome == scenario.outcome, judged.explained["findings"]
    if scenario.amount is not None:
        assert judged.assessment.amount == Decimal(scenario.amount)
    reached(judged, scenario)


def test_every_worked_case_of_these_measures_is_run() -> None:
    theirs = {case for case in WORKED if case[0] in "GSFVR"}
    assert theirs == {scenario.id for scenario in LISTED} | ELSEWHERE


def test_g09_the_cap_is_per_institution() -> None:
    other = {**INSTITUTION, "uscc": "91110105MA00D0059L"}
    facts = guarantees({"amount": "800000000"})
    first = judge("m06_guarantee", INSTITUTION, facts, found=RECOGNISED).assessment
    second = judge("m06_guarantee", other, facts, found=RECOGNISED).assessment
    assert first.cap is not None
    assert second.cap is not None
    assert first.cap.account != second.cap.account
    assert first.amount is not None
    assert second.amount is not None
    assert first.amount + second.amount == Decimal(WORKED["G09"]["amount"])


def test_branch_and_head_office_share_one_account() -> None:
    head = judge("m06_guarantee", INSTITUTION, guarantees(), found=RECOGNISED).assessment
    branch = judge(
        "m06_guarantee",
        {**INSTITUTION, "kind": "branch", "uscc": "91110105MA00D0059L"},
        guarantees(head_office_uscc=INSTITUTION["uscc"]),
        found=RECOGNISED,
    ).assessment
    assert head.cap is not None
    assert branch.cap is not None
    assert head.cap.account == branch.cap.account
    assert head.benefits == branch.benefits  # one contract, one key, whoever files it


def test_a_contract_paid_for_earlier_is_linked_and_not_counted_again() -> None:
    first = judge("m06_guarantee", INSTITUTION, guarantees(), found=RECOGNISED).assessment
    key = first.benefits[0].key
    taken = {key: Taken("WQ200601-0000001-X", Decimal("50000.00"))}
    again = judge(
        "m06_guarantee", INSTITUTION, guarantees(), found=RECOGNISED, context=Context(taken)
    )
    assert again.assessment.outcome == "needs_determination"
    assert again.assessment.amount == Decimal("0.00")
    assert again.assessment.lines[0].earlier == "WQ200601-0000001-X"
    [point] = again.explained["waiting"]
    assert (point["kind"], point["who"]) == ("taken", "bureau")
    assert "WQ200601" not in str(again.explained)


def test_a_person_trained_and_paid_for_earlier_is_not_paid_twice() -> None:
    first = judge("m13_training", FIRM, training(2), found=FOUND_S).assessment
    taken = {first.benefits[0].key: Taken("WQ200601-0000001-X", Decimal("2040.00"))}
    again = judge("m13_training", FIRM, training(2), found=FOUND_S, context=Context(taken))
    assert again.assessment.amount == Decimal("2040.00")


def test_an_officer_cannot_find_away_what_the_figures_say() -> None:
    facts = training(revenue_2020={"total": "200100"})
    judged = judge("m13_training", FIRM, facts, found=(*FOUND_S, "13.2"))
    assert judged.assessment.outcome == "ineligible"


def test_a_ruling_on_an_undefined_base_settles_it() -> None:
    zero = {"feb": "0", "mar": "0", "apr": "0"}
    facts = training(revenue_2019=zero, revenue_2020=zero)
    met = judge("m13_training", FIRM, facts, found=(*FOUND_S, "13.2")).assessment
    assert (met.outcome, met.amount) == ("eligible", Decimal("20400.00"))
    failed = judge("m13_training", FIRM, facts, found=(*FOUND_S, "!13.2")).assessment
    assert (failed.outcome, failed.amount) == ("ineligible", Decimal("0.00"))


def test_the_drop_is_never_shown_rounded_up_to_the_threshold() -> None:
    facts = training(revenue_2020={"total": "200000.01"})
    judged = judge("m13_training", FIRM, facts, found=FOUND_S)
    assert "下降79.99%" in judged.finding("13.2")["explanation"]


def test_the_amounts_of_13_are_shown_as_the_citys() -> None:
    judged = judge("m13_training", FIRM, training(), found=FOUND_S)
    money = [row for row in judged.explained["parameters"] if row["unit"] == "yuan"]
    assert {row["source"] for row in money} == {"city"}
    assert all("市级标准" in line["label"] for line in judged.explained["arithmetic"])
    assert "本通知没有规定金额" in judged.explained["amount_note"]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2020, 8, 30), "之前"),
        (date(2020, 8, 31), "之前"),
        (date(2020, 9, 1), "晚于"),
    ],
)
def test_the_citys_last_day_is_shown_and_never_enforced(day: date, reason: str) -> None:
    judged = judge("m13_training", FIRM, training(), found=FOUND_S, day=day)
    assert judged.assessment.outcome == "eligible"
    assert reason in judged.finding("13.deadline")["explanation"]


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        ("2020-05-05", "2020-07-31", False),
        ("2020-05-06", "2020-07-31", True),
        ("2020-05-07", "2020-07-30", True),
        ("2020-05-06", "2020-08-01", False),
    ],
)
def test_the_citys_training_window(start: str, end: str, inside: bool) -> None:
    facts = training(training_from=start, training_to=end)
    judged = judge("m13_training", FIRM, facts)
    asked = [f for f in judged.explained["needs_finding"] if f["condition"] == "13.window"]
    assert (not asked) is inside
    if asked:
        assert "不全在" in judged.finding("13.window")["explanation"]


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        (date(2020, 5, 10), "not_in_force"),
        (date(2020, 5, 11), "eligible"),
        (date(2020, 5, 12), "eligible"),
    ],
)
def test_the_notice_speaks_from_the_day_it_was_issued(day: date, outcome: str) -> None:
    facts = guarantees()
    judged = judge("m06_guarantee", INSTITUTION, facts, found=RECOGNISED, day=day)
    assert judged.assessment.outcome == outcome


@pytest.mark.parametrize(
    ("opened", "outcome"),
    [
        ("2019-01-31", "eligible"),
        ("2019-02-01", "eligible"),
        ("2019-02-02", "needs_determination"),
    ],
)
def test_a_firm_that_opened_after_the_base_began_has_no_whole_base(
    opened: str, outcome: str
) -> None:
    judged = judge("m13_training", FIRM, training(opened_on=opened), found=FOUND_S)
    assert judged.assessment.outcome == outcome


def test_nobody_but_the_district_government_decides_a_special_difficulty() -> None:
    facts = {"field": "rent", "difficulty": "产权纠纷"}
    for bureau in ("finance", "development_reform", "sasac", "lead"):
        judged = judge("m14_special_difficulty", FIRM, facts, found=("14.4",), bureau=bureau)
        assert judged.assessment.outcome == "needs_determination"
    decided = judge(
        "m14_special_difficulty", FIRM, facts, found=("14.4",), bureau="district_government"
    )
    assert decided.assessment.outcome == "eligible"
    assert decided.assessment.amount is None
    assert decided.finding("14.4")["explanation"] == "区政府已决定予以协调解决。"
    refused = judge(
        "m14_special_difficulty", FIRM, facts, found=("!14.4",), bureau="district_government"
    )
    assert refused.assessment.outcome == "ineligible"


WITHOUT_AMOUNT = [s for s in (*SERVICES, *NEIGHBOURS) if s.provision != "m13_training"]


@pytest.mark.parametrize("scenario", WITHOUT_AMOUNT, ids=str)
def test_measures_without_an_amount_never_show_one(scenario: Scenario) -> None:
    judged = run(scenario)
    assert judged.assessment.amount is None
    assert not judged.explained["arithmetic"]
