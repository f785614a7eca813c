"""An account that an operator gives a code of its own is nobody else's from then on; what was done
with it before stays of whoever had it in hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.errors import NotPermitted
from casework.operations import staff
from casework.people import accounts, delegations
from casework.people.access import Principal
from casework.people.release import SecondAdministratorRequired
from tests.support.hands import administrator, comes, known, let_in, opened
from tests.support.office import Office
from tests.support.people import hire
from vocabulary.people import Role

STRAW, NEW = "test.cao", "test.yi"


@pytest.fixture
def one(office: Office) -> Principal:
    return administrator(office, "test.guan")


@pytest.fixture
def other(office: Office) -> Principal:
    return administrator(office, "test.gong")


@pytest.fixture
def straw(office: Office, one: Principal, other: Principal) -> Principal:
    """A colleague's account, whose code its opener has used."""
    code = opened(office, one, STRAW, Role.ADMIN)
    let_in(office, other, STRAW)
    return comes(office, STRAW, code)


@pytest.mark.parametrize("how", ["opened", "raised", "raised twice"])
def test_who_asked_with_an_account_does_not_confirm_it_once_it_is_another_persons(
    office: Office, one: Principal, other: Principal, straw: Principal, how: str
) -> None:
    both = [Role.OFFICER, Role.SUPERVISOR]
    if how == "opened":
        opened(office, straw, NEW, Role.OFFICER)
    else:
        hire(office, NEW, Role.OFFICER)
        staff.change(
            office.db, office.settings, straw, known(office, NEW).id, roles=both, bureau="sasac"
        )
    accounts.reset(office.db, office.settings, STRAW)
    if how == "raised twice":
        more = [*both, Role.ADMIN]
        staff.change(
            office.db, office.settings, straw, known(office, NEW).id, roles=more, bureau="sasac"
        )
    for each in (one, straw):
        with pytest.raises(SecondAdministratorRequired):
            let_in(office, each, NEW)
    let_in(office, other, NEW)
    # What the account's owner asks for by now, the other may confirm.
    opened(office, straw, "test.bing", Role.OFFICER)
    let_in(office, one, "test.bing")


def test_whom_an_account_opened_is_still_its_former_hands_too(
    office: Office, one: Principal, other: Principal, straw: Principal
) -> None:
    code = opened(office, straw, NEW, Role.ADMIN)
    let_in(office, other, NEW)
    further = comes(office, NEW, code)
    accounts.reset(office.db, office.settings, STRAW)
    for asks in (one, straw):
        opened(office, asks, f"test.of.{asks.label}", Role.OFFICER)
        with pytest.raises(SecondAdministratorRequired):
            let_in(office, further, f"test.of.{asks.label}")
    let_in(office, straw, f"test.of.{one.label}")


def test_a_loan_that_was_asked_for_in_another_hand_is_not_confirmed_by_it(
    office: Office, one: Principal, other: Principal, straw: Principal
) -> None:
    comes(office, NEW, hire(office, NEW, Role.OFFICER))
    comes(office, "test.zhu", hire(office, "test.zhu", Role.SUPERVISOR))
    asked = delegations.lend(
        office.db, office.settings, straw, to=NEW, ends_on=office.in_days(5), reason="年休假",
        absent="test.zhu",
    ).id  # fmt: skip
    accounts.reset(office.db, office.settings, STRAW)
    with pytest.raises(NotPermitted):
        delegations.confirm(office.db, one, asked)
    delegations.confirm(office.db, other, asked)


def test_who_said_whose_an_account_is_at_the_provider_has_no_second_in_it(
    office: Office, one: Principal, other: Principal
) -> None:
    linked = administrator(office, STRAW)
    issuer = replace(office.settings.accounts, oidc_issuer="https://login.example/")
    settings = replace(office.settings, accounts=issuer)
    staff.link(office.db, settings, one, known(office, STRAW).id, "subject-1")
    let_in(office, other, STRAW)
    opened(office, one, NEW, Role.OFFICER)
    with pytest.raises(SecondAdministratorRequired):
        let_in(office, linked, NEW)
    let_in(office, other, NEW)
