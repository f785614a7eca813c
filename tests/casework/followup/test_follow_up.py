"""Transfer, withdrawal, review, rating and call-back, acknowledgement."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import acknowledge, determine, review, transfer, withdraw
from casework.acts.determine import Decision
from casework.docket import trail
from casework.docket.second_person import SecondPersonRequired
from casework.errors import ApplicationNotFound, CaseNotFound, IllegalMove, NotPermitted
from casework.followup import rating
from casework.followup.requests import InvalidTransfer
from casework.people.access import Principal
from casework.views import cases, inbox
from casework.views.case_filter import Wanted
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant_body
from tests.support.ledgers import column, scalar
from tests.support.office import (
    AUDITOR,
    COLLEAGUE,
    HEAD,
    OFFICER,
    RENT,
    SECOND_HEAD,
    STRANGER,
    Office,
)
from tests.support.wire import wire
from vocabulary.people import Role

FINANCE = Principal("finance", Role.OFFICER, "测试壬")
FINANCE_HEAD = Principal("finance", Role.SUPERVISOR, "测试癸")


def hand_over(office: Office, receipt: str, who: Principal, to: str) -> int:
    seen = frozenset(
        {scalar(office.db, "SELECT version FROM application WHERE receipt = %(r)s", r=receipt)}
    )
    return transfer.transfer(
        office.db, office.settings, who, receipt, seen, to=to, reason="不属本单位职责"
    )


def determined(office: Office, **changes: Any) -> Any:
    accepted = office.submit(**changes)
    grant = Decision(granted=True, amount=Decimal(RENT), reason="属实")
    seen = office.seen(accepted.receipt)
    determine.determine(office.db, office.settings, OFFICER, accepted.receipt, seen, grant)
    return accepted


def test_a_transferred_case_changes_hands_and_stays_there(office: Office) -> None:
    accepted = office.submit()
    acknowledge.one(office.db, OFFICER, accepted.receipt)
    hand_over(office, accepted.receipt, OFFICER, "finance")
    with pytest.raises(CaseNotFound):
        office.case(accepted.receipt)
    case = office.case(accepted.receipt, FINANCE)
    assert case["leads"]
    assert case["casework"]["acknowledged_at"] is None
    status = office.status(accepted)
    assert status["bureaus"]["lead"]["bureau_name"] == "区财政局"
    assert status["bureaus"]["lead"]["phone"]
    assert any("转办至区财政局" in line["text"] for line in status["timeline"])
    told = wire(inbox.list_messages(office.db, FINANCE))["items"]
    assert [message["kind"] for message in told] == ["casework"]

    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
            " SELECT 'assess', id, app_now(), app_now() FROM application"
        )
    office.assess()
    assert office.case(accepted.receipt, FINANCE)["leads"]
    # Code of the release before, which may still run, reads this column for the same.
    assert scalar(office.db, "SELECT assigned_bureau FROM application") == "finance"


def test_a_second_transfer_is_the_supervisors(office: Office) -> None:
    accepted = office.submit()
    hand_over(office, accepted.receipt, OFFICER, "finance")
    with pytest.raises(NotPermitted, match="主管"):
        hand_over(office, accepted.receipt, FINANCE, "sasac")
    hand_over(office, accepted.receipt, FINANCE_HEAD, "sasac")
    assert office.case(accepted.receipt)["casework"]["transfers"] == 2
    # Back where the rules routed it, it stays as well: its contact is the one they named.
    assert office.case(accepted.receipt)["casework"]["assigned_bureau"] == "sasac"
    assert "转办" not in office.status(accepted)["bureaus"]["lead"]["reason"]


@pytest.mark.parametrize("to", ["sasac", "nobody", "district_government", ""])
def test_a_transfer_names_another_bureau_of_the_notice(office: Office, to: str) -> None:
    accepted = office.submit()
    with pytest.raises(InvalidTransfer):
        hand_over(office, accepted.receipt, OFFICER, to)


def test_a_withdrawal_gives_up_what_was_claimed(office: Office) -> None:
    body = tenant_body()
    first, second = office.submit(body), office.submit(body)
    [met] = office.status(second)["overlaps"]
    assert met["other"]["receipt"] == first.receipt
    with pytest.raises(ApplicationNotFound):
        withdraw.withdraw(
            office.db, office.settings, first.receipt, second.access_code, reason=None
        )
    withdraw.withdraw(office.db, office.settings, first.receipt, first.access_code, reason="停业")
    office.assess()
    assert office.status(second)["overlaps"] == []
    assert office.status(second)["amount"] == RENT
    status = office.status(first)
    assert (status["state"], status["next"]["who"], status["actions"]) == (
        "withdrawn",
        "nobody",
        [],
    )
    with pytest.raises(IllegalMove):
        withdraw.withdraw(office.db, office.settings, first.receipt, first.access_code, reason=None)


def test_an_application_can_be_withdrawn_before_it_is_assessed(
    office: Office, database: Database, settings: Settings
) -> None:
    from tests.support.packaged import load_application

    accepted = filing.accept(database, settings, load_application(tenant_body()))
    withdraw.withdraw(database, settings, accepted.receipt, accepted.access_code, reason=None)
    office.assess()
    assert office.status(accepted)["assessment"] is None
    assert scalar(database, "SELECT count(*) FROM work_item WHERE stage = 'assess'") == 0


def test_a_review_is_answered_by_who_did_not_decide(office: Office) -> None:
    accepted = office.submit()
    grant = Decision(granted=True, amount=Decimal(RENT), reason="属实")
    seen = office.seen(accepted.receipt)
    determine.determine(office.db, office.settings, HEAD, accepted.receipt, seen, grant)
    review.request(
        office.db, office.settings, accepted.receipt, accepted.access_code, reason="金额有误"
    )
    assert office.status(accepted)["state"] == "under_review"

    def decide(who: Principal, *, upheld: bool) -> int:
        return review.decide(
            office.db,
            office.settings,
            who,
            accepted.receipt,
            office.seen(accepted.receipt),
            upheld=upheld,
            reason="经复核",
        )

    with pytest.raises(SecondPersonRequired):
        decide(HEAD, upheld=True)
    with pytest.raises(NotPermitted):
        decide(COLLEAGUE, upheld=True)
    decide(SECOND_HEAD, upheld=True)
    status = office.status(accepted)
    assert (status["state"], status["review"]["state"]) == ("determined", "upheld")
    assert status["determined_amount"] == RENT

    review.request(
        office.db, office.settings, accepted.receipt, accepted.access_code, reason="再次申请"
    )
    decide(SECOND_HEAD, upheld=False)
    status = office.status(accepted)
    assert (status["state"], status["determined_amount"]) == ("awaiting_determination", None)
    assert status["next"]["action"] == "原结果已撤销，联系单位重新作出认定"
    assert "复核撤销原结果起" in status["next"]["by_basis"]
    again = replace(grant, amount=Decimal("59000.00"))
    seen = office.seen(accepted.receipt)
    determine.determine(office.db, office.settings, OFFICER, accepted.receipt, seen, again)
    assert office.status(accepted)["determined_amount"] == "59000.00"
    assert column(office.db, "SELECT state FROM determination ORDER BY id") == [
        "superseded",
        "in_force",
    ]
    first = office.case(accepted.receipt)["casework"]["determinations"][0]
    assert (first["amount"], first["reason"]) == (RENT, "属实"), "it stays to be read"
    assert any("撤销原结果" in each["text"] for each in office.status(accepted)["timeline"])


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
def test_bad_ratings_open_a_call_back(office: Office, grade: int) -> None:
    accepted = determined(office)
    rating.rate(
        office.db,
        office.settings,
        accepted.receipt,
        accepted.access_code,
        grade=grade,
        comment=None,
    )
    bad = grade <= 2
    callback = office.case(accepted.receipt)["casework"]["callback"]
    assert (callback is not None) == bad
    assert (
        len(cases.list_cases(office.db, office.settings, OFFICER, Wanted(callback=True)).items)
        == bad
    )
    with pytest.raises(IllegalMove):
        rating.rate(
            office.db,
            office.settings,
            accepted.receipt,
            accepted.access_code,
            grade=5,
            comment=None,
        )
    assert office.status(accepted)["rating"]["grade"] == grade


def test_a_call_back_is_done_once_and_by_the_lead(office: Office) -> None:
    accepted = determined(office)
    rating.rate(
        office.db,
        office.settings,
        accepted.receipt,
        accepted.access_code,
        grade=1,
        comment="等候太久",
    )

    def call(who: Principal) -> int:
        seen = office.seen(accepted.receipt)
        return rating.call_back(
            office.db, office.settings, who, accepted.receipt, seen, note="已致歉并说明"
        )

    with pytest.raises(CaseNotFound):
        call(STRANGER)
    call(COLLEAGUE)
    callback = office.case(accepted.receipt)["casework"]["callback"]
    assert callback["done_by"] == "sasac:测试乙"
    with pytest.raises(IllegalMove):
        call(OFFICER)


def test_acknowledging_many_answers_for_each(office: Office) -> None:
    mine = [office.submit().receipt for _ in range(3)]
    foreign = office.submit().receipt
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET lead_bureau = 'finance' WHERE receipt = %(r)s", {"r": foreign}
        )
    results = wire(acknowledge.many(office.db, OFFICER, [*mine, foreign, "WQ0", mine[0]]))[
        "results"
    ]
    assert [result["done"] for result in results] == [True, True, True, False, False]
    assert {result.get("code") for result in results} == {None, "case_not_found"}
    again = wire(acknowledge.many(office.db, COLLEAGUE, mine))["results"]
    assert all(result["done"] for result in again)
    assert column(office.db, "SELECT DISTINCT acknowledged_by FROM application ORDER BY 1") == [
        "sasac:测试甲",
        None,
    ]
    found = wire(cases.list_cases(office.db, office.settings, OFFICER, Wanted(acknowledged=True)))[
        "items"
    ]
    assert {case["receipt"] for case in found} == set(mine)


def test_every_look_at_personal_data_is_on_record(office: Office) -> None:
    accepted = office.submit()
    cases.list_cases(office.db, office.settings, OFFICER)
    cases.list_cases(
        office.db, office.settings, STRANGER
    )  # sees nothing, so there is nothing to record
    inbox.list_messages(office.db, COLLEAGUE)
    cases.read(office.db, office.settings, AUDITOR, accepted.receipt)
    with pytest.raises(CaseNotFound):
        cases.read(office.db, office.settings, STRANGER, accepted.receipt)
    looks = column(
        office.db, "SELECT type || ' ' || actor FROM event WHERE type LIKE 'access.%%' ORDER BY id"
    )
    assert looks == [
        "access.cases_listed sasac:测试甲",
        "access.inbox_listed sasac:测试乙",
        "access.case_read sasac:测试戊",
    ]
    seen = wire(trail.of_case(office.db, AUDITOR, accepted.receipt))["items"]
    assert "access.case_read" in [event["type"] for event in seen]
    with pytest.raises(NotPermitted):
        trail.of_case(office.db, OFFICER, accepted.receipt)
    assert "access." not in str(office.status(accepted)["timeline"])


def test_search_finds_by_receipt_code_and_part_of_a_name_and_nothing_by_wildcards(
    office: Office,
) -> None:
    accepted = office.submit()
    office.submit()
    case = office.case(accepted.receipt)

    def found(q: str) -> int:
        return len(cases.list_cases(office.db, office.settings, OFFICER, Wanted(q=q)).items)

    assert found(accepted.receipt) == found(accepted.receipt.lower()) == 1
    assert found(case["enterprise"]["uscc"]) == 1
    assert found("餐饮") == 2
    assert found("%") == found("_") == found("\\") == found("' OR 1=1 --") == 0
    today = office.today()
    for wanted, count in (
        (Wanted(received_from=today), 2),
        (Wanted(received_to=today), 2),
        (Wanted(received_from=office.in_days(1)), 0),
        (Wanted(received_to=office.in_days(-1)), 0),
    ):
        assert len(cases.list_cases(office.db, office.settings, OFFICER, wanted).items) == count
