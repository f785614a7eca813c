"""Casework over real HTTP: versions, concurrent officers, illegal moves, one case throughout."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from casework.people import tokens
from tests.support.app import App
from tests.support.ledgers import column, scalar
from tests.support.legal_acts import LEGAL
from tests.support.office import RENT, Office
from vocabulary.cases import State
from vocabulary.people import Role
from vocabulary.zone import CHINA

TIMEOUT = 30
NEXT_MONTH = (datetime.now(CHINA) + timedelta(days=30)).date().isoformat()

# Act of the state machine -> who, and a request that does it.
CALLS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "acknowledge": ("cases", "acknowledgement", {}),
    "record_finding": (
        "cases",
        "findings",
        {"findings": [{"condition": "1.2", "result": True, "note": "属实"}]},
    ),
    "request_supplement": (
        "cases",
        "supplement",
        {"fields": ["/facts/dismissed"], "reason": "请补正", "due_on": NEXT_MONTH},
    ),
    "close_supplement": ("cases", "supplement/closure", {"reason": "了结"}),
    "determine": (
        "cases",
        "determination",
        {"granted": True, "amount": RENT, "reason": "属实"},
    ),
    "approve_determination": (
        "cases",
        "determination/approval",
        {"approved": True, "reason": "同意"},
    ),
    "reject_determination": (
        "cases",
        "determination/approval",
        {"approved": False, "reason": "退回"},
    ),
    "check_identity": ("cases", "identity", {"note": "已电话核实", "contact": True}),
    "issue_code": ("cases", "access-code", {"handed": "in_person", "note": "已核对证照"}),
    "verify_contact": ("applications", "contact/verification", {"code": "123456"}),
    "correct_contact": (
        "applications",
        "contact",
        {"name": "测试乙", "phone": "13800000001"},
    ),
    "transfer": ("cases", "transfer", {"bureau": "finance", "reason": "不属本单位"}),
    "close_duplicate": (
        "cases",
        "duplicate",
        {"duplicate_of": "WQ-00000000-0", "reason": "报了两次"},
    ),
    "uphold": ("cases", "review", {"upheld": True, "reason": "维持"}),
    "reopen": ("cases", "review", {"upheld": False, "reason": "重新认定"}),
    "answer_supplement": ("applications", "supplement", {"values": {"/facts/dismissed": 0}}),
    "withdraw": ("applications", "withdrawal", {}),
    "request_review": ("applications", "review", {"reason": "请复核"}),
    "rate": ("applications", "rating", {"grade": 5}),
}
ASK_FOR_VERSION = {
    act for act, (room, _, _) in CALLS.items() if room == "cases" and act != "acknowledge"
}

STORY = [
    "application.received",
    "application.assessed",
    "case.acknowledged",
    "supplement.requested",
    "supplement.answered",
    "application.assessed",
    "finding.recorded",
    "application.assessed",
    "determination.proposed",
    "finding.recorded",
    "application.assessed",
    "determination.made",
    "application.rated",
]


class Http:
    """Clients of one running API."""

    def __init__(self, base: str, officer: str) -> None:
        self.base = base
        self.officer = officer

    def act(
        self, name: str, accepted: Any, version: str | None, credential: str | None = None
    ) -> requests.Response:
        room, path, body = CALLS[name]
        holder = self.officer if room == "cases" else accepted.access_code
        headers = {"Authorization": f"Bearer {credential or holder}"}
        if version is not None:
            headers["If-Match"] = version
        address = f"{self.base}/api/v1/{room}/{accepted.receipt}/{path}"
        return requests.post(address, json=body, headers=headers, timeout=TIMEOUT)

    def post(self, path: str, body: object) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.officer}"}
        return requests.post(self.base + path, json=body, headers=headers, timeout=TIMEOUT)

    def etag(self, accepted: Any) -> str:
        answer = requests.get(
            f"{self.base}/api/v1/cases/{accepted.receipt}",
            headers={"Authorization": f"Bearer {self.officer}"},
            timeout=TIMEOUT,
        )
        assert answer.status_code == 200, answer.text
        return answer.headers["ETag"]


@pytest.fixture
def http(shared_api: Callable[..., App], office: Office) -> Http:
    credential = tokens.create(
        office.db, office.settings, bureau="sasac", role=Role.SUPERVISOR, label="测试丙"
    )
    app = shared_api(DETERMINATION_APPROVAL_YUAN="50000")
    return Http(app.base_url, credential)


def test_whoever_builds_on_a_case_says_which_version(http: Http, office: Office) -> None:
    accepted = office.submit()
    for act in sorted(ASK_FOR_VERSION):
        answer = http.act(act, accepted, None)
        assert (answer.status_code, answer.json()["code"]) == (428, "version_required"), act
        answer = http.act(act, accepted, '"1"')
        assert (answer.status_code, answer.json()["code"]) == (412, "version_changed"), act
        assert answer.headers["ETag"] == http.etag(accepted)
        for wrong in ("*", 'W/"2"', "2", '"x"', '"2" "2"'):
            answer = http.act(act, accepted, wrong)
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_header"), wrong
    answer = http.act("acknowledge", accepted, '"1", "2"')
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{answer.json()["version"]}"' == http.etag(accepted)


def test_one_finding_on_many_cases_is_answered_for_each(http: Http, office: Office) -> None:
    receipts = [office.submit(lease_no=f"T-{number}").receipt for number in range(3)]
    office.submit(lease_no="T-9")  # named by nobody
    finding = {"condition": "1.3", "result": True, "note": "不在名单之内"}
    cases = [{"receipt": receipt, "version": 2} for receipt in (*receipts, "WQ0")]
    cases[1]["version"] = 1
    for wrong in ({"cases": [], "findings": [finding]}, {"cases": cases, "findings": []}):
        assert http.post("/api/v1/cases/findings", wrong).status_code == 422
    answer = http.post("/api/v1/cases/findings", {"cases": cases, "findings": [finding]})
    results = answer.json()["results"]
    assert [result["receipt"] for result in results] == [*receipts, "WQ0"]
    assert [result.get("code") for result in results] == [
        None,
        "version_changed",
        None,
        "case_not_found",
    ]
    found = column(
        office.db,
        "SELECT a.receipt || ' ' || o.actor FROM official_finding AS o"
        " JOIN application AS a ON a.id = o.application_id ORDER BY o.id",
    )
    assert found == [f"{receipt} sasac:测试丙" for receipt in (receipts[0], receipts[2])]
    office.assess_all()
    for receipt, left in zip(receipts, (False, True, False), strict=True):
        waiting = [row["condition"] for row in office.case(receipt)["assessment"]["needs_finding"]]
        assert ("1.3" in waiting) is left
    computed = {**finding, "condition": "1.6"}
    (refused,) = http.post(
        "/api/v1/cases/findings",
        {"cases": [{"receipt": receipts[1], "version": 2}], "findings": [computed]},
    ).json()["results"]
    assert (refused["done"], refused["code"]) == (False, "invalid_finding")


def test_of_officers_acting_at_once_on_what_they_read_one_prevails(
    http: Http, office: Office
) -> None:
    for _ in range(5):
        accepted = office.submit()
        seen = http.etag(accepted)
        acts = ["determine", "request_supplement", "transfer", "determine"] * 2
        with ThreadPoolExecutor(len(acts)) as pool:
            answers = list(pool.map(lambda act: http.act(act, accepted, seen), acts))  # noqa: B023
        codes = sorted(answer.status_code for answer in answers)
        # After a transfer the bureau does not see the case any more.
        assert codes[0] == 200
        assert set(codes[1:]) <= {412, 404}
        done = scalar(
            office.db,
            "SELECT count(*) FROM event AS e JOIN application AS a ON a.id = e.application_id"
            " WHERE a.receipt = %(r)s AND e.type IN"
            " ('determination.proposed', 'supplement.requested', 'case.transferred')",
            r=accepted.receipt,
        )
        assert done == 1


def test_what_a_body_may_leave_out_is_left_out(http: Http, office: Office) -> None:
    tokens.create(office.db, office.settings, bureau="sasac", label="测试丁")
    lent = http.post(
        "/api/v1/delegations", {"to": "测试丁", "ends_on": NEXT_MONTH, "reason": "休假"}
    )
    assert (lent.status_code, lent.json()["ends_at"][:4]) == (201, NEXT_MONTH[:4]), lent.text


def test_every_illegal_move_is_a_conflict_that_names_the_legal_ones(
    http: Http, office: Office
) -> None:
    accepted = office.submit()
    applicants = {act for act, (room, _, _) in CALLS.items() if room == "applications"}
    for state in State:
        with office.db.transaction() as conn:
            conn.exec_driver_sql("UPDATE application SET state = %(s)s", {"s": state.value})
        seen = http.etag(accepted)
        legal = {act for act in LEGAL if state.value in LEGAL[act].split()} - {"assess"}
        for act in CALLS.keys() - legal:
            answer = http.act(act, accepted, seen)
            told = answer.json()
            assert (answer.status_code, told["code"]) == (409, "illegal_move"), (state, act, told)
            side = applicants if act in applicants else LEGAL.keys() - applicants
            assert set(told["allowed"]) == legal & side, (state, act)
        assert http.etag(accepted) == seen


def test_one_case_from_end_to_end(http: Http, office: Office) -> None:
    accepted = office.submit()
    officer = tokens.create(office.db, office.settings, bureau="sasac", label="测试甲")

    def do(act: str, credential: str | None = None) -> dict[str, Any]:
        answer = http.act(act, accepted, http.etag(accepted), credential)
        assert answer.status_code in (200, 202), (act, answer.text)
        told: dict[str, Any] = answer.json()
        return told

    do("acknowledge", officer)
    do("request_supplement", officer)
    do("answer_supplement")
    office.assess()
    do("record_finding", officer)
    office.assess()
    proposed = do("determine", officer)
    assert (proposed["state"], proposed["delta"]) == ("awaiting_approval", "0.00")
    refused = http.act("approve_determination", accepted, http.etag(accepted), officer)
    assert refused.status_code == 403
    assert do("approve_determination")["state"] == "determined"
    do("rate")
    status = office.status(accepted)
    told = [line["type"] for line in status["timeline"]]
    assert [kind for kind in told if kind in STORY] == STORY
    assert status["determined_amount"] == RENT
