"""The second person: when one is needed, who can be one; granting as computed; a system's word."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import approval, determine, findings, identity_check, review, withdraw
from casework.acts.determination_rules import InvalidDetermination
from casework.acts.determine import Decision
from casework.docket.second_person import SecondPersonRequired
from casework.intake.accept import Accepted
from casework.people.access import Lent, Principal
from casework.reporting import publicity
from config.settings import Settings
from schemas.findings import Finding
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import column, scalar
from tests.support.office import COLLEAGUE, HEAD, OFFICER, RENT, SECOND_HEAD, YES, Office, decide
from tests.support.packaged import load_application
from vocabulary.people import Role

SYSTEM = Principal("sasac", Role.SYSTEM, "测试业务系统")
MET = [Finding(code, result=True, note="测试") for code in ("1.2", "1.3", "1.4", "1.5")]


@pytest.fixture
def strict(database: Database, settings: Settings) -> Office:
    """Where everything above 100,000 yuan takes two: one tenant's rent does not, two do."""
    return Office(database, replace(settings, determination_approval_yuan=Decimal(100_000)))


def shop(office: Office, lease: str, code: str = uscc(7), **changes: Any) -> Accepted:
    """One of several leases of one enterprise, each of 60,000 yuan."""
    return office.submit(tenant_body(uscc=code, lease_no=lease), **changes)


def found(office: Office, accepted: Accepted, who: Principal = OFFICER) -> None:
    """Every condition found met, and assessed again: eligible."""
    findings.record(office.db, who, accepted.receipt, MET)
    office.assess_all()


def approve(office: Office, accepted: Accepted, who: Principal) -> None:
    seen = frozenset({scalar(office.db, VERSION, r=accepted.receipt)})
    approval.decide_proposal(
        office.db, office.settings, who, accepted.receipt, seen, approved=True, note="同意"
    )


VERSION = "SELECT version FROM application WHERE receipt = %(r)s"


def test_splitting_over_applications_of_one_measure_does_not_help(strict: Office) -> None:
    first, second = shop(strict, "甲-1"), shop(strict, "甲-2")
    stranger = shop(strict, "乙-1", uscc(8))
    assert decide(strict, first.receipt).state == "determined"
    assert decide(strict, second.receipt).state == "awaiting_approval"
    assert decide(strict, stranger.receipt).state == "determined"
    third = shop(strict, "甲-3")
    small = replace(YES, amount=Decimal("0.01"))
    # What is only proposed counts as well.
    assert decide(strict, third.receipt, small).state == "awaiting_approval"


def test_two_at_once_do_not_slip_under_the_limit(strict: Office) -> None:
    filed = [shop(strict, f"丙-{number}") for number in range(6)]
    shared = Database(strict.settings.database_url, pool_size=6)
    each = Office(shared, strict.settings)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda accepted: decide(each, accepted.receipt), filed))
    shared.close()
    states = column(strict.db, "SELECT state FROM application ORDER BY state")
    assert states == ["awaiting_approval"] * 5 + ["determined"]


def test_applicants_without_a_credit_code_count_together(strict: Office) -> None:
    with strict.db.transaction() as conn:
        for lease in ("丁-1", "丁-2"):
            receipt = shop(strict, lease, uscc(100 + ord(lease[-1]))).receipt
            conn.exec_driver_sql(
                "UPDATE application SET uscc = NULL WHERE receipt = %(r)s", {"r": receipt}
            )
    receipts = column(strict.db, "SELECT receipt FROM application ORDER BY id")
    assert [decide(strict, each).state for each in receipts] == ["determined", "awaiting_approval"]


def large(office: Office) -> Accepted:
    """An application of 120,000 yuan: above the limit alone."""
    return office.submit(rent="60000.00")


TWICE = replace(YES, amount=2 * Decimal(RENT))


