"""Supplements: exactly the named fields reopen, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from casework.acts import findings, supplement
from casework.docket import promises
from casework.errors import ApplicationNotFound, IllegalMove, NotPermitted, VersionChanged
from rules.workdays import is_working_day, last_day
from schemas.findings import Finding
from schemas.kit.format_errors import FormatErrors
from tests.support.applications import tenant_body
from tests.support.ledgers import column, scalar
from tests.support.office import COLLEAGUE, OFFICER, Office
from vocabulary.days import plain_day

RENT_FIELD = "/facts/leases/0/rent"


def ask(office: Office, receipt: str, *fields: str, **changes: Any) -> int:
    wanted = {"reason": "合同金额与发票不符", "due_on": office.in_days(10), **changes}
    return supplement.request(
        office.db,
        office.settings,
        OFFICER,
        receipt,
        office.seen(receipt),
        fields=fields or (RENT_FIELD,),
        **wanted,
    )


def answer(office: Office, accepted: Any, values: dict[str, Any]) -> int:
    return supplement.answer(
        office.db, office.settings, accepted.receipt, accepted.access_code, values
    )


def test_only_the_named_field_reopens_and_the_rest_stays_as_filed(office: Office) -> None:
    accepted = office.submit()
    before = office.case(accepted.receipt)["application"]
    ask(office, accepted.receipt)
    status = office.status(accepted)
    assert status["state"] == "awaiting_supplement"
    assert status["next"]["who"] == "applicant"
    assert status["next"]["by"] == last_day(office.in_days(10)).isoformat()
    (field,) = status["supplement"]["fields"]
    assert field == {
        "pointer": RENT_FIELD,
        "label": "承租的房产 第1项 租金（元）",
        "source": "租赁合同",
        "value": "30000.00",
    }

    with pytest.raises(FormatErrors) as refused:
        answer(office, accepted, {RENT_FIELD: "28000", "/facts/dismissed": 0})
    assert [(e.pointer, e.code) for e in refused.value.errors] == [
        ("/values/~1facts~1dismissed", "not_reopened")
    ]
    answer(office, accepted, {RENT_FIELD: "28000"})
    assert office.status(accepted)["state"] == "supplemented"
    office.assess()

    case = office.case(accepted.receipt)
    assert case["amount"] == "56000.00"
    assert case["state"] == "awaiting_determination"
    assert case["casework"]["supplement_changes"] == {RENT_FIELD: ["30000.00", "28000.00"]}
    before["facts"]["leases"][0]["rent"] = "28000.00"
    assert case["application"] == before


def test_the_answer_is_checked_by_the_form_again(office: Office) -> None:
    accepted = office.submit()
    ask(office, accepted.receipt, "/facts/leases/0/ends_on", "/facts/leases/0/rent")
    for values, pointer, code in (
        ({RENT_FIELD: "1"}, "/values/~1facts~1leases~10~1ends_on", "required"),
        (
            {RENT_FIELD: "-1", "/facts/leases/0/ends_on": "2021-12-31"},
            RENT_FIELD,
            "negative",
        ),
        (
            {RENT_FIELD: "1", "/facts/leases/0/ends_on": "2018-01-01"},
            "/facts/leases/0/ends_on",
            "ends_before_start",
        ),
    ):
        with pytest.raises(FormatErrors) as refused:
            answer(office, accepted, values)
        assert (pointer, code) in [(e.pointer, e.code) for e in refused.value.errors]
    assert office.status(accepted)["state"] == "awaiting_supplement"


@pytest.mark.parametrize(
    ("pointer", "code"),
    [
        ("/facts/nothing", "unknown_pointer"),
        ("/facts/leases/1/rent", "unknown_pointer"),
        ("/facts/leases/x", "unknown_pointer"),
        ("/facts/leases/-1/rent", "unknown_pointer"),
        ("/provision", "unknown_pointer"),
        ("/facts", "unknown_pointer"),
        ("", "unknown_pointer"),
        ("facts/dismissed", "unknown_pointer"),
    ],
)
def test_a_request_must_name_real_fields(office: Office, pointer: str, code: str) -> None:
    accepted = office.submit()
    with pytest.raises(FormatErrors) as refused:
        ask(office, accepted.receipt, pointer)
    assert [(e.pointer, e.code) for e in refused.value.errors] == [("/fields/0", code)]


def test_the_deadline_lies_in_the_future(office: Office) -> None:
    accepted = office.submit()
    for days in (0, -1, 181):
        with pytest.raises(FormatErrors) as refused:
            ask(office, accepted.receipt, due_on=office.in_days(days))
        assert [e.pointer for e in refused.value.errors] == ["/due_on"]


def test_missing_facts_reopen_without_anybody_asking(office: Office) -> None:
    body = tenant_body()
    del body["facts"]["dismissed"]
    accepted = office.submit(body)
    status = office.status(accepted)
    assert status["outcome"] == "incomplete"
    assert [field["pointer"] for field in status["supplement"]["fields"]] == ["/facts/dismissed"]
    with pytest.raises(FormatErrors):
        answer(office, accepted, {RENT_FIELD: "1"})
    answer(office, accepted, {"/facts/dismissed": 0})
    office.assess()
    assert office.status(accepted)["outcome"] == "needs_determination"
    with pytest.raises(IllegalMove):
        answer(office, accepted, {"/facts/dismissed": 0})


def test_a_finding_meanwhile_does_not_end_the_waiting(office: Office) -> None:
    accepted = office.submit()
    ask(office, accepted.receipt)
    found = [Finding("1.2", result=True, note="属实")]
    findings.record(office.db, COLLEAGUE, accepted.receipt, found)
    office.assess()
    assert office.status(accepted)["state"] == "awaiting_supplement"
    assert office.status(accepted)["supplement"]["fields"]


def test_a_bureau_can_give_up_waiting(office: Office) -> None:
    accepted = office.submit()
    ask(office, accepted.receipt)
    with pytest.raises(IllegalMove):
        ask(office, accepted.receipt)
    supplement.close(
        office.db,
        office.settings,
        OFFICER,
        accepted.receipt,
        office.seen(accepted.receipt),
        reason="已当面核对",
    )
    office.assess()
    assert office.status(accepted)["state"] == "awaiting_determination"
    assert column(office.db, "SELECT state FROM supplement") == ["closed"]


def test_only_the_holder_of_the_code_and_only_the_lead(office: Office) -> None:
    accepted = office.submit()
    other = office.submit()
    ask(office, accepted.receipt)
    with pytest.raises(ApplicationNotFound):
        supplement.answer(
            office.db, office.settings, accepted.receipt, other.access_code, {RENT_FIELD: "1"}
        )
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET copied_bureaus = '{sasac}', lead_bureau = 'finance'"
        )
    with pytest.raises(NotPermitted):
        ask(office, other.receipt)


def test_a_stale_version_changes_nothing(office: Office) -> None:
    accepted = office.submit()
    seen = office.seen(accepted.receipt)
    ask(office, accepted.receipt)
    with pytest.raises(VersionChanged):
        supplement.close(office.db, office.settings, OFFICER, accepted.receipt, seen, reason="了结")
    assert scalar(office.db, "SELECT count(*) FROM supplement WHERE state = 'open'") == 1
    assert scalar(office.db, "SELECT count(*) FROM event WHERE type LIKE 'supplement.%%'") == 1


def test_a_term_that_ends_on_a_holiday_ends_on_the_next_working_day(office: Office) -> None:
    closed = next(day for day in map(office.in_days, range(1, 30)) if not is_working_day(day))
    accepted = office.submit()
    ask(office, accepted.receipt, due_on=closed)
    until = last_day(closed)
    assert until > closed
    status = office.status(accepted)
    assert status["next"]["by"] == until.isoformat()
    assert f"期限{plain_day(until)}" in "".join(line["text"] for line in status["timeline"])
    # Asked for before this was so, it is late no sooner.
    assert promises.overdue_at(closed) == promises.overdue_at(until)
    assert promises.overdue_at(closed).date() > until
