"""From a grant to the account: what may be paid when, and that nothing is paid twice."""

from __future__ import annotations

import csv
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import review
from casework.errors import CaseNotFound, IllegalMove, NotPermitted
from casework.fulfilment import bank_answers, batches, lists, payment_account, reclaims
from casework.fulfilment.bank_answers import AnswerRefused
from casework.fulfilment.batches import BatchNotFound, NothingPayable
from casework.fulfilment.payment_account import (
    AccountClosed,
    AnothersAccount,
    NothingToConfirm,
    NotOwnAccount,
    give,
)
from casework.fulfilment.reclaims import TooMuchReclaimed
from casework.fulfilment.standing import NothingToFulfil
from casework.intake.accept import Accepted
from tests.support.fulfilling import (
    GUARANTOR,
    HOLDER,
    LEADING_HEAD,
    PAYER,
    PAYING_HEAD,
    SECOND_PAYER,
    SUBSIDY,
    Reopened,
    account_rests,
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
    state,
    waiting_account,
)
from tests.support.ledgers import column, scalar
from tests.support.office import Office
from tests.support.said import said
from vocabulary.fulfilment import ReturnReason

TOTAL_PAID = "SELECT coalesce(sum(amount), 0) FROM payment_line WHERE state <> 'returned'"


def reclaim(office: Office, accepted: Accepted, amount: str, **changes: Any) -> int:
    sent = {
        "amount": Decimal(amount),
        "on": office.today(),
        "reason": "mistake",
        "note": said("多付"),
    }
    return reclaims.reclaim(
        office.db, office.settings, PAYING_HEAD, accepted.receipt, **{**sent, **changes}
    )


def test_no_money_moves_before_the_publicity_days_are_over(office: Office) -> None:
    accepted = granted(office)
    give_account(office, accepted)
    with pytest.raises(NothingPayable):
        export(office)
    until = scalar(office.db, "SELECT publicised_until FROM fulfilment")
    office.go_to(until)
    with pytest.raises(NothingPayable):
        export(office)
    publicity_over(office)
    assert export(office).total == SUBSIDY


def test_without_an_account_nothing_is_exported_and_a_stranger_s_account_is_refused(
    office: Office,
) -> None:
    accepted = granted(office)
    publicity_over(office)
    with pytest.raises(NothingPayable):
        export(office)
    own = (accepted.receipt, accepted.access_code)
    # A person is named in the application; only who owns a shop banks under another name.
    for kind in ("enterprise", "natural_person"):
        with office.db.transaction() as conn:
            conn.exec_driver_sql(
                "UPDATE application SET enterprise = enterprise || jsonb_build_object("
                "'kind', %(kind)s::text)",
                {"kind": kind},
            )
        with pytest.raises(AnothersAccount):
            give(
                office.db, office.settings, *own, holder="别家公司", number="62220000", bank="某行"
            )
    of_individuals(office)
    # Who owns the shop, perhaps; an officer says so, and does not pay to it.
    give(office.db, office.settings, *own, holder="测试经营者", number="62220009", bank="某行")
    payer = (office.db, office.settings, PAYER, accepted.receipt)
    assert lists.read(office.db, PAYER, accepted.receipt).progress == "account_unconfirmed"
    office.go_to(office.in_days(1))
    with pytest.raises(NothingPayable):
        export(office)
    seen = waiting_account(office, accepted.receipt)
    payment_account.confirm(*payer, account=seen, note=said("户名是经营者本人"))
    with pytest.raises(NothingToConfirm):
        payment_account.confirm(*payer, account=seen, note=said("户名是经营者本人"))
    shown = lists.read(office.db, PAYER, accepted.receipt)
    assert (shown.progress, shown.account) == ("account_new", "测试经营者，某行 ****0009")
    account_rests(office)
    assert lists.read(office.db, PAYER, accepted.receipt).progress == "payable"
    with pytest.raises(NothingPayable):
        export(office)
    # Corrected before the bank has it: the enterprise's own needs nobody's word.
    give_account(office, accepted)
    with pytest.raises(NothingPayable):  # whoever hears of it has a day to object
        export(office)
    account_rests(office)
    assert export(office).lines == 1
    stored = column(office.db, "SELECT particulars FROM payment_account")
    assert not any("6222" in each or HOLDER in each for each in stored)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("测试银行西城支行 6222 0000 0000 0001", ("测试银行西城支行", "6222000000000001")),
        ("开户行：测试银行，账号：62220000", ("测试银行", "62220000")),
        (f"{HOLDER}；测试银行；6222-0000-0001", ("测试银行", "622200000001")),
        ("62220000", None),
        ("测试银行", None),
        ("测试银行 62220000 或 62220001x", None),
        ("", None),
    ],
)
def test_what_an_application_says_of_an_account_is_read_or_left(
    text: str, found: tuple[str, str] | None
) -> None:
    read = payment_account.read_filed(text, HOLDER)
    assert (read and (read.bank, read.number)) == found


