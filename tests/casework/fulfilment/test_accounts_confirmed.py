"""Who confirms an account in another name, and how long an account rests before it is paid to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from casework.acts import access_codes
from casework.docket.second_person import SecondPersonRequired
from casework.fulfilment import lists, payment_account
from casework.fulfilment.batches import NothingPayable
from casework.fulfilment.payment_account import AccountReplaced
from casework.operations import business_time
from casework.people.access import Principal
from tests.support.fulfilling import (
    GUARANTOR,
    LEADING_HEAD,
    PAYER,
    export,
    give_account,
    granted,
    of_individuals,
    payable,
    waiting_account,
)
from tests.support.office import Office
from tests.support.said import said
from vocabulary.people import Role
from vocabulary.zone import CHINA

CLERK = Principal("development_reform", Role.OFFICER, "测试卯")


def test_who_granted_or_could_have_typed_it_does_not_confirm_an_account_in_another_name(
    office: Office,
) -> None:
    accepted = granted(office)
    of_individuals(office)
    issued = access_codes.issue(
        office.db, office.settings, CLERK, accepted.receipt,
        office.seen(accepted.receipt, CLERK), handed="in_person", note=said("本人到窗口"),
    )  # fmt: skip
    assert issued.access_code is not None
    payment_account.give(
        office.db, office.settings, accepted.receipt, issued.access_code,
        holder="测试经营者", number="62220009", bank="某行",
    )  # fmt: skip
    about = (office.db, office.settings)
    seen = lists.read(office.db, PAYER, accepted.receipt).account_id
    assert seen is not None
    for who in (GUARANTOR, CLERK):
        with pytest.raises(SecondPersonRequired):
            payment_account.confirm(
                *about, who, accepted.receipt, account=seen, note=said("是经营者本人")
            )
    payment_account.confirm(
        *about, LEADING_HEAD, accepted.receipt, account=seen, note=said("是经营者本人")
    )
    assert lists.read(office.db, PAYER, accepted.receipt).progress == "publicised"


def test_an_account_given_late_in_the_day_is_paid_to_after_a_full_working_day(
    office: Office,
) -> None:
    accepted = payable(office)
    monday = date(2027, 3, 1)
    office.go_to(monday)
    late = datetime.combine(monday, time(23, 50), CHINA) - business_time.now(office.db)
    business_time.advance(office.db, office.settings, late)
    give_account(office, accepted, "6222 0000 0000 0666")
    for day in (monday + timedelta(days=1), monday + timedelta(days=2)):
        with pytest.raises(NothingPayable):
            export(office)
        office.go_to(day)
    assert export(office).lines == 1


def test_a_weekend_is_no_time_to_object_in(office: Office) -> None:
    accepted = payable(office)
    friday = date(2027, 3, 5)
    office.go_to(friday)
    give_account(office, accepted, "6222 0000 0000 0666")
    office.go_to(friday + timedelta(days=3))
    with pytest.raises(NothingPayable):
        export(office)
    office.go_to(friday + timedelta(days=4))
    assert export(office).lines == 1


def test_what_is_confirmed_is_the_account_that_was_shown(office: Office) -> None:
    accepted = granted(office)
    of_individuals(office)
    own = (office.db, office.settings, accepted.receipt, accepted.access_code)
    about = (office.db, office.settings, LEADING_HEAD, accepted.receipt)
    payment_account.give(*own, holder="测试经营者", number="62220009", bank="某行")
    seen = waiting_account(office, accepted.receipt)
    # Another one, while the officer looks.
    payment_account.give(*own, holder="测试经营者乙", number="62220008", bank="某行")
    with pytest.raises(AccountReplaced):
        payment_account.confirm(*about, account=seen, note=said("是经营者本人"))
    now = waiting_account(office, accepted.receipt)
    payment_account.confirm(*about, account=now, note=said("是经营者本人"))
