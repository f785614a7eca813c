"""What is offered of a fulfilment is what would not be refused, for each person in each state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from casework.acts import review
from casework.errors import CaseworkError
from casework.fulfilment import (
    bank_answers,
    lists,
    objection_answers,
    paid_otherwise,
    payment_account,
    reclaims,
    waivers,
)
from casework.intake.accept import Accepted
from casework.people.access import Lent, Principal
from store.db import Database
from tests.support.fulfilled import objected
from tests.support.fulfilling import (
    GUARANTOR,
    LEADING_HEAD,
    PAYER,
    PAYING_HEAD,
    SECOND_PAYING_HEAD,
    Reopened,
    answer,
    export,
    give_account,
    grant,
    granted,
    lines,
    of_individuals,
    paid,
    payable,
    publicity_over,
    returned,
)
from tests.support.ledgers import scalar
from tests.support.office import HEAD, OFFICER, STRANGER, Office, decide
from tests.support.undoing import would_be_taken
from vocabulary.fulfilment import PaymentAct
from vocabulary.people import Role

BESIDE = Principal("development_reform", Role.OFFICER, "测试卯")
FOR_A_HEAD = replace(
    PAYER, label="测试巳", lent=(Lent(Role.SUPERVISOR, PAYING_HEAD.label, PAYING_HEAD.actor),)
)
FOR_WHO_GRANTED = replace(
    BESIDE, label="测试午", lent=(Lent(Role.OFFICER, GUARANTOR.label, GUARANTOR.actor),)
)
PEOPLE = (
    PAYER,
    PAYING_HEAD,
    SECOND_PAYING_HEAD,
    FOR_A_HEAD,
    replace(PAYER, label="测试未", role=Role.AUDITOR),
    GUARANTOR,
    LEADING_HEAD,
    BESIDE,
    FOR_WHO_GRANTED,
    OFFICER,
    HEAD,
    STRANGER,
)


def with_bank(office: Office) -> Accepted:
    accepted = payable(office)
    export(office)
    return accepted


def answered(office: Office, *, pays: bool) -> Accepted:
    accepted = payable(office)
    batch = export(office)
    [line] = lines(office, batch)
    answer(office, batch, (paid if pays else returned)(office, line))
    return accepted


def filed(office: Office) -> Accepted:
    return granted(office, filed="测试银行 62220000 0007")


def named(office: Office) -> Accepted:
    accepted = granted(office)
    of_individuals(office)
    payment_account.give(
        office.db, office.settings, accepted.receipt, accepted.access_code,
        holder="测试某", number="62220000000007", bank="测试银行",
    )  # fmt: skip
    return accepted


def back_and_objected(office: Office) -> Accepted:
    accepted = answered(office, pays=False)
    objected(office)
    return accepted


def stopped_in_time(office: Office, *, sustained: bool | None = None) -> Accepted:
    accepted = granted(office)
    give_account(office, accepted)
    objected(office)
    if sustained is not None:
        newest = objection_answers.list_objections(office.db, office.settings, LEADING_HEAD)
        objection_answers.answer(
            office.db, office.settings, LEADING_HEAD, newest.items[0].id,
            sustained=sustained, words="经核对",
        )  # fmt: skip
    publicity_over(office)
    return accepted


def reviewed(office: Office) -> Accepted:
    accepted = filed(office)
    own = (accepted.receipt, accepted.access_code)
    review.request(office.db, office.settings, *own, reason="请复核")
    return accepted


def replaced_while_with_bank(office: Office) -> Accepted:
    accepted = with_bank(office)
    objected(office)
    Reopened.of(office, accepted)
    grant(office, accepted, Decimal(40_000))
    return accepted


def partly_paid_and_with_bank(office: Office) -> Accepted:
    accepted = granted(office, amount=Decimal(30_000), computed=Decimal(60_000))
    give_account(office, accepted)
    publicity_over(office)
    batch = export(office)
    answer(office, batch, paid(office, lines(office, batch)[0]))
    Reopened.of(office, accepted)
    grant(office, accepted, Decimal(60_000))
    publicity_over(office)
    export(office)
    objected(office)
    return accepted


def claimed(office: Office) -> Accepted:
    accepted = payable(office)
    paid_otherwise.record(
        office.db, office.settings, PAYING_HEAD, accepted.receipt, on=office.today(), note="凭证"
    )
    return accepted


def taken_back(office: Office) -> Accepted:
    accepted = answered(office, pays=True)
    reclaims.reclaim(
        office.db, office.settings, PAYING_HEAD, accepted.receipt,
        amount=Decimal(50_000), on=office.today(), reason="mistake", note="重复",
    )  # fmt: skip
    return accepted


def waiver(office: Office, *, publicised: bool) -> Accepted:
    accepted = office.submit()
    decide(office, accepted.receipt)
    if not publicised:
        publicity_over(office)
    return accepted


def waived(office: Office) -> Accepted:
    accepted = waiver(office, publicised=False)
    waivers.confirm(
        office.db, office.settings, OFFICER, accepted.receipt,
        on=office.today(), found="landlord",
    )  # fmt: skip
    return accepted


def cancelled(office: Office) -> Accepted:
    accepted = answered(office, pays=True)
    Reopened.of(office, accepted)
    return accepted


STATES: Mapping[str, Callable[[Office], Accepted]] = {
    "publicised, account filed": filed,
    "publicised, account in another name": named,
    "no account": granted,
    "payable": payable,
    "with the bank": with_bank,
    "paid": lambda office: answered(office, pays=True),
    "returned": lambda office: answered(office, pays=False),
    "returned, objected": back_and_objected,
    "objected": stopped_in_time,
    "dismissed": lambda office: stopped_in_time(office, sustained=False),
    "stopped": lambda office: stopped_in_time(office, sustained=True),
    "under review": reviewed,
    "replaced while with the bank": replaced_while_with_bank,
    "partly paid, the rest with the bank": partly_paid_and_with_bank,
    "one head says that it is paid": claimed,
    "taken back": taken_back,
    "cancelled after the payment": cancelled,
    "waiver publicised": lambda office: waiver(office, publicised=True),
    "waiver told": lambda office: waiver(office, publicised=False),
    "waived": waived,
}


def does(office: Office, act: PaymentAct, who: Principal, receipt: str) -> bool:
    """Whether the use case takes it, with what somebody would send who has seen it."""
    account = scalar(office.db, "SELECT coalesce(max(id), 0) FROM payment_account")
    said_on = scalar(office.db, "SELECT max(waived_on) FROM fulfilment WHERE state = 'due'")
    today = office.today()

    def do(db: Database) -> object:
        asked = (db, office.settings, who, receipt)
        match act:
            case PaymentAct.CONFIRM_ACCOUNT:
                return payment_account.confirm(*asked, account=account, note="已核对")
            case PaymentAct.CONFIRM_WAIVER:
                return waivers.confirm(*asked, on=today, found="landlord")
            case PaymentAct.RETRY:
                return bank_answers.retry(*asked, reason="银行故障")
            case PaymentAct.PAID_OTHERWISE:
                return paid_otherwise.record(*asked, on=said_on or today, note="凭证")
            case PaymentAct.RECLAIM:
                cent = Decimal("0.01")
                return reclaims.reclaim(*asked, amount=cent, on=today, reason="mistake", note="-")

    return would_be_taken(office.db, do)


def offered(office: Office, who: Principal, receipt: str) -> set[PaymentAct]:
    """What is offered; nothing to whom the page is not shown."""
    try:
        return set(lists.read(office.db, who, receipt).actions)
    except CaseworkError:
        return set()


@pytest.mark.parametrize("state", STATES)
def test_what_is_offered_is_what_is_taken(office: Office, state: str) -> None:
    receipt = STATES[state](office).receipt
    taken = {
        who.actor: {act for act in PaymentAct if does(office, act, who, receipt)} for who in PEOPLE
    }
    assert {who.actor: offered(office, who, receipt) for who in PEOPLE} == taken


def test_each_act_is_open_to_somebody_and_not_to_all(office: Office) -> None:
    """Else the table above would show nothing."""
    accepted = filed(office)
    of_each = {who.actor: offered(office, who, accepted.receipt) for who in PEOPLE}
    assert of_each[PAYER.actor] == of_each[BESIDE.actor] == {PaymentAct.CONFIRM_ACCOUNT}
    for who in (GUARANTOR, OFFICER, STRANGER):
        assert (who.actor, of_each[who.actor]) == (who.actor, set())
