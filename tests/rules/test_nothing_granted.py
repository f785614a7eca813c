"""A grant of 0.00 says why: in the summary, and beside each line that comes to nothing."""

from __future__ import annotations

import re

import pytest

from tests.support.scenarios.every import run, scenarios
from tests.support.scenarios.judging import NOTICE, Scenario
from vocabulary.outcomes import Outcome

ELIGIBLE = [one for one in scenarios() if run(one).assessment.outcome is Outcome.ELIGIBLE]
NOTHING = [one for one in ELIGIBLE if run(one).assessment.amount == 0]


def test_there_are_such_grants_of_every_measure_that_can_come_to_nothing() -> None:
    assert {one.provision for one in NOTHING} == {
        "m01_tenant",
        "m01_landlord",
        "m04_chain_shop",
        "m06_guarantee",
    }


@pytest.mark.parametrize("scenario", NOTHING, ids=str)
def test_a_grant_of_nothing_says_why(scenario: Scenario) -> None:
    assert re.search(r"金额0\.00元（.+）", run(scenario).explained["summary"])


@pytest.mark.parametrize("scenario", list(scenarios()), ids=str)
def test_a_line_that_counts_and_comes_to_nothing_says_why(scenario: Scenario) -> None:
    judged = run(scenario)
    for line, told in zip(judged.assessment.lines, judged.explained["arithmetic"], strict=True):
        if line.standing == "counted" and line.amount == 0:
            assert told["reason"] == NOTICE.lines[line.reason or ""]


@pytest.mark.parametrize(
    ("case", "words", "why"),
    [
        ("K07", "both months waived", "减免之后该月没有实际承担的房租"),
        ("G08~", "nothing is left under the cap", "累计上限5,000,000.00元已用完"),
        ("G16~ medium found", "a medium borrower", "没有可补贴的降低额"),
        ("L12~", "a sublessor's net of nothing, found", "上游产权单位给予的减免不少于"),
        ("L08~", "the rise brought all of it back", "净减免为零"),
        ("L13~", "a fen cut", "四舍五入到分为零"),
        ("T24~", "the whole rent was waived before", "已获减免或补助"),
        ("T23~", "both months are rent-free", "没有应付租金"),
        ("K15~", "the parent's waiver of the same lease", "免收"),
    ],
)
def test_the_reason_is_the_one_that_holds(case: str, words: str, why: str) -> None:
    [scenario] = [one for one in NOTHING if one.id == case and one.words.startswith(words)]
    assert why in run(scenario).explained["summary"]


@pytest.mark.parametrize("scenario", [one for one in ELIGIBLE if one not in NOTHING], ids=str)
def test_a_grant_of_something_does_not(scenario: Scenario) -> None:
    assert "元（" not in run(scenario).explained["summary"]
