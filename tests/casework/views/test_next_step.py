"""Who acts next, in words that fit the case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from casework.acts import findings
from casework.decision import assess
from casework.people.access import Principal
from casework.views import next_step, status
from casework.work.dispatch import Stage
from config.settings import Settings
from schemas.assessments import Assessment
from schemas.findings import Finding
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant, tenant_body, uscc
from tests.support.ledgers import claim_ids
from tests.support.packaged import load_application
from tests.support.scenarios.every import run, scenarios
from tests.support.wire import wire
from vocabulary.cases import State
from vocabulary.parties import Side
from vocabulary.people import Role
from vocabulary.zone import CHINA


def step_of(case: str, state: State, **more: Any) -> tuple[str, str]:
    """The next step of a worked case that stands in this state."""
    judged = run(next(scenario for scenario in scenarios() if scenario.id == case))
    explained = Assessment(
        **judged.explained,
        serial=1,
        assessed_at=datetime.now(CHINA),
        rules_version="",
        parameters_hash="",
    )
    given = {"above": None, "granted": None, "reopened": False, "reviewable": True}
    given |= {"visited": False, "arrived": False}
    return next_step.decide(state, judged.assessment.outcome, explained, **{**given, **more})


@pytest.mark.parametrize(
    ("case", "who", "said"),
    [
        ("T28", Side.BUREAU, "核对获准的另一份申请"),
        ("P05", Side.BUREAU, "核对获准的另一份申请"),
        ("K13", Side.APPLICANT, "提交缴费凭证"),
        ("T20", Side.BUREAU, "作出认定"),
    ],
)
def test_what_waits_is_what_happens_next(case: str, who: str, said: str) -> None:
    actor, action = step_of(case, State.AWAITING_DETERMINATION)
    assert actor == who
    assert said in action


def test_only_the_district_government_decides_special_difficulties() -> None:
    _, action = step_of("V01", State.AWAITING_DETERMINATION, above="区政府")
    assert "只有区政府能够决定" in action
    assert "作出认定" not in action


@pytest.mark.parametrize("case", ["T10", "K04", "G12", "S14"])
def test_a_denial_says_that_one_may_ask_for_a_review(case: str) -> None:
    assert "可以申请复核" in step_of(case, State.DECIDED)[1]
    assert "复核" not in step_of(case, State.DECIDED, reviewable=False)[1]


def test_a_refusing_determination_says_so_too_and_a_grant_does_not() -> None:
    assert "可以申请复核" in step_of("T20", State.DETERMINED, granted=False)[1]
    assert "复核" not in step_of("T20", State.DETERMINED, granted=True)[1]
    assert "复核" not in step_of("T01", State.AWAITING_DETERMINATION)[1]


def test_what_meets_every_condition_still_waits_for_a_person() -> None:
    actor, action = step_of("T01", State.AWAITING_DETERMINATION)
    assert (actor, action) == (
        Side.BUREAU,
        "责任单位作出认定：按规则核对符合条件，认定后才算准予",
    )
    reopened = step_of("T01", State.AWAITING_DETERMINATION, reopened=True)
    assert reopened == (Side.BUREAU, "原结果已撤销，联系单位重新作出认定")


def test_who_has_been_visited_is_not_told_of_a_visit_to_come() -> None:
    for granted in (True, False):
        _, before = step_of("T01", State.DETERMINED, granted=granted)
        _, after = step_of("T01", State.DETERMINED, granted=granted, visited=True)
        assert ("走访" in before, "走访" in after) == (True, False)
        assert after in before.replace("并走访", "")
    paid = {"granted": True, "arrived": True}
    assert step_of("T01", State.DETERMINED, **paid) == (Side.BUREAU, "联系单位走访")
    assert step_of("T01", State.DETERMINED, **paid, visited=True) == (Side.NOBODY, "已经办完")


def test_before_an_assessment_the_system_acts() -> None:
    step = next_step.decide(
        State.RECEIVED,
        None,
        None,
        above=None,
        granted=None,
        reopened=False,
        reviewable=False,
        visited=False,
        arrived=False,
    )
    assert step == next_step.NEXT_STEP[None]


def test_an_officers_reason_and_the_way_to_a_review_reach_the_applicant(
    database: Database, settings: Settings
) -> None:
    def decide() -> None:
        assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS, 10))

    accepted = filing.accept(database, settings, tenant(uscc=uscc(1), lease_no="T-1"))
    decide()
    officer = Principal("sasac", Role.OFFICER, "测试甲")
    reason = "位于疏解整治清单之内"
    findings.record(
        database,
        officer,
        accepted.receipt,
        [Finding("1.3", result=False, note=reason)],
    )
    decide()
    found = wire(status.read(database, settings, accepted.receipt, accepted.access_code))
    assert found["outcome"] == "ineligible"
    told = next(f for f in found["assessment"]["findings"] if f["condition"] == "1.3")
    assert told["explanation"].endswith(f"属于疏解整治范围，因此本项不通过。认定理由：{reason}。")
    assert {line["standing"] for line in found["assessment"]["arithmetic"]} == {"excluded"}
    assert "可以申请复核" in found["next"]["action"]
    assert "核实" not in found["next"]["action"]


@pytest.mark.parametrize(
    ("registered", "waits", "other"),
    [("xicheng", "核实之前不能准予", "才安排走访"), ("chaoyang", "才安排走访", "准予")],
)
def test_who_is_not_known_is_told_what_waits_for_it(
    database: Database, settings: Settings, registered: str, waits: str, other: str
) -> None:
    """What the rules refuse is not granted by confirming who files: only the visit waits for it."""
    body = tenant_body(uscc=uscc(1), lease_no="T-1")
    body["enterprise"] |= {"registered_in": registered, "taxed_in": registered}
    accepted = filing.accept(database, settings, load_application(body), identity=filing.OPEN_FORM)
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS, 10))
    action = wire(status.read(database, settings, accepted.receipt, accepted.access_code))["next"]
    assert waits in action["action"]
    assert other not in action["action"]
