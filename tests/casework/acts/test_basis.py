"""An amount that the notice gives no arithmetic for: its document, its sum, its second person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import approval
from casework.acts.determination import Determined
from casework.acts.determine import Decision
from casework.docket.basis import BasisRefused, BasisRequired
from casework.docket.second_person import SecondPersonRequired
from casework.intake.accept import Accepted
from casework.people.access import Principal
from casework.reporting import publicity
from schemas.basis import Basis
from tests.support.applications import uscc
from tests.support.ledgers import scalar
from tests.support.office import YES, Office, decide
from tests.support.packaged import example
from vocabulary.people import Role

OFFICER = Principal("park", Role.OFFICER, "测试庚")
SECOND = Principal("park", Role.SUPERVISOR, "测试辛")
SUM = Decimal("99999.00")
"""Below what one person may grant alone where the rules compute it."""
PAPER = Basis(number="测园发〔2020〕1号", dated_on=date(2020, 6, 1), amount=Decimal("150000.00"))
DISCRETIONARY = ("m10_investment_risk", "m10_research", "m11_fintech")


def filed(office: Office, provision: str = "m11_fintech", whose: int = 71) -> Accepted:
    body = example(provision)
    return office.submit({**body, "enterprise": {**body["enterprise"], "uscc": uscc(whose)}})


def yes(basis: Basis | None = PAPER, amount: Decimal | None = SUM) -> Decision:
    return Decision(granted=True, amount=amount, reason="经研究决定", basis=basis)


def approve(office: Office, accepted: Accepted, who: Principal = SECOND) -> Determined:
    version = scalar(
        office.db, "SELECT version FROM application WHERE receipt = %(r)s", r=accepted.receipt
    )
    seen = frozenset({version})
    return approval.decide_proposal(
        office.db, office.settings, who, accepted.receipt, seen, approved=True, note="同意"
    )


@pytest.mark.parametrize("provision", DISCRETIONARY)
def test_no_officer_alone_writes_down_a_sum(office: Office, provision: str) -> None:
    accepted = filed(office, provision)
    with pytest.raises(BasisRequired) as refused:
        decide(office, accepted.receipt, yes(basis=None), OFFICER)
    assert refused.value.pointer == "/basis"
    made = decide(office, accepted.receipt, yes(), OFFICER)
    assert made.state == "awaiting_approval"
    with pytest.raises(SecondPersonRequired):
        approve(office, accepted, replace(SECOND, label=OFFICER.label))
    assert publicity.list_grants(office.db, limit=1).items == []
    approve(office, accepted)
    status: dict[str, Any] = office.status(accepted)["determination"]
    assert status["amount"] == str(SUM)
    assert status["basis"] == {
        "number": PAPER.number,
        "dated_on": "2020-06-01",
        "amount": "150000.00",
    }
    assert "金额依据：测园发〔2020〕1号（2020-06-01），所列金额150,000.00元" in status["reason"]


def test_what_is_granted_on_one_document_stays_within_it(office: Office) -> None:
    with pytest.raises(BasisRefused, match="所列的150,000"):
        decide(office, filed(office).receipt, yes(amount=Decimal("150000.01")), OFFICER)
    first, second, other = filed(office), filed(office, "m10_research"), filed(office, whose=72)
    decide(office, first.receipt, yes(), OFFICER)
    otherwise_typed = replace(PAPER, number="测园发(2020)１号 ")
    with pytest.raises(BasisRefused, match=first.receipt):
        decide(office, second.receipt, yes(otherwise_typed), OFFICER)
    decide(office, second.receipt, yes(otherwise_typed, Decimal("50001.00")), OFFICER)
    decide(office, other.receipt, yes(), OFFICER)
    for each in (first, second, other):
        approve(office, each)


def test_a_document_is_of_no_later_day_and_for_nothing_else(office: Office) -> None:
    tomorrow = replace(PAPER, dated_on=office.today() + timedelta(days=1))
    accepted = filed(office)
    with pytest.raises(BasisRefused, match="今天之后"):
        decide(office, accepted.receipt, yes(tomorrow), OFFICER)
    with pytest.raises(BasisRefused, match="没有规定算法"):
        decide(office, accepted.receipt, yes(amount=None), OFFICER)
    with pytest.raises(BasisRefused, match="没有规定算法"):
        decide(office, office.submit().receipt, replace(YES, basis=PAPER))
    made = decide(office, accepted.receipt, yes(basis=None, amount=None), OFFICER)
    assert (made.state, made.amount) == ("determined", None)


def test_district_government_too_takes_two_for_a_sum(office: Office) -> None:
    accepted = filed(office, "m14_special_difficulty")
    first = Principal("district_government", Role.OFFICER, "测试区府甲")
    with pytest.raises(BasisRequired):
        decide(office, accepted.receipt, yes(basis=None), first)
    assert decide(office, accepted.receipt, yes(), first).state == "awaiting_approval"