def test_who_found_anything_cannot_approve(strict: Office) -> None:
    accepted = large(strict)
    findings.record(strict.db, HEAD, accepted.receipt, MET[:1])
    strict.assess_all()
    decide(strict, accepted.receipt, TWICE)
    with pytest.raises(SecondPersonRequired):
        approve(strict, accepted, HEAD)
    assert "approve_determination" not in strict.case(accepted.receipt, HEAD)["casework"]["actions"]
    assert (
        "approve_determination" in strict.case(accepted.receipt, SECOND_HEAD)["casework"]["actions"]
    )
    approve(strict, accepted, SECOND_HEAD)


def test_who_found_in_bulk_cannot_approve(strict: Office) -> None:
    accepted = large(strict)
    seen = {accepted.receipt: scalar(strict.db, VERSION, r=accepted.receipt)}
    findings.record_many(strict.db, HEAD, seen, MET)
    strict.assess_all()
    decide(strict, accepted.receipt, TWICE)
    with pytest.raises(SecondPersonRequired):
        approve(strict, accepted, HEAD)


def test_who_determined_in_an_earlier_round_cannot_approve_in_a_later_one(strict: Office) -> None:
    accepted = large(strict)
    decide(strict, accepted.receipt, TWICE, HEAD)
    approve(strict, accepted, SECOND_HEAD)
    review.request(
        strict.db, strict.settings, accepted.receipt, accepted.access_code, reason="请复核"
    )
    third = replace(HEAD, label="测试庚")
    review.decide(
        strict.db,
        strict.settings,
        third,
        accepted.receipt,
        strict.seen(accepted.receipt),
        upheld=False,
        reason="重新核对",
    )
    decide(strict, accepted.receipt, TWICE)
    for who in (HEAD, SECOND_HEAD, replace(HEAD, label=OFFICER.label)):
        with pytest.raises(SecondPersonRequired):
            approve(strict, accepted, who)
    approve(strict, accepted, third)


def test_who_found_what_decided_a_case_does_not_review_it(office: Office) -> None:
    """Where a finding refuses, no determination names who refused."""
    accepted = office.submit()
    no = [Finding("1.3", result=False, note="在名单内")]
    findings.record(office.db, HEAD, accepted.receipt, no)
    office.assess_all()
    own = (office.db, office.settings, accepted.receipt, accepted.access_code)
    review.request(*own, reason="请复核")
    for who, may in ((HEAD, False), (SECOND_HEAD, True)):
        assert ("uphold" in office.case(accepted.receipt, who)["casework"]["actions"]) is may
    seen = office.seen(accepted.receipt)
    with pytest.raises(SecondPersonRequired):
        review.decide(
            office.db, office.settings, HEAD, accepted.receipt, seen, upheld=True, reason="维持"
        )


def test_a_grant_ends_with_an_application_that_is_withdrawn_under_review(strict: Office) -> None:
    first, second = shop(strict, "戊-1"), shop(strict, "戊-2")
    decide(strict, first.receipt)
    own = (strict.db, strict.settings, first.receipt, first.access_code)
    review.request(*own, reason="请复核")
    withdraw.withdraw(*own)
    ended = "SELECT state FROM determination"
    assert column(strict.db, ended) == ["superseded"]
    assert scalar(strict.db, "SELECT determined_amount FROM application ORDER BY id") is None
    # Nor does it count towards the enterprise's limit.
    assert decide(strict, second.receipt).state == "determined"


def test_a_lent_role_is_no_second_person_for_its_lender(strict: Office) -> None:
    accepted = large(strict)
    decide(strict, accepted.receipt, TWICE, HEAD)
    borrowed = replace(COLLEAGUE, lent=(Lent(Role.SUPERVISOR, HEAD.label, HEAD.actor),))
    with pytest.raises(SecondPersonRequired):
        approve(strict, accepted, borrowed)
    both = replace(
        borrowed, lent=(*borrowed.lent, Lent(Role.SUPERVISOR, SECOND_HEAD.label, SECOND_HEAD.actor))
    )
    approve(strict, accepted, both)
    (stood_in,) = column(
        strict.db,
        "SELECT data ->> 'standing_in_for' FROM event WHERE type = 'determination.made'",
    )
    assert stood_in == SECOND_HEAD.label