def test_an_account_that_the_application_named_is_paid_to_once_somebody_has_confirmed_it(
    office: Office,
) -> None:
    first, second = (
        granted(office, number, filed="测试银行西城支行 6222000000000001") for number in (1, 2)
    )
    publicity_over(office)
    with pytest.raises(NothingPayable):
        export(office)
    money = office.status(first)["fulfilment"]
    assert (money["progress"], money["account"]) == (
        "account_unconfirmed",
        f"{HOLDER}，测试银行西城支行 ****0001",
    )
    own = (office.db, office.settings, first.receipt, first.access_code)
    with pytest.raises(NotOwnAccount):
        payment_account.confirm_own(*own, own=False)
    payment_account.confirm_own(*own, own=True)
    with pytest.raises(NothingToConfirm):
        payment_account.confirm_own(*own, own=True)
    leading = (office.db, office.settings, LEADING_HEAD, second.receipt)
    account = waiting_account(office, second.receipt)
    payment_account.confirm(*leading, account=account, note=said("已电话核实"))
    with pytest.raises(NothingPayable):
        export(office)
    account_rests(office)
    assert export(office).lines == 2


def test_the_file_says_whom_to_pay_and_proves_itself(office: Office) -> None:
    first, second = granted(office, 1), granted(office, 2, Decimal("0.01"))
    give_account(office, first)
    give_account(office, second, "62220000000000 02")
    publicity_over(office)
    batch = export(office)
    content = batches.file(office.db, PAYER, batch.id)
    assert content.startswith(b"\xef\xbb\xbf")
    assert batch.digest == hashlib.sha256(content).hexdigest()
    *rows, total, check = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert rows[0] == ["编号", "受理编号", "户名", "账号", "开户行", "金额（元）", "用途"]
    assert [row[1:6] for row in rows[1:]] == [
        [first.receipt, HOLDER, "6222000000000001", "测试银行西城支行", "50000.00"],
        [second.receipt, HOLDER, "6222000000000002", "测试银行西城支行", "0.01"],
    ]
    assert (total[:2], total[5]) == (["合计", "2"], "50000.01")
    body = content[: content.rindex("校验".encode())]
    assert check == ["校验", hashlib.sha256(body).hexdigest()]
    # Fetched again it is the same file, and both looks are on the trail of each.
    assert batches.file(office.db, SECOND_PAYER, batch.id) == content
    looks = (
        "SELECT count(*) FROM event WHERE type = 'access.payment_file_read' AND shown IS NOT NULL"
    )
    assert scalar(office.db, looks) == 2


def test_two_officers_who_export_at_once_pay_once(office: Office) -> None:
    for number in range(1, 5):
        give_account(office, granted(office, number))
    publicity_over(office)

    def one(who: Any) -> int:
        try:
            return export(office, who).lines
        except NothingPayable:
            return 0

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(one, [PAYER, SECOND_PAYER, PAYER, SECOND_PAYER]))
    assert sum(counts) == 4
    assert scalar(office.db, "SELECT count(*) FROM payment_line") == 4
    assert scalar(office.db, "SELECT count(DISTINCT application_id) FROM payment_line") == 4


def test_a_paid_line_is_paid_once_however_often_the_bank_says_so(office: Office) -> None:
    accepted = payable(office)
    batch = export(office)
    [line] = lines(office, batch)
    taken = answer(office, batch, paid(office, line))
    assert (taken.paid, taken.known, taken.unanswered) == (1, 0, 0)
    before = scalar(office.db, "SELECT max(id) FROM event WHERE type LIKE 'payment.%%'")
    taken = answer(office, batch, paid(office, line))
    assert (taken.paid, taken.known) == (0, 1)
    assert scalar(office.db, "SELECT max(id) FROM event WHERE type LIKE 'payment.%%'") == before
    assert state(office, accepted) == "paid"
    with pytest.raises(NothingPayable):
        export(office)
    with pytest.raises(AccountClosed):
        give_account(office, accepted)


def test_a_returned_line_is_paid_under_a_new_number_after_a_new_account(office: Office) -> None:
    accepted = payable(office)
    batch = export(office)
    [line] = lines(office, batch)
    with pytest.raises(AccountClosed):  # what is with the bank is not changed under its hands
        give_account(office, accepted)
    answer(office, batch, returned(office, line))
    with pytest.raises(NothingPayable):
        export(office)
    give_account(office, accepted, "6222000000000009")
    account_rests(office)
    again = export(office)
    [second] = lines(office, again)
    assert second.number != line.number
    assert b"6222000000000009" in batches.file(office.db, PAYER, again.id)
    assert b"6222000000000001" in batches.file(office.db, PAYER, batch.id)
    # The first line's late "paid" is another answer than before, and refused.
    with pytest.raises(AnswerRefused):
        answer(office, batch, paid(office, line))
    answer(office, again, paid(office, second))
    assert scalar(office.db, TOTAL_PAID) == SUBSIDY


def test_where_the_bank_was_at_fault_an_officer_has_it_tried_again(office: Office) -> None:
    accepted = payable(office)
    asked = (office.db, office.settings, PAYER, accepted.receipt)
    with pytest.raises(IllegalMove):
        bank_answers.retry(*asked, reason=said("银行系统故障"))
    batch = export(office)
    [line] = lines(office, batch)
    answer(office, batch, returned(office, line, ReturnReason.BANK))
    bank_answers.retry(*asked, reason=said("银行系统故障"))
    assert export(office).lines == 1
    with pytest.raises(IllegalMove):
        bank_answers.retry(*asked, reason=said("银行系统故障"))


