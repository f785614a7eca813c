"""Determinations: amount, delta, the second person, and the district government's own."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import approval, findings, supplement
from casework.acts.determination import Determined
from casework.acts.determination_rules import (
    BenefitTaken,
    InvalidDetermination,
)
from casework.acts.determine import Decision
from casework.docket.second_person import SecondPersonRequired
from casework.errors import CaseNotFound, IllegalMove, NotPermitted
from casework.people.access import Lent, Principal
from config.settings import Settings
from schemas.findings import Finding
from store.db import Database
from tests.support.applications import tenant_body
from tests.support.ledgers import column, scalar
from tests.support.office import COLLEAGUE, HEAD, OFFICER, RENT, STRANGER, YES, Office, decide
from tests.support.packaged import example
from vocabulary.people import Role

DISTRICT = Principal("district_government", Role.OFFICER, "测试庚")


@pytest.fixture
def strict(database: Database, settings: Settings) -> Office:
    """Where everything above 10,000 yuan takes two."""
    return Office(database, replace(settings, determination_approval_yuan=Decimal(10_000)))


def approve(
    office: Office, receipt: str, who: Principal = HEAD, *, approved: bool = True
) -> Determined:
    return approval.decide_proposal(
        office.db,
        office.settings,
        who,
        receipt,
        office.seen(receipt),
        approved=approved,
        note="同意" if approved else "请核对面积",
    )


def test_a_grant_finds_what_waited_for_the_bureau_and_shows_the_delta(office: Office) -> None:
    accepted = office.submit()
    assert office.status(accepted)["state"] == "awaiting_determination"
    result = decide(office, accepted.receipt, replace(YES, amount=Decimal("58000.00")))
    assert (result.computed, result.delta) == (Decimal(RENT), Decimal("-2000.00"))
    status = office.status(accepted)
    assert status["state"] == "determined"
    assert (status["outcome"], status["amount"]) == ("eligible", RENT)
    assert status["determined_amount"] == "58000.00"
    assert status["determination"]["bureau_name"] == "区国资委"
    case = office.case(accepted.receipt)
    (on_record,) = case["casework"]["determinations"]
    assert (on_record["delta"], on_record["proposed_by"]) == ("-2000.00", "sasac:测试甲")
    assert {f["condition"] for f in case["official_findings"]} >= {"1.2", "1.3", "1.4", "1.5"}
    assert all(f["note"] == "经核属实" for f in case["official_findings"])
    assert "测试甲" not in str(status)


def test_as_computed_finds_nothing_that_is_not_named(office: Office) -> None:
    accepted = office.submit()
    named = [Finding(each, result=True, note="经核属实") for each in ("1.2", "1.3", "1.4", "1.5")]
    as_computed = Decision(True, None, "经核属实", named, as_computed=True)
    denied = [*named[:3], replace(named[3], result=False)]
    for some in ([], named[:3], denied):
        with pytest.raises(InvalidDetermination):
            decide(office, accepted.receipt, replace(as_computed, findings=some))
    assert scalar(office.db, "SELECT count(*) FROM determination") == 0
    made = decide(office, accepted.receipt, as_computed)
    assert (made.state, made.amount, made.delta) == ("determined", Decimal(RENT), Decimal(0))


def test_a_refusal_names_what_is_not_met(office: Office) -> None:
    accepted = office.submit()
    no = Decision(granted=False, amount=None, reason="经查属疏解范围")
    with pytest.raises(InvalidDetermination):
        decide(office, accepted.receipt, no)
    with pytest.raises(InvalidDetermination):
        decide(office, accepted.receipt, replace(no, amount=Decimal(1)))
    found = [Finding("1.3", result=False, note="在名单内")]
    decide(office, accepted.receipt, replace(no, findings=found))
    status = office.status(accepted)
    assert (status["state"], status["outcome"]) == ("determined", "ineligible")
    assert status["determined_amount"] == "0.00"
    assert scalar(office.db, "SELECT count(application_id) FROM benefit_claim") == 0


def test_a_refusal_takes_nothing_from_who_asks_for_the_same(office: Office) -> None:
    body = tenant_body()
    first, second = office.submit(body), office.submit(body)
    assert office.status(second)["amount"] == RENT
    found = [Finding("1.3", result=False, note="在名单内")]
    decide(
        office, first.receipt, Decision(granted=False, amount=None, reason="不符", findings=found)
    )
    office.assess()
    assert office.status(second)["amount"] == RENT


@pytest.mark.parametrize(
    "decision",
    [
        replace(YES, amount=None),
        replace(YES, findings=[Finding("1.3", result=False, note="在名单内")]),
    ],
)
def test_what_does_not_follow_is_refused_and_leaves_nothing(
    office: Office, decision: Decision
) -> None:
    accepted = office.submit()
    before = office.case(accepted.receipt)["version"]
    with pytest.raises(InvalidDetermination):
        decide(office, accepted.receipt, decision)
    assert office.case(accepted.receipt)["version"] == before
    assert scalar(office.db, "SELECT count(*) FROM official_finding") == 0
    assert scalar(office.db, "SELECT max(serial) FROM assessment") == 1


def test_up_to_the_threshold_one_person_suffices(strict: Office) -> None:
    accepted = strict.submit()
    decide(strict, accepted.receipt, replace(YES, amount=Decimal("10000.00")))
    assert strict.status(accepted)["state"] == "determined"


def test_above_the_threshold_a_second_person_is_required(strict: Office) -> None:
    accepted = strict.submit()
    result = decide(strict, accepted.receipt, replace(YES, amount=Decimal("10000.01")))
    assert result.state == "awaiting_approval"
    status = strict.status(accepted)
    assert (status["determination"], status["determined_amount"]) == (None, None)
    assert scalar(strict.db, "SELECT count(*) FROM official_finding") == 0
    assert "10,000.01" not in str(status)

    borrowed = replace(OFFICER, lent=(Lent(Role.SUPERVISOR, HEAD.label, HEAD.actor),))
    with pytest.raises(SecondPersonRequired):
        approve(strict, accepted.receipt, borrowed)
    with pytest.raises(SecondPersonRequired):
        approve(strict, accepted.receipt, replace(HEAD, label=OFFICER.label))
    with pytest.raises(NotPermitted):
        approve(strict, accepted.receipt, COLLEAGUE)
    with pytest.raises(CaseNotFound):
        approve(strict, accepted.receipt, STRANGER)
    approve(strict, accepted.receipt)
    status = strict.status(accepted)
    assert (status["state"], status["determined_amount"]) == ("determined", "10000.01")
    (on_record,) = strict.case(accepted.receipt)["casework"]["determinations"]
    assert (on_record["proposed_by"], on_record["decided_by"]) == ("sasac:测试甲", "sasac:测试丙")
    assert set(column(strict.db, "SELECT actor FROM official_finding")) == {"sasac:测试甲"}


def test_a_rejected_proposal_goes_back_and_can_be_made_again(strict: Office) -> None:
    accepted = strict.submit()
    decide(strict, accepted.receipt)
    approve(strict, accepted.receipt, approved=False)
    assert strict.status(accepted)["state"] == "awaiting_determination"
    decide(strict, accepted.receipt)
    approve(strict, accepted.receipt)
    assert column(strict.db, "SELECT state FROM determination ORDER BY id") == [
        "rejected",
        "in_force",
    ]


def test_what_changed_meanwhile_is_not_approved(strict: Office) -> None:
    accepted = strict.submit()
    decide(strict, accepted.receipt)
    with strict.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET enterprise = jsonb_set(enterprise, '{registered_in}',"
            " '\"chaoyang\"')"
        )
    with pytest.raises(InvalidDetermination):
        approve(strict, accepted.receipt)
    assert strict.status(accepted)["state"] == "awaiting_approval"


def test_nobody_but_the_district_government_decides_special_difficulties(office: Office) -> None:
    accepted = office.submit(special_difficulty())
    case = office.status(accepted)
    lead = Principal(case["bureaus"]["lead"]["bureau"], Role.SUPERVISOR, "测试辛")
    grant = Decision(granted=True, amount=None, reason="同意协调解决")
    with pytest.raises(NotPermitted, match="区政府"):
        decide(office, accepted.receipt, grant, lead)
    found = [Finding("14.4", result=True, note="同意")]
    with pytest.raises(NotPermitted):
        findings.record(office.db, lead, accepted.receipt, found)
    decide(office, accepted.receipt, grant, DISTRICT)
    status = office.status(accepted)
    assert (status["state"], status["outcome"], status["amount"]) == (
        "determined",
        "eligible",
        None,
    )
    assert status["determination"]["bureau_name"] == "区政府"


def test_the_district_government_sees_only_what_it_decides(office: Office) -> None:
    other = office.submit()
    with pytest.raises(CaseNotFound):
        office.case(other.receipt, DISTRICT)


def test_who_never_answers_can_be_refused_after_the_deadline(office: Office, travel: Any) -> None:
    accepted = office.submit()
    supplement.request(
        office.db,
        office.settings,
        OFFICER,
        accepted.receipt,
        office.seen(accepted.receipt),
        fields=["/facts/leases/0/rent"],
        reason="请补正",
        due_on=office.in_days(3),
    )
    found = [Finding("1.4", result=False, note="未按期补正")]
    no = Decision(granted=False, amount=None, reason="逾期未补正", findings=found)
    with pytest.raises(IllegalMove, match="期限未过"):
        decide(office, accepted.receipt, no)
    travel(4 * 86400)
    with pytest.raises(IllegalMove, match="尚未补正"):
        decide(office, accepted.receipt, YES)
    decide(office, accepted.receipt, no)
    assert office.status(accepted)["state"] == "determined"
    assert column(office.db, "SELECT state FROM supplement") == ["closed"]


def special_difficulty() -> dict[str, Any]:
    """A body under (十四) that waits for the district government."""
    body = example("m14_special_difficulty")
    body["facts"] = {
        "field": "development",
        "difficulty": "仓库被临时征用，无处存放货物",
        "during_epidemic": True,
    }
    return body


def test_the_same_yuan_is_not_determined_twice(office: Office) -> None:
    body = tenant_body()
    first, second = office.submit(body), office.submit(body)
    decide(office, first.receipt)
    office.assess_all()
    both = replace(YES, override="产权单位说明两份合同")
    for again in (YES, both):
        with pytest.raises(BenefitTaken, match=first.receipt):
            decide(office, second.receipt, again)
    assert office.status(second)["state"] == "awaiting_determination"
    assert scalar(office.db, "SELECT sum(determined_amount) FROM application") == Decimal(RENT)


def test_more_than_the_rules_compute_takes_a_reason_of_its_own_and_a_second_person(
    office: Office,
) -> None:
    accepted = office.submit()
    more = replace(YES, amount=Decimal("60000.01"))
    with pytest.raises(InvalidDetermination, match=r"60,000\.00元"):
        decide(office, accepted.receipt, more)
    result = decide(office, accepted.receipt, replace(more, override="合同另有约定"))
    assert result.state == "awaiting_approval"
    approve(office, accepted.receipt)
    status = office.status(accepted)
    assert (status["outcome"], status["determined_amount"]) == ("eligible", "60000.01")
    assert "合同另有约定" in status["determination"]["reason"]


def test_whoever_only_asked_first_takes_nothing_from_whom_it_is_granted(office: Office) -> None:
    body = tenant_body()
    fake, real = office.submit(body), office.submit(body)
    assert decide(office, real.receipt).state == "determined"
    office.assess_all()
    status = office.status(real)
    assert (status["state"], status["outcome"]) == ("determined", "eligible")
    assert (status["amount"], status["determined_amount"]) == (RENT, RENT)
    assert status["assessment"]["outcome"] == "eligible"
    assert office.status(fake)["amount"] == "0.00"
    with pytest.raises(BenefitTaken, match=real.receipt):
        decide(office, fake.receipt)


def test_what_is_shown_after_a_determination_is_what_was_determined(office: Office) -> None:
    body = tenant_body()
    decide(office, office.submit(body).receipt)
    second = office.submit(body)
    decide(office, second.receipt, replace(YES, amount=Decimal("0.00")))
    status = office.status(second)
    assert (status["state"], status["outcome"]) == ("determined", "eligible")
    assert status["assessment"]["outcome"] == "eligible"
    assert status["determined_amount"] == "0.00"


def test_nothing_is_paid_in_a_case_that_is_referred(office: Office) -> None:
    """A service of another body: what nobody computes, nobody grants alone."""
    accepted = office.submit(example("m08_vouchers"))
    lead = scalar(office.db, "SELECT lead_bureau FROM application")
    who = Principal(lead, Role.OFFICER, "测试辛")
    with pytest.raises(InvalidDetermination, match="不填金额"):
        decide(office, accepted.receipt, replace(YES, amount=Decimal("99999.99")), who)
    assert scalar(office.db, "SELECT count(*) FROM determination") == 0
