"""What a person is offered to do with a case is what would not be refused, in each state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from casework.acts import (
    access_codes,
    acknowledge,
    approval,
    assign,
    determine,
    findings,
    identity_check,
    review,
    supplement,
    transfer,
    withdraw,
)
from casework.acts.determine import Decision
from casework.errors import CaseworkError
from casework.people.access import Lent, Principal
from casework.views import cases
from rules.workdays import add_working_days
from schemas.findings import Finding
from store.db import Database
from tests.support.ledgers import scalar
from tests.support.office import (
    AUDITOR,
    COLLEAGUE,
    HEAD,
    OFFICER,
    SECOND_HEAD,
    STRANGER,
    YES,
    Office,
    decide,
)
from tests.support.undoing import would_be_taken
from vocabulary.cases import Act
from vocabulary.people import Role

NO = [Finding("1.2", result=False, note="不符合")]
REFUSED = Decision(granted=False, amount=None, reason="不符合条件", findings=NO)
FIELD = "/facts/leases/0/rent"
STANDS_IN = replace(
    COLLEAGUE, label="测试未", lent=(Lent(Role.SUPERVISOR, HEAD.label, HEAD.actor),)
)
COPIED = Principal("commerce", Role.SUPERVISOR, "测试子")
PEOPLE = (OFFICER, COLLEAGUE, HEAD, SECOND_HEAD, STANDS_IN, AUDITOR, STRANGER, COPIED)


def version(office: Office, receipt: str) -> frozenset[int]:
    seen = "SELECT version FROM application WHERE receipt = %(r)s"
    return frozenset({scalar(office.db, seen, r=receipt)})


def fresh(office: Office) -> str:
    return office.submit().receipt


def supplement_asked(office: Office) -> str:
    receipt = fresh(office)
    supplement.request(
        office.db, office.settings, OFFICER, receipt, version(office, receipt),
        fields=(FIELD,), reason="看不清", due_on=office.in_days(7),
    )  # fmt: skip
    return receipt


def supplement_late(office: Office) -> str:
    receipt = supplement_asked(office)
    office.go_to(add_working_days(office.in_days(7), 3)[0])
    return receipt


def proposed_by_head(office: Office) -> str:
    receipt = fresh(office)
    strict = replace(office.settings, determination_approval_yuan=Decimal(1))
    seen = version(office, receipt)
    determine.determine(office.db, strict, HEAD, receipt, seen, YES)
    return receipt


def granted(office: Office) -> str:
    receipt = fresh(office)
    decide(office, receipt)
    return receipt


def under_review(office: Office) -> str:
    accepted = office.submit()
    decide(office, accepted.receipt, who=HEAD)
    own = (accepted.receipt, accepted.access_code)
    review.request(office.db, office.settings, *own, reason="不同意")
    return accepted.receipt


def withdrawn(office: Office) -> str:
    accepted = office.submit()
    own = (accepted.receipt, accepted.access_code)
    withdraw.withdraw(office.db, office.settings, *own)
    return accepted.receipt


def handed_over(office: Office) -> str:
    receipt = fresh(office)
    seen = version(office, receipt)
    transfer.transfer(
        office.db, office.settings, OFFICER, receipt, seen, to="education", reason="属教育"
    )
    return receipt


def handed_back(office: Office) -> str:
    receipt = handed_over(office)
    seen = version(office, receipt)
    transfer.transfer(
        office.db, office.settings, STRANGER, receipt, seen, to="sasac", reason="属国资"
    )
    return receipt


def checked(office: Office) -> str:
    receipt = fresh(office)
    seen = version(office, receipt)
    identity_check.check(
        office.db, office.settings, SECOND_HEAD, receipt, seen, note="当面核对", contact=True
    )
    office.assess()
    return receipt


def checked_without_contact(office: Office) -> str:
    receipt = fresh(office)
    seen = version(office, receipt)
    identity_check.check(
        office.db, office.settings, SECOND_HEAD, receipt, seen, note="当面核对", contact=False
    )
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE application SET confirmed_channels = '{}'")
    office.assess()
    return receipt


STATES = [
    fresh,
    supplement_asked,
    supplement_late,
    proposed_by_head,
    granted,
    under_review,
    withdrawn,
    handed_over,
    handed_back,
    checked,
    checked_without_contact,
]


def acts(office: Office, me: Principal, receipt: str) -> Mapping[Act, Callable[[Database], object]]:
    """Each act, with what somebody would send who has seen the case."""
    seen = version(office, receipt)
    said = (office.settings, me, receipt, seen)
    found = [Finding("1.2", result=True, note="属实")]
    return {
        Act.ACKNOWLEDGE: lambda db: acknowledge.one(db, me, receipt, seen),
        Act.RECORD_FINDING: lambda db: findings.record(db, me, receipt, found, versions=seen),
        Act.REQUEST_SUPPLEMENT: lambda db: supplement.request(
            db, *said, fields=(FIELD,), reason="-", due_on=office.in_days(7)
        ),
        Act.CLOSE_SUPPLEMENT: lambda db: supplement.close(db, *said, reason="-"),
        Act.DETERMINE: lambda db: determine.determine(db, *said, REFUSED),
        Act.APPROVE_DETERMINATION: lambda db: approval.decide_proposal(
            db, *said, approved=True, note="同意"
        ),
        Act.REJECT_DETERMINATION: lambda db: approval.decide_proposal(
            db, *said, approved=False, note="再查"
        ),
        Act.TRANSFER: lambda db: transfer.transfer(db, *said, to="finance", reason="-"),
        Act.UPHOLD: lambda db: review.decide(db, *said, upheld=True, reason="-"),
        Act.REOPEN: lambda db: review.decide(db, *said, upheld=False, reason="-"),
        Act.CHECK_IDENTITY: lambda db: identity_check.check(db, *said, note="-", contact=False),
        Act.ISSUE_CODE: lambda db: access_codes.issue(db, *said, handed="in_person", note="-"),
        Act.ASSIGN: lambda db: assign.one(db, *said, to=None),
    }


def offered(office: Office, me: Principal, receipt: str) -> set[Act]:
    """What is offered; nothing to whom the case is not shown. To propose is to determine."""
    try:
        shown = cases.read(office.db, office.settings, me, receipt).casework.actions
    except CaseworkError:
        return set()
    return {Act.DETERMINE if each is Act.PROPOSE_DETERMINATION else Act(each) for each in shown}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_what_is_offered_is_what_is_taken(office: Office, state: Callable[[Office], str]) -> None:
    receipt = state(office)
    for me in PEOPLE:
        tried = acts(office, me, receipt).items()
        taken = {act for act, do in tried if would_be_taken(office.db, do)}
        assert (me.actor, offered(office, me, receipt)) == (me.actor, taken)