def test_an_answer_with_one_bad_line_is_refused_whole(office: Office) -> None:
    for number in (1, 2):
        give_account(office, granted(office, number))
    publicity_over(office)
    batch = export(office)
    first, second = (paid(office, line) for line in lines(office, batch))
    later = office.in_days(1)
    for bad, place in (
        (replace(second, number="FK999-0001"), 1),
        (replace(second, amount=second.amount + 1), 1),
        (replace(second, number=first.number), 1),
        (replace(second, on=later), 1),
    ):
        with pytest.raises(AnswerRefused) as refused:
            answer(office, batch, first, bad)
        assert refused.value.pointer == f"/lines/{place}"
        assert bad.number in refused.value.detail
    assert column(office.db, "SELECT DISTINCT state FROM payment_line") == ["exported"]


def test_only_the_bureau_that_pays_sees_and_does_anything(office: Office) -> None:
    accepted = payable(office)
    with pytest.raises(NothingPayable):
        export(office, GUARANTOR)
    with pytest.raises(NotPermitted):
        export(office, replace(PAYER, role=PAYER.role.AUDITOR))
    batch = export(office)
    for read in (batches.read, batches.file):
        with pytest.raises(BatchNotFound):
            read(office.db, GUARANTOR, batch.id)
    [line] = lines(office, batch)
    with pytest.raises(BatchNotFound):
        bank_answers.take(office.db, office.settings, GUARANTOR, batch.id, [paid(office, line)])
    with pytest.raises(CaseNotFound):
        bank_answers.retry(
            office.db, office.settings, replace(PAYER, bureau="park"), accepted.receipt, reason="-"
        )


def test_while_a_review_is_open_nothing_is_paid(office: Office) -> None:
    accepted = payable(office)
    own = (accepted.receipt, accepted.access_code)
    review.request(office.db, office.settings, *own, reason=said("请复核"))
    with pytest.raises(NothingPayable):
        export(office)


def test_a_determination_that_is_replaced_cancels_what_is_not_paid(office: Office) -> None:
    accepted = payable(office)
    Reopened.of(office, accepted)
    assert state(office, accepted) == "cancelled"
    with pytest.raises(NothingPayable):
        export(office)
    grant(office, accepted, Decimal("40000.00"))
    with pytest.raises(NothingPayable):  # its own publicity days
        export(office)
    publicity_over(office)
    assert export(office).total == Decimal("40000.00")


def test_after_a_payment_a_higher_determination_pays_the_difference(office: Office) -> None:
    accepted = granted(office, 1, Decimal("40000.00"), SUBSIDY)
    give_account(office, accepted)
    publicity_over(office)
    batch = export(office)
    Reopened.of(office, accepted)  # while the bank has it
    grant(office, accepted, SUBSIDY)
    publicity_over(office)
    with pytest.raises(NothingPayable):  # before it is known what was paid
        export(office)
    answer(office, batch, paid(office, lines(office, batch)[0]))
    assert export(office).total == Decimal("10000.00")


def test_after_a_payment_a_lower_determination_shows_what_is_to_be_taken_back(
    office: Office,
) -> None:
    accepted = payable(office)
    batch = export(office)
    answer(office, batch, paid(office, lines(office, batch)[0]))
    Reopened.of(office, accepted)
    grant(office, accepted, Decimal("30000.00"))
    assert state(office, accepted) == "paid"
    publicity_over(office)
    with pytest.raises(NothingPayable):
        export(office)
    with pytest.raises(TooMuchReclaimed):
        reclaim(office, accepted, "50000.01")
    reclaim(office, accepted, "20000.00", reason="changed")
    assert state(office, accepted) == "paid"


def test_what_was_reclaimed_is_not_paid_again_and_a_late_answer_changes_nothing(
    office: Office,
) -> None:
    accepted = payable(office)
    with pytest.raises(IllegalMove):
        reclaim(office, accepted, "1.00")
    batch = export(office)
    with pytest.raises(IllegalMove):
        reclaim(office, accepted, "1.00")
    [line] = lines(office, batch)
    answer(office, batch, paid(office, line))
    reclaim(office, accepted, "50000.00")
    assert state(office, accepted) == "reclaimed"
    assert answer(office, batch, paid(office, line)).known == 1
    assert state(office, accepted) == "reclaimed"
    with pytest.raises(IllegalMove):
        reclaim(office, accepted, "0.01")
    with pytest.raises(NothingPayable):
        export(office)
    with pytest.raises(AccountClosed):
        give_account(office, accepted)


def test_a_refused_application_has_nothing_to_be_fulfilled(office: Office) -> None:
    accepted = office.submit()
    with pytest.raises(NothingToFulfil):
        give_account(office, accepted)
    assert scalar(office.db, "SELECT count(*) FROM fulfilment") == 0
