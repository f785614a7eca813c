"""Who reads what of applications that meet; and that whoever files unknown takes nothing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import identity_check, withdraw
from casework.intake.identity import Identity
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.filing import OPEN_FORM, TRUSTED
from tests.support.ledgers import column
from tests.support.office import OFFICER, RENT, Office, decide
from tests.support.packaged import load_application
from tests.support.scenarios.chain import BRANCH, OF_A_CHAIN, PARENT_USCC, paid, shop
from tests.support.scenarios.rent import LEASE, STAFF
from vocabulary.identity import IdentityLevel, IdentityMeans

BY_PHONE = Identity(IdentityLevel.CONTACT_VERIFIED, IdentityMeans.SMS_CODE)
PLACE = {"lease_no": "店租-1", "address": "西城区测试街7号"}


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    return Office(database, replace(settings, determination_approval_yuan=Decimal(10_000_000)))


def file(office: Office, body: dict[str, Any], identity: Identity = TRUSTED) -> Any:
    """File as somebody known to that degree, and assess."""
    submission = load_application(body)
    made = filing.accept(office.db, office.settings, submission, identity=identity)
    office.assess_all()
    return made


def found(office: Office) -> list[str]:
    """Whose bureaus were told that they meet somebody."""
    return column(
        office.db,
        "SELECT a.receipt || ' ' || d.recipient FROM event AS e JOIN application AS a"
        " ON a.id = e.application_id JOIN delivery AS d ON d.event_id = e.id"
        " WHERE e.type = 'overlap.found' AND d.channel = 'inbox' ORDER BY a.id, d.id",
    )


def test_both_officers_and_both_applicants_of_one_enterprise_read_of_each_other(
    office: Office,
) -> None:
    same = tenant_body()
    both = [file(office, same), file(office, same)]
    assert {line.split()[0] for line in found(office)} == {made.receipt for made in both}
    for own, other in (both, both[::-1]):
        [mine] = office.status(own)["overlaps"]
        assert mine["meets"] == "same"
        assert mine["other"]["receipt"] == other.receipt
        assert mine["lines"] == ["2020年3月", "2020年4月"]
        assert "谁先提出不影响结果" in mine["text"]
        assert "可撤回另一份" in mine["to_do"]
        assert mine["amounts"] is None
        [seen] = office.case(own.receipt)["overlaps"]
        assert seen["other"]["receipt"] == other.receipt
        assert seen["other"]["state"] == "awaiting_determination"
        assert seen["amounts"] == {
            "lines": ["2020年3月", "2020年4月"],
            "amount": RENT,
            "verified": True,
        }


def test_the_one_granted_is_named_as_such(office: Office) -> None:
    same = tenant_body()
    won, lost = file(office, same), file(office, same)
    decide(office, won.receipt)
    office.assess_all()
    [mine] = office.status(lost)["overlaps"]
    assert (mine["granted"], mine["other"]["state"]) == (True, "determined")
    assert "已获准" in mine["text"]
    [other] = office.status(won)["overlaps"]
    assert other["granted"] is False
    told = column(
        office.db,
        "SELECT DISTINCT d.recipient FROM event AS e JOIN delivery AS d ON d.event_id = e.id"
        " WHERE e.type = 'overlap.settled' AND d.channel = 'inbox'",
    )
    assert "sasac" in told


@pytest.mark.parametrize("stranger_first", [True, False])
def test_an_unknown_stranger_under_a_foreign_code_is_nothing_to_the_enterprise(
    office: Office, stranger_first: bool
) -> None:
    """Finding 3: who files first under a public code used to take the victim's money."""
    same = tenant_body()
    order = (OPEN_FORM, TRUSTED) if stranger_first else (TRUSTED, OPEN_FORM)
    made = {who.level: file(office, same, who) for who in order}
    stranger, victim = made[IdentityLevel.UNVERIFIED], made[IdentityLevel.ASSURED]
    assert office.status(victim)["amount"] == RENT
    assert office.status(victim)["overlaps"] == office.status(stranger)["overlaps"] == []
    assert not found(office)
    [seen] = office.case(victim.receipt)["overlaps"]
    assert seen["other"]["receipt"] == stranger.receipt
    assert seen["amounts"]["verified"] is False
    assert "未核实" in seen["text"]
    assert decide(office, victim.receipt).amount == Decimal(RENT)
    office.assess_all()
    assert not column(
        office.db, "SELECT id FROM event WHERE type IN ('overlap.found', 'overlap.settled')"
    )
    assert victim.receipt not in str(office.status(stranger))


