"""One lease that two enterprises name: both sides see it, and its rent is granted once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import approval, automatic
from casework.acts.determination_rules import LeaseGranted
from casework.intake.accept import Accepted
from casework.people.access import Principal
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import claim_ids, scalar
from tests.support.office import HEAD, RENT, YES, Office, decide
from tests.support.scenarios.landlord import LANDLORD, one, tenants
from vocabulary.people import Role
from vocabulary.work import Stage

LEASE = "共租-2019-001"
VERSION = "SELECT version FROM application WHERE receipt = %(r)s"


def filed(office: Office, whose: int, lease: str = LEASE, **changes: Any) -> Accepted:
    """A tenant's application on a lease of one owner."""
    body = tenant_body(uscc=uscc(whose), lease_no=lease)
    body["facts"]["leases"][0] |= changes
    return office.submit(body)


def test_both_officers_and_both_applicants_see_it_before_anything_is_granted(
    office: Office,
) -> None:
    one, two = filed(office, 81), filed(office, 82, "共租－２０１９－００１")
    for own, other in ((one, two), (two, one)):
        [seen] = office.case(own.receipt)["overlaps"]
        assert (seen["meets"], seen["other"]["receipt"]) == ("shared", other.receipt)
        assert "第二人复签" in seen["to_do"]
        [told] = office.status(own)["overlaps"]
        assert (told["meets"], told["other"]) == ("shared", None)
        assert "合同原件" in told["to_do"]
        assert other.receipt not in str(told)


def test_the_second_grant_is_refused_until_two_people_give_a_reason(office: Office) -> None:
    one, two = filed(office, 81), filed(office, 82)
    assert decide(office, one.receipt).state == "determined"
    with pytest.raises(LeaseGranted, match=one.receipt):
        decide(office, two.receipt)
    knowing = replace(YES, despite="承租方3月20日变更，已核对两份合同原件")
    assert decide(office, two.receipt, knowing).state == "awaiting_approval"
    approve(office, two)
    assert office.status(two)["amount"] == RENT
    [kept] = office.case(two.receipt)["casework"]["determinations"]
    assert kept["despite"] == [one.receipt]
    assert "仍予准予的理由：承租方3月20日变更" in kept["reason"]


def test_what_was_granted_since_the_proposal_stops_the_second_person(office: Office) -> None:
    two = filed(office, 82)
    strict = Office(
        office.db, replace(office.settings, determination_approval_yuan=Decimal(RENT) - 1)
    )
    assert decide(strict, two.receipt).state == "awaiting_approval"
    one = filed(office, 81)
    decide(office, one.receipt)
    with pytest.raises(LeaseGranted, match=one.receipt):
        approve(office, two)


def test_of_two_at_the_same_moment_one_is_granted(office: Office) -> None:
    both = [filed(office, 81), filed(office, 82)]

    def grant(each: Accepted) -> bool:
        try:
            return decide(office, each.receipt).state == "determined"
        except LeaseGranted:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(grant, both)) == [False, True]


@pytest.mark.parametrize(
    ("lease", "changes"),
    [("共租-2019-002", {}), (LEASE, {"owner_name": "另一国有资产公司"})],
)
def test_another_number_or_another_owner_is_another_lease(
    office: Office, lease: str, changes: dict[str, Any]
) -> None:
    one, two = filed(office, 81), filed(office, 82, lease, **changes)
    assert office.case(one.receipt)["overlaps"] == []
    decide(office, one.receipt)
    assert decide(office, two.receipt).state == "determined"


def test_a_later_application_of_the_same_tenant_is_none(office: Office) -> None:
    one = filed(office, 81, months=[{"month": "2020-03"}])
    two = filed(office, 81, months=[{"month": "2020-04"}])
    half = replace(YES, amount=Decimal(RENT) / 2)
    for each in (one, two):
        [seen] = office.case(each.receipt)["overlaps"]
        assert seen["meets"] == "resembles"
        assert decide(office, each.receipt, half).state == "determined"


def test_a_landlord_cuts_the_rent_of_one_lease_once(office: Office) -> None:
    rows = [one("10000", tenant_uscc=uscc(whose), lease_no=LEASE) for whose in (83, 84)]
    bodies = [
        {"provision": "m01_landlord", "enterprise": LANDLORD, "facts": tenants(row)} for row in rows
    ]
    first, second = (office.submit(body) for body in bodies)
    lead = office.status(first)["bureaus"]["lead"]["bureau"]
    who = Principal(lead, Role.OFFICER, "测试甲")
    [seen] = office.case(second.receipt, who)["overlaps"]
    assert seen["meets"] == "shared"
    amount = replace(YES, amount=office.status(first)["amount"] and Decimal(RENT) / 20)
    decide(office, first.receipt, amount, who)
    with pytest.raises(LeaseGranted, match=first.receipt):
        decide(office, second.receipt, amount, who)


def approve(office: Office, accepted: Accepted) -> None:
    seen = frozenset({scalar(office.db, VERSION, r=accepted.receipt)})
    approval.decide_proposal(
        office.db, office.settings, HEAD, accepted.receipt, seen, approved=True, note="同意"
    )


def test_nothing_of_it_is_determined_without_a_person(office: Office) -> None:
    practice = replace(office.settings.practice, automatic_yuan=YES.amount)
    permitting = Office(office.db, replace(office.settings, practice=practice))
    filed(permitting, 81)
    filed(permitting, 82)
    ids = claim_ids(office.db, permitting.settings, Stage.DETERMINE)
    automatic.run(office.db, permitting.settings, ids)
    made = "SELECT count(*) FROM determination"
    assert scalar(office.db, made) == 0
