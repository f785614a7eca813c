"""Determining without a person (自动认定): off by default, and only what is small and clear."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

import pytest

from casework.acts import automatic, findings, review, withdraw
from casework.intake.accept import Accepted
from casework.intake.identity import Identity
from casework.people.access import Principal
from casework.reporting import publicity
from config.practice import Practice
from config.settings import Settings
from schemas.findings import Finding
from store.db import Database
from tests.support import filing
from tests.support.applications import guarantee_body, uscc
from tests.support.fulfilling import (
    Reopened,
    answer,
    export,
    give_account,
    lines,
    paid,
    publicity_over,
)
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import Office
from tests.support.packaged import load_application
from vocabulary.cases import State
from vocabulary.identity import IdentityLevel, IdentityMeans
from vocabulary.people import Role
from vocabulary.work import Stage

LIMIT: Final = Decimal(5000)
OFFICER: Final = Principal("development_reform", Role.OFFICER, "测试丑")
HEAD: Final = replace(OFFICER, role=Role.SUPERVISOR, label="测试子")
SYSTEM: Final = replace(OFFICER, role=Role.SYSTEM, label="测试业务系统")
MET: Final = [Finding("6.4", result=True, note="已核实合同和费率")]


def permitting(office: Office, limit: Decimal | None) -> Office:
    """The same office under another limit."""
    practice = replace(office.settings.practice, automatic_yuan=limit)
    return Office(office.db, replace(office.settings, practice=practice))


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    return permitting(Office(database, settings), LIMIT)


def guarantee(number: int, amount: str, whose: int | None = None) -> dict[str, Any]:
    """An application for so many yuan, eligible once a person has found 6.4."""
    return guarantee_body(uscc(whose or number), number, Decimal(amount))


def file(
    office: Office,
    body: dict[str, Any],
    level: IdentityLevel = IdentityLevel.ASSURED,
    finder: Principal | None = OFFICER,
) -> Accepted:
    """An application, with everything found that is to be found."""
    means = None if level is IdentityLevel.UNVERIFIED else IdentityMeans.OPERATOR
    accepted = filing.accept(
        office.db, office.settings, load_application(body), identity=Identity(level, means)
    )
    office.assess()
    if finder is not None:
        findings.record(office.db, finder, accepted.receipt, MET)
        office.assess()
    return accepted


def work(office: Office) -> None:
    """Do what the workers would do, until nothing follows."""
    office.assess_all()
    while ids := claim_ids(office.db, office.settings, Stage.DETERMINE):
        result = automatic.run(office.db, office.settings, ids)
        assert result.failures == []
        office.assess_all()


def state(office: Office, accepted: Accepted) -> State:
    return State(
        scalar(office.db, "SELECT state FROM application WHERE receipt = %(r)s", r=accepted.receipt)
    )


def offered(office: Office) -> list[int]:
    return column(office.db, "SELECT subject_id FROM work_item WHERE stage = 'determine'")


def test_it_is_off_unless_somebody_sets_it(office: Office) -> None:
    assert Practice().automatic_yuan is None
    off = permitting(office, None)
    accepted = file(off, guarantee(1, "1000.00"))
    assert offered(off) == []
    work(off)
    assert state(off, accepted) is State.AWAITING_DETERMINATION
    assert publicity.list_grants(off.db).items == []


def test_what_waited_in_the_ledger_is_left_to_people_once_it_is_off(office: Office) -> None:
    accepted = file(office, guarantee(1, "1000.00"))
    assert offered(office)
    off = permitting(office, None)
    work(off)
    assert (state(off, accepted), offered(off)) == (State.AWAITING_DETERMINATION, [])


def test_what_is_small_and_clear_is_determined_and_says_that_it_is_local_practice(
    office: Office,
) -> None:
    accepted = file(office, guarantee(1, "1000.00"))
    work(office)
    status = office.status(accepted)
    assert status["state"] == State.DETERMINED
    assert status["determination"]["automatic"] is True
    assert Decimal(status["determination"]["amount"]) == Decimal(status["amount"]) > 0
    assert "本地做法：自动认定，金额不超过5,000.00元" in status["determination"]["reason"]
    assert any("本地做法：自动认定，金额不超过5,000.00元" in e["text"] for e in status["timeline"])
    (record,) = office.case(accepted.receipt, HEAD)["casework"]["determinations"]
    assert (record["automatic"], record["proposed_by"]) == (True, "system")
    assert record["computed"] == record["amount"]
    (shown,) = publicity.list_grants(office.db).items
    assert shown.automatic
    event = (
        "SELECT actor || ' ' || (data ->> 'automatic') FROM event WHERE type = 'determination.made'"
    )
    assert column(office.db, event) == ["system 5000"]
    # It holds its key as a person's grant does, once, however often it is offered.
    held = "SELECT count(*) FROM benefit_claim WHERE application_id IS NOT NULL"
    assert scalar(office.db, held) > 0
    work(office)
    assert scalar(office.db, "SELECT count(*) FROM determination") == 1


def test_a_review_takes_it_to_people_for_good(office: Office) -> None:
    accepted = file(office, guarantee(1, "1000.00"))
    work(office)
    review.request(
        office.db, office.settings, accepted.receipt, accepted.access_code, reason="请复核"
    )
    review.decide(
        office.db, office.settings, HEAD, accepted.receipt, office.seen(accepted.receipt, HEAD),
        upheld=False, reason="面积有误",
    )  # fmt: skip
    work(office)
    assert state(office, accepted) is State.AWAITING_DETERMINATION
    assert publicity.list_grants(office.db).items == []


def test_above_the_limit_of_a_second_person_nothing_is_determined_without_one(
    office: Office,
) -> None:
    lowered = Office(office.db, replace(office.settings, determination_approval_yuan=Decimal(1500)))
    small, large = (file(lowered, guarantee(n, yuan)) for n, yuan in ((1, "1000"), (2, "4000")))
    work(lowered)
    assert state(lowered, small) is State.DETERMINED
    assert "金额不超过1,500.00元" in lowered.status(small)["determination"]["reason"]
    assert state(lowered, large) is State.AWAITING_DETERMINATION


@pytest.mark.parametrize("level", [IdentityLevel.UNVERIFIED, IdentityLevel.CONTACT_VERIFIED])
def test_only_who_is_assured(office: Office, level: IdentityLevel) -> None:
    accepted = file(office, guarantee(1, "1000.00"), level)
    work(office)
    assert state(office, accepted) is State.AWAITING_DETERMINATION


def test_nothing_above_the_limit_nor_split_up_to_pass_below_it(office: Office) -> None:
    large = file(office, guarantee(1, "5000.01"))
    halves = [file(office, guarantee(n, "3000.00", whose=7)) for n in (2, 3)]
    work(office)
    assert state(office, large) is State.AWAITING_DETERMINATION
    assert sorted(state(office, each) for each in halves) == [
        State.AWAITING_DETERMINATION,
        State.DETERMINED,
    ]
    assert sum(column(office.db, "SELECT amount FROM determination"), Decimal(0)) == 3000


def test_two_claims_on_the_same_yuan_are_left_to_people(office: Office) -> None:
    both = [file(office, guarantee(1, "1000.00")) for _ in range(2)]
    work(office)
    assert {state(office, each) for each in both} == {State.AWAITING_DETERMINATION}


def test_what_was_paid_and_withdrawn_since_is_not_granted_anew_without_a_person(
    office: Office,
) -> None:
    accepted = file(office, guarantee(1, "1000.00"))
    work(office)
    give_account(office, accepted)
    publicity_over(office)
    batch = export(office)
    answer(office, batch, paid(office, lines(office, batch)[0]))
    Reopened.of(office, accepted)
    withdraw.withdraw(office.db, office.settings, accepted.receipt, accepted.access_code)
    again = file(office, guarantee(1, "1000.00"))
    work(office)
    assert state(office, again) is State.AWAITING_DETERMINATION


def test_an_open_condition_and_what_only_a_system_found_are_left_to_people(
    office: Office,
) -> None:
    accepted = file(office, guarantee(1, "1000.00"), finder=SYSTEM)
    work(office)
    assert state(office, accepted) is State.AWAITING_DETERMINATION
    assert offered(office) == []
    findings.record(office.db, OFFICER, accepted.receipt, MET)
    office.assess_all()
    findings.record(
        office.db, SYSTEM, accepted.receipt, [Finding("6.4", result=False, note="数据不符")]
    )
    work(office)
    assert state(office, accepted) is State.AWAITING_DETERMINATION, "evidence is unconfirmed"