AS_COMPUTED = Decision(granted=True, amount=None, reason="按计算结果准予", as_computed=True)


def test_what_the_case_shows_is_granted_in_one_act(strict: Office) -> None:
    accepted = shop(strict, "戊-1")
    with pytest.raises(InvalidDetermination, match="认定意见"):
        decide(strict, accepted.receipt, AS_COMPUTED)
    found(strict, accepted)
    made = decide(strict, accepted.receipt, AS_COMPUTED)
    assert (made.state, made.amount) == ("determined", Decimal(RENT))
    assert strict.status(accepted)["determined_amount"] == RENT
    assert [str(grant.amount) for grant in publicity.list_grants(strict.db).items] == [RENT]


def test_what_is_computed_otherwise_now_is_not_granted_unseen(strict: Office) -> None:
    accepted = shop(strict, "己-1")
    found(strict, accepted)
    with strict.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE application SET amount = 59999.99")
    with pytest.raises(InvalidDetermination, match=r"60,000\.00元.*59,999\.99元"):
        decide(strict, accepted.receipt, AS_COMPUTED)


def test_many_are_granted_each_by_itself_and_above_the_limit_proposed(strict: Office) -> None:
    filed = [shop(strict, f"庚-{number}") for number in range(3)]
    open_, stale = shop(strict, "辛-1", uscc(9)), shop(strict, "壬-1", uscc(10))
    for accepted in (*filed, stale):
        found(strict, accepted)
    seen = {
        accepted.receipt: scalar(strict.db, VERSION, r=accepted.receipt)
        for accepted in (*filed, open_, stale)
    }
    seen[stale.receipt] -= 1
    told = determine.grant_many(strict.db, strict.settings, OFFICER, seen, "按计算结果准予").results
    assert [(each.state, each.code) for each in told] == [
        ("determined", None),
        ("awaiting_approval", None),
        ("awaiting_approval", None),
        (None, "invalid_determination"),
        (None, "version_changed"),
    ]
    assert [each.amount for each in told[:2]] == [Decimal(RENT)] * 2
    approve(strict, filed[1], HEAD)
    assert len(publicity.list_grants(strict.db).items) == 2


def test_what_a_system_records_is_evidence_until_a_person_confirms_it(strict: Office) -> None:
    accepted = shop(strict, "癸-1")
    found(strict, accepted, SYSTEM)
    case = strict.case(accepted.receipt)
    assert case["outcome"] == "needs_determination"
    assert {row["by_system"] for row in case["official_findings"]} == {True}
    against = [Finding("1.3", result=False, note="在名单内")]
    findings.record(strict.db, SYSTEM, accepted.receipt, against)
    strict.assess_all()
    assert strict.status(accepted)["outcome"] == "needs_determination"
    decide(strict, accepted.receipt)
    rows = strict.case(accepted.receipt)["official_findings"]
    assert {row["condition"] for row in rows if not row["by_system"]} >= {"1.2", "1.3", "1.4"}


def test_who_vouched_for_the_filer_is_no_second_person(strict: Office) -> None:
    body = tenant_body(rent="90000.00")
    filed = filing.accept(
        strict.db, strict.settings, load_application(body), identity=filing.OPEN_FORM
    )
    strict.assess_all()
    receipt = filed.receipt
    for who in (HEAD, COLLEAGUE):  # the second does not take the first one's place
        identity_check.check(
            strict.db,
            strict.settings,
            who,
            receipt,
            strict.seen(receipt),
            note="已核对营业执照原件",
            contact=False,
        )
    strict.assess_all()
    grant = Decision(granted=True, amount=Decimal(180_000), reason="经核属实")
    assert decide(strict, receipt, grant).state == "awaiting_approval"
    with pytest.raises(SecondPersonRequired):
        approve(strict, filed, HEAD)
    assert "approve" not in str(strict.case(receipt, HEAD)["casework"]["actions"])
    approve(strict, filed, SECOND_HEAD)
    assert strict.status(filed)["state"] == "determined"