@pytest.mark.parametrize("before", [1, 2])
def test_bureaus_are_told_once_it_is_known_who_filed(office: Office, before: int) -> None:
    """`before`: how many of two that meet are unknown as they are assessed."""
    same = tenant_body()
    late = [file(office, same, OPEN_FORM) for _ in range(before)]
    made = [*late, *(file(office, same) for _ in range(2 - before))]
    assert not found(office)
    for each in late:
        assert not found(office)
        identity_check.check(
            office.db,
            office.settings,
            OFFICER,
            each.receipt,
            office.seen(each.receipt),
            note="已核对营业执照原件",
            contact=False,
        )
    office.assess_all()
    told = [line.split()[0] for line in found(office) if line.endswith(" sasac")]
    assert told == sorted(each.receipt for each in made), "each once"


def test_a_stranger_with_a_telephone_learns_only_that_there_is_another(office: Office) -> None:
    same = tenant_body()
    victim, stranger = file(office, same), file(office, same, BY_PHONE)
    for own, other in ((victim, stranger), (stranger, victim)):
        [mine] = office.status(own)["overlaps"]
        assert mine["other"] is None
        assert other.receipt not in str(office.status(own))
        assert "如不是本单位提出的" in mine["to_do"]


def test_a_withdrawn_or_refused_one_meets_nobody(office: Office) -> None:
    same = tenant_body()
    gone, left = file(office, same), file(office, same)
    withdraw.withdraw(office.db, office.settings, gone.receipt, gone.access_code)
    assert office.status(left)["overlaps"] == []
    assert office.case(left.receipt)["overlaps"] == []


def test_the_same_premises_under_another_number_is_pointed_out(office: Office) -> None:
    code = uscc(81)
    one, two = (
        file(office, tenant_body(uscc=code, lease_no=number)) for number in ("甲-1", "乙-2")
    )
    assert office.status(one)["amount"] == office.status(two)["amount"] == RENT
    [seen] = office.case(one.receipt)["overlaps"]
    assert (seen["meets"], seen["other"]["receipt"]) == ("resembles", two.receipt)
    assert "核对合同原件" in seen["to_do"]
    stranger = file(office, tenant_body(uscc=code, lease_no="丙-3"), BY_PHONE)
    assert office.status(stranger)["overlaps"] == []


def test_a_waiver_and_a_subsidy_of_one_shop_know_of_each_other(office: Office) -> None:
    waiver = {
        "provision": "m01_tenant",
        "enterprise": {**BRANCH, "uscc": PARENT_USCC, "kind": "enterprise"},
        "facts": {"operation": "closed_by_rule", **STAFF, "leases": [{**LEASE, **PLACE}]},
    }
    subsidy = {
        "provision": "m04_chain_shop",
        "enterprise": BRANCH,
        "facts": shop(paid("30000", "30000", rent_due="30000"), PLACE, parent=OF_A_CHAIN),
    }
    one, four = file(office, waiver), file(office, subsidy)
    [seen] = office.case(one.receipt)["overlaps"]
    assert (seen["meets"], seen["amounts"]["amount"]) == ("base", "18000.00")
    assert "(四)只计算实际承担的房租" in seen["text"]
    [mine] = office.status(four)["overlaps"]
    # The parent filed it under its own code: which one it is, is not the branch's to know.
    assert (mine["meets"], mine["other"]) == ("base", None)
    assert mine["to_do"] == "两份都会办理，不必撤回。"
    assert {line.split()[1] for line in found(office)} >= {"sasac", "commerce"}


def test_branches_that_number_their_leases_alike_do_not_meet(office: Office) -> None:
    """Both rest on the rent that their parent might have waived, and on nothing of each other's."""
    bodies = []
    for number in (1, 2):
        facts = shop(paid("30000", "30000"), {"lease_no": "店租-1"}, parent=OF_A_CHAIN)
        enterprise = {**BRANCH, "uscc": uscc(900 + number)}
        bodies.append({"provision": "m04_chain_shop", "enterprise": enterprise, "facts": facts})
    one, two = (file(office, body) for body in bodies)
    assert office.status(one)["overlaps"] == office.status(two)["overlaps"] == []
    assert not found(office)
