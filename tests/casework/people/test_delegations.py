"""Absence: a lent role works for its days, under the colleague's own name, and goes no further."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from casework.acts import approval, determine
from casework.acts.determine import Decision
from casework.errors import NotPermitted
from casework.people import access, delegations, tokens
from casework.people.access import Principal
from casework.people.delegations import DelegationNotFound, InvalidDelegation
from casework.views import inbox
from config.settings import Settings
from schemas.delegations import Delegation
from store.db import Database
from tests.support.ledgers import scalar
from tests.support.office import COLLEAGUE, HEAD, OFFICER, SECOND_HEAD, Office
from vocabulary.people import Role

ADMIN = Principal("sasac", Role.ADMIN, "测试管理员")
Enter = Callable[[Principal], Principal]


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    strict = replace(settings, determination_approval_yuan=Decimal(0))
    return Office(database, strict)


@pytest.fixture
def enter(database: Database, settings: Settings) -> Enter:
    """A person comes in with a token, as the API would let them."""
    made: dict[Principal, str] = {}

    def come_in(who: Principal) -> Principal:
        if who not in made:
            made[who] = tokens.create(
                database, settings, bureau=who.bureau, role=who.role, label=who.label
            )
        return access.authenticate(database, settings, made[who])

    for person in (OFFICER, COLLEAGUE, HEAD, SECOND_HEAD, ADMIN):
        come_in(person)
    return come_in


def lend(office: Office, who: Principal, to: Principal, **changes: object) -> Delegation:
    terms = {"starts_on": None, "ends_on": office.in_days(5), "reason": "年休假", **changes}
    return delegations.lend(office.db, office.settings, who, to=to.label, **terms)  # type: ignore[arg-type]


def test_a_lent_role_approves_and_both_names_are_on_record(office: Office, enter: Enter) -> None:
    accepted = office.submit()
    grant = Decision(granted=True, amount=Decimal(60000), reason="属实")
    seen = office.seen(accepted.receipt)
    determine.determine(office.db, office.settings, enter(OFFICER), accepted.receipt, seen, grant)

    def approve() -> None:
        approval.decide_proposal(
            office.db,
            office.settings,
            enter(COLLEAGUE),
            accepted.receipt,
            office.seen(accepted.receipt),
            approved=True,
            note="同意",
        )

    with pytest.raises(NotPermitted):
        approve()
    lend(office, enter(HEAD), COLLEAGUE)
    approve()
    recorded = scalar(
        office.db,
        "SELECT actor || ' ' || (data ->> 'standing_in_for') FROM event"
        " WHERE type = 'determination.made'",
    )
    assert recorded == "sasac:测试乙 测试丙"


def test_it_ends_with_its_days_or_before_or_with_the_lenders_token(
    office: Office, enter: Enter, travel: Callable[[int], None]
) -> None:
    lent = lend(office, enter(HEAD), COLLEAGUE, starts_on=office.in_days(2))
    assert enter(COLLEAGUE).lent == ()
    travel(2 * 86400)
    assert [role.role for role in enter(COLLEAGUE).lent] == [Role.SUPERVISOR]
    assert len(delegations.list_all(office.db, enter(ADMIN)).items) == 1
    with pytest.raises(NotPermitted):
        delegations.end(office.db, enter(COLLEAGUE), lent.id)
    delegations.end(office.db, enter(HEAD), lent.id)
    assert enter(COLLEAGUE).lent == ()
    with pytest.raises(DelegationNotFound):
        delegations.end(office.db, enter(HEAD), lent.id)

    lend(office, enter(HEAD), COLLEAGUE)
    travel(10 * 86400)
    assert enter(COLLEAGUE).lent == ()

    lend(office, enter(HEAD), COLLEAGUE)
    for token in tokens.list_all(office.db):
        if token.label == HEAD.label:
            tokens.revoke(office.db, token.id)
    assert enter(COLLEAGUE).lent == ()


def test_a_lent_role_is_not_lent_on(office: Office, enter: Enter) -> None:
    lend(office, enter(HEAD), COLLEAGUE)
    lend(office, enter(COLLEAGUE), OFFICER)
    assert [role.role for role in enter(OFFICER).lent] == [Role.OFFICER]


def test_only_the_admin_arranges_for_others(office: Office, enter: Enter) -> None:
    with pytest.raises(NotPermitted):
        lend(office, enter(OFFICER), COLLEAGUE, absent=HEAD.label)
    with pytest.raises(NotPermitted):
        lend(office, enter(ADMIN), COLLEAGUE)
    asked = lend(office, enter(ADMIN), COLLEAGUE, absent=HEAD.label)
    assert enter(COLLEAGUE).lent == ()
    # The holder and the colleague are told, and nobody else.
    for who in (HEAD, COLLEAGUE):
        (told,) = inbox.list_messages(office.db, enter(who)).delegations
        assert (told.id, told.requested_by, told.confirmed_by) == (asked.id, ADMIN.actor, None)
    assert inbox.list_messages(office.db, enter(OFFICER)).delegations == []
    for nobody in (ADMIN, COLLEAGUE, OFFICER):
        with pytest.raises(NotPermitted):
            delegations.confirm(office.db, enter(nobody), asked.id)
    confirmed = delegations.confirm(office.db, enter(HEAD), asked.id)
    assert confirmed.confirmed_by == HEAD.actor
    assert enter(COLLEAGUE).lent[0].by == HEAD.label
    with pytest.raises(DelegationNotFound):
        delegations.confirm(office.db, enter(HEAD), asked.id)


def test_for_a_holder_who_is_away_a_second_head_confirms(office: Office, enter: Enter) -> None:
    asked = lend(office, enter(ADMIN), COLLEAGUE, absent=HEAD.label)
    borrowed = replace(
        COLLEAGUE, lent=(access.Lent(Role.SUPERVISOR, SECOND_HEAD.label, SECOND_HEAD.actor),)
    )
    for nobody in (
        borrowed,
        replace(OFFICER, lent=borrowed.lent),
        replace(HEAD, role=Role.ADMIN, label=ADMIN.label),
    ):
        with pytest.raises(NotPermitted):
            delegations.confirm(office.db, nobody, asked.id)
    with pytest.raises(DelegationNotFound):
        delegations.confirm(office.db, replace(SECOND_HEAD, bureau="education"), asked.id)
    delegations.confirm(office.db, enter(SECOND_HEAD), asked.id)
    assert enter(COLLEAGUE).lent[0].by == HEAD.label


@pytest.mark.parametrize(("days", "to"), [(-1, COLLEAGUE), (400, COLLEAGUE), (5, HEAD)])
def test_impossible_terms_are_refused(
    office: Office, enter: Enter, days: int, to: Principal
) -> None:
    with pytest.raises(InvalidDelegation):
        lend(office, enter(HEAD), to, ends_on=office.in_days(days))
    with pytest.raises(InvalidDelegation):
        lend(office, enter(HEAD), replace(COLLEAGUE, label="没有令牌的人"))
