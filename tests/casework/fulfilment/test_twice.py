"""Whoever wants money twice, or another's: what happens between a grant and its payment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from casework.acts import withdraw
from casework.acts.determination_rules import BenefitTaken
from casework.errors import IllegalMove, NotPermitted
from casework.fulfilment import lists, objection_answers, objections, paid_otherwise, reclaims
from casework.fulfilment.batches import NothingPayable
from casework.fulfilment.paid_otherwise import AnotherConfirms
from casework.fulfilment.waivers import DayAhead
from tests.support.applications import guarantee_body, uscc
from tests.support.fulfilled import code_of, objected
from tests.support.fulfilling import (
    GUARANTOR,
    LEADING_HEAD,
    PAYER,
    PAYING_HEAD,
    SECOND_PAYING_HEAD,
    SUBSIDY,
    Reopened,
    account_rests,
    answer,
    export,
    give_account,
    grant,
    granted,
    lines,
    paid,
    payable,
    publicity_over,
    returned,
    state,
)
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.said import said


@pytest.fixture
def office(office: Office) -> Office:
    """One that can send codes."""
    return Office(office.db, replace(office.settings, codes_file=Path("/nonexistent/codes")))


def test_what_was_paid_before_payments_were_known_here_is_written_down_and_not_paid_again(
    office: Office,
) -> None:
    accepted = payable(office)
    asked = (office.db, office.settings, PAYING_HEAD, accepted.receipt)
    with pytest.raises(NotPermitted):
        paid_otherwise.record(
            office.db, office.settings, PAYER, accepted.receipt, on=office.today(), note="-"
        )
    with pytest.raises(DayAhead):
        paid_otherwise.record(*asked, on=office.in_days(1), note=said("凭证1号"))
    paid_otherwise.record(*asked, on=office.today(), note=said("凭证1号"))
    with pytest.raises(AnotherConfirms):
        paid_otherwise.record(*asked, on=office.today(), note=said("凭证1号"))
    waiting = lists.read(office.db, PAYER, accepted.receipt)
    assert (waiting.progress, waiting.settled) == ("payable", 0)
    assert (waiting.said_by, waiting.said_paid_on) == (PAYING_HEAD.actor, office.today())
    second = (office.db, office.settings, SECOND_PAYING_HEAD, accepted.receipt)
    paid_otherwise.record(*second, on=office.in_days(-1), note=said("凭证2号"))  # another day
    assert lists.read(office.db, PAYER, accepted.receipt).progress == "payable"
    paid_otherwise.record(*asked, on=office.in_days(-1), note=said("凭证2号"))
    with pytest.raises(NothingPayable):
        export(office)
    with pytest.raises(IllegalMove):
        paid_otherwise.record(*asked, on=office.today(), note=said("凭证1号"))
    money = office.status(accepted)["fulfilment"]
    assert (money["progress"], money["settled"], money["outstanding"]) == (
        "paid",
        str(SUBSIDY),
        "0.00",
    )
    # A higher grant pays the difference alone.
    Reopened.of(office, accepted)
    grant(office, accepted, SUBSIDY)
    assert state(office, accepted) == "paid"


def test_nothing_is_said_to_be_paid_while_it_is_publicised_or_objected_to(office: Office) -> None:
    accepted = granted(office)
    give_account(office, accepted)
    asked = (office.db, office.settings, PAYING_HEAD, accepted.receipt)
    with pytest.raises(IllegalMove, match="公示期未满"):
        paid_otherwise.record(*asked, on=office.today(), note=said("凭证1号"))
    objected(office)
    publicity_over(office)
    with pytest.raises(IllegalMove, match="异议"):
        paid_otherwise.record(*asked, on=office.today(), note=said("凭证1号"))


def test_an_account_that_is_changed_at_the_last_moment_is_not_paid_to_today(office: Office) -> None:
    accepted = payable(office)
    give_account(office, accepted, "6222 0000 0000 0666")
    with pytest.raises(NothingPayable):
        export(office)
    give_account(office, accepted)  # its owner has heard of it
    account_rests(office)
    batch = export(office)
    paid_to = "SELECT max(id) = (SELECT account_id FROM payment_line) FROM payment_account"
    assert scalar(office.db, paid_to)
    assert batch.total == SUBSIDY


def test_who_granted_it_does_not_pay_it(office: Office) -> None:
    payable(office)
    with pytest.raises(NothingPayable):
        export(office, replace(PAYER, identity=GUARANTOR.actor))
    assert export(office).lines == 1


def test_what_was_paid_by_a_grant_that_a_review_has_opened_is_not_granted_to_its_twin(
    office: Office,
) -> None:
    body = guarantee_body(uscc(801), 1, SUBSIDY)
    twin, accepted = office.submit(body), office.submit(body)
    grant(office, accepted)
    give_account(office, accepted)
    publicity_over(office)
    batch = export(office)
    Reopened.of(office, accepted)
    with pytest.raises(BenefitTaken, match="还没有退回"):  # it is with the bank
        grant(office, twin)
    answer(office, batch, paid(office, lines(office, batch)[0]))
    withdraw.withdraw(office.db, office.settings, accepted.receipt, accepted.access_code)
    office.assess_all()
    with pytest.raises(BenefitTaken, match=accepted.receipt):
        grant(office, twin)
    reclaims.reclaim(
        *(office.db, office.settings, PAYING_HEAD, accepted.receipt),
        amount=SUBSIDY,
        on=office.today(),
        reason="changed",
        note=said("已退回"),
    )
    grant(office, twin)


def test_an_objection_outlives_the_grant_it_was_made_to(office: Office) -> None:
    accepted = payable(office)
    objected(office)
    handle = scalar(office.db, "SELECT handle FROM fulfilment")
    late = objections.ask(
        office.db, office.settings, handle, contact="13800000008", words="尚未核实"
    )
    Reopened.of(office, accepted)
    grant(office, accepted)
    [newest] = objection_answers.list_objections(office.db, office.settings, LEADING_HEAD).items

    def settle(number: int, *, sustained: bool) -> None:
        objection_answers.answer(
            office.db, office.settings, LEADING_HEAD, number, sustained=sustained, words="经核对"
        )

    code = code_of(office.db, office.settings)
    objections.confirm(office.db, office.settings, late.objection, code=code)
    publicity_over(office)
    with pytest.raises(NothingPayable):
        export(office)
    settle(newest.id, sustained=False)
    with pytest.raises(NothingPayable):  # the other one, confirmed only now
        export(office)
    settle(newest.id + 1, sustained=True)
    assert state(office, accepted) == "stopped"


def test_what_comes_back_after_a_new_grant_waits_for_another_account(office: Office) -> None:
    accepted = payable(office)
    batch = export(office)
    Reopened.of(office, accepted)
    grant(office, accepted)
    publicity_over(office)
    answer(office, batch, returned(office, lines(office, batch)[0]))
    assert state(office, accepted) == "returned"
    assert "银行退回了付款" in str(office.status(accepted))
    with pytest.raises(NothingPayable):
        export(office)
    give_account(office, accepted, "6222 0000 0000 0009")
    account_rests(office)
    again = export(office)
    answer(office, again, paid(office, lines(office, again)[0]))
    assert state(office, accepted) == "paid"


def test_an_account_that_was_purged_keeps_nobody_else_from_being_paid(office: Office) -> None:
    payable(office)
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE payment_account SET particulars = '已清除'")
    payable(office, 2)
    assert export(office).lines == 1
