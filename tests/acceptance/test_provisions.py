"""The worked cases L, P, E, K, G and S and their neighbours, filed over HTTP as an applicant writes
them, with what officials found recorded as officers do."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
import requests
from stdnum.cn.uscc import calc_check_digit

from casework.decision import assess
from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.bureau_client import TIMEOUT, BureauClient
from tests.support.filing import STATED
from tests.support.ledgers import claim_ids
from tests.support.scenarios.every import scenarios
from tests.support.scenarios.judging import OUTCOMES, RECEIVED, Scenario, cases
from vocabulary.people import Role
from vocabulary.work import Stage

WORKED = cases()
PROVISIONS = {
    "m01_landlord",
    "m02_carrier",
    "m03_school",
    "m04_chain_shop",
    "m06_guarantee",
    "m13_training",
}
_serial = itertools.count(500_000)


def alone() -> list[Scenario]:
    """The cases that no earlier application bears on."""
    return [
        scenario
        for scenario in scenarios()
        if scenario.provision in PROVISIONS
        and not scenario.context.taken
        and not scenario.context.cap_used
        and scenario.day == RECEIVED
    ]


def expected(scenario: Scenario) -> tuple[str, Decimal | None]:
    """Outcome and yuan of a case, from the worked cases or from the neighbour itself."""
    if scenario.outcome:
        amount = scenario.amount
        return scenario.outcome, None if amount is None else Decimal(amount)
    worked = WORKED[scenario.id]
    amount = worked["amount"]
    return OUTCOMES[worked["decision"]], None if amount is None else Decimal(amount)


def body(scenario: Scenario) -> dict[str, Any]:
    """The request of a case; made-up firms get a code of their own, so that none meets another."""
    enterprise = dict(scenario.enterprise)
    if "uscc" in enterprise and enterprise["kind"] != "public_body":
        stem = f"{enterprise['uscc'][:10]}{next(_serial):07}"
        enterprise["uscc"] = stem + calc_check_digit(stem)
    return {
        "provision": scenario.provision,
        "enterprise": enterprise,
        "facts": dict(scenario.facts),
        **STATED,
    }


class Desk:
    """An applicant's counter and the officers behind it, over HTTP."""

    def __init__(self, app: App, database: Database, settings: Settings) -> None:
        self.app, self.database, self.settings = app, database, settings
        self.document = requests.get(f"{app.base_url}/openapi.json", timeout=TIMEOUT).json()
        self.officers: dict[str, BureauClient] = {}

    def officer(self, bureau: str) -> BureauClient:
        if bureau not in self.officers:
            token = tokens.create(
                self.database,
                self.settings,
                bureau=bureau,
                role=Role.OFFICER,
                label=f"窗口{bureau}",
            )
            self.officers[bureau] = BureauClient(self.app.base_url, token, self.document)
        return self.officers[bureau]

    def file(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        answer = requests.post(
            f"{self.app.base_url}/api/v1/applications",
            json=sent,
            headers=self.app.known,
            timeout=TIMEOUT,
        )
        assert answer.status_code == 202, answer.text
        accepted: dict[str, Any] = answer.json()
        return accepted

    def assess(self) -> None:
        while ids := claim_ids(self.database, self.settings, Stage.ASSESS):
            assess.run(self.database, self.settings, ids)

    def lead_of(self, accepted: Mapping[str, Any]) -> BureauClient:
        status = requests.get(
            accepted["status_url"],
            headers={"Authorization": f"Bearer {accepted['access_code']}"},
            timeout=TIMEOUT,
        ).json()
        return self.officer(status["bureaus"]["lead"]["bureau"])

    def record(self, accepted: Mapping[str, Any], found: Sequence[str]) -> None:
        officer = self.lead_of(accepted)
        path = f"/api/v1/cases/{accepted['receipt']}"
        case = officer.get(path)
        left_open = {need["condition"] for need in case.json()["assessment"]["needs_finding"]}
        findings = [
            {
                "condition": code.removeprefix("!"),
                "result": not code.startswith("!"),
                "note": "样例：已核对材料",
                "evidence": "样例材料",
            }
            for code in found
            if code.startswith("!") or code in left_open
        ]
        if not findings:
            return
        answer = officer.post(
            f"{path}/findings",
            {"findings": findings},
            {"If-Match": case.headers["ETag"]},
        )
        assert answer.status_code == 202, answer.text


@pytest.fixture
def desk(launch_app: Callable[..., App], database: Database, settings: Settings) -> Desk:
    return Desk(launch_app("api"), database, settings)


def test_every_case_over_http_comes_to_what_it_must(desk: Desk) -> None:
    filed = [(scenario, desk.file(body(scenario))) for scenario in alone()]
    desk.assess()
    for scenario, accepted in filed:
        if scenario.found:
            desk.record(accepted, scenario.found)
    desk.assess()
    wrong = []
    as_documented: set[tuple[str, str]] = set()
    for scenario, accepted in filed:
        officer = desk.lead_of(accepted)
        answer = officer.get(f"/api/v1/cases/{accepted['receipt']}")
        assessment = answer.json()["assessment"]
        amount = assessment["amount"]
        got = (assessment["outcome"], None if amount is None else Decimal(amount))
        outcome, yuan = expected(scenario)
        if (scenario.provision, outcome) not in as_documented:
            officer.check(answer, "Case")
            as_documented.add((scenario.provision, outcome))
        if got[0] != outcome or (yuan is not None and got[1] != yuan):
            wrong.append((str(scenario), got, (outcome, yuan)))
        if got == ("eligible", Decimal(0)):
            assert "金额0.00元（" in assessment["summary"]
    assert not wrong
