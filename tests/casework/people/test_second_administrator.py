"""One administrator is never two persons: what they open, reset or raise waits for another."""

from __future__ import annotations

import pytest

from casework.errors import NotPermitted
from casework.operations import staff
from casework.people import access, accounts, login, sessions, tokens
from casework.people.access import Principal, TokenRefused
from casework.people.release import AccountWaits, SecondAdministratorRequired
from casework.people.sessions import SessionOver
from tests.support.hands import HERE, administrator, comes, known, let_in, opened
from tests.support.ledgers import column
from tests.support.office import Office
from tests.support.people import PASSWORD, hire
from vocabulary.people import Role

NEW = "test.yi"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR, Role.ADMIN])
def test_who_opens_an_account_does_not_use_it_before_another_has_confirmed(
    office: Office, role: Role
) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    code = opened(office, one, NEW, role)
    with pytest.raises(AccountWaits):
        comes(office, NEW, code)
    with pytest.raises(SecondAdministratorRequired):
        let_in(office, one, NEW)
    let_in(office, other, NEW)
    assert comes(office, NEW, code).roles == {role}
    released = column(office.db, "SELECT actor FROM event WHERE type = 'account.released'")
    assert released == [other.actor]
    let_in(office, other, NEW)
    assert len(column(office.db, "SELECT id FROM event WHERE type = 'account.released'")) == 1


def test_who_only_reads_waits_for_nobody_until_raised(office: Office) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    code = opened(office, one, NEW, Role.AUDITOR)
    assert comes(office, NEW, code).roles == {Role.AUDITOR}
    # Whoever raises it, the one who was shown its code is not the second.
    both = [Role.AUDITOR, Role.OFFICER]
    staff.change(
        office.db, office.settings, other, known(office, NEW).id, roles=both, bureau="sasac"
    )
    for each in (one, other):
        with pytest.raises(SecondAdministratorRequired):
            let_in(office, each, NEW)
    let_in(office, administrator(office, "test.bao"), NEW)
    assert known(office, NEW).held_by is None


def test_what_is_reset_raised_or_moved_waits_and_what_is_lowered_does_not(office: Office) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    hire(office, NEW, Role.OFFICER, Role.AUDITOR)
    found = known(office, NEW)
    staff.change(office.db, office.settings, one, found.id, roles=[Role.OFFICER], bureau="sasac")
    assert known(office, NEW).is_in_use
    given: list[tuple[list[Role], str]] = [
        ([Role.OFFICER, Role.SUPERVISOR], "sasac"),
        ([Role.OFFICER], "finance"),
    ]
    for roles, bureau in given:
        staff.change(office.db, office.settings, one, found.id, roles=roles, bureau=bureau)
        assert known(office, NEW).held_by == one.actor
        let_in(office, other, NEW)
    code = staff.reset(office.db, office.settings, one, found.id)
    with pytest.raises(AccountWaits):
        comes(office, NEW, code)
    let_in(office, other, NEW)
    comes(office, NEW, code)


def test_who_waits_has_no_session_no_token_and_lets_nobody_in(office: Office) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    code = hire(office, NEW, Role.OFFICER)
    begun = login.set_up(
        office.db, office.settings, HERE, login=NEW, setup_code=code, password=PASSWORD
    )
    token = tokens.create(office.db, office.settings, bureau="sasac", label=NEW)
    both = [Role.OFFICER, Role.ADMIN]
    asked = (office.db, office.settings, one, known(office, NEW).id)
    staff.change(*asked, roles=both, bureau="sasac")
    with pytest.raises(SessionOver):
        sessions.authenticate(office.db, office.settings, begun.secret)
    with pytest.raises(TokenRefused):
        access.authenticate(office.db, office.settings, token)
    raised = Principal("sasac", Role.ADMIN, NEW, identity=f"sasac:{NEW}")
    opened(office, one, "test.bing", Role.OFFICER)
    with pytest.raises(NotPermitted):
        let_in(office, raised, "test.bing")
    # Nobody counts on one who waits: the last who can let people in cannot go.
    staff.disable(office.db, one, known(office, "test.gong").id)
    with pytest.raises(staff.LastAdministrator):
        staff.disable(office.db, one, known(office, "test.guan").id)
    del other
    accounts.release_by_operator(office.db, NEW)
    sessions.authenticate(office.db, office.settings, begun.secret)
    access.authenticate(office.db, office.settings, token)


@pytest.mark.parametrize("how", ["opened", "opened by one opened", "reset"])
def test_no_account_that_leads_back_to_one_administrator_is_the_second(
    office: Office, how: str
) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    straw = Principal("sasac", Role.ADMIN, "test.cao", identity="sasac:test.cao")
    if how == "reset":
        administrator(office, "test.cao")
        staff.reset(office.db, office.settings, one, known(office, "test.cao").id)
    else:
        opener = one
        if how == "opened by one opened":
            opened(office, one, "test.dai", Role.ADMIN)
            let_in(office, other, "test.dai")
            opener = Principal("sasac", Role.ADMIN, "test.dai", identity="sasac:test.dai")
        opened(office, opener, "test.cao", Role.ADMIN)
    let_in(office, other, "test.cao")
    for who, opener, second in (("test.wu", one, straw), ("test.ji", straw, one)):
        opened(office, opener, who, Role.OFFICER)
        with pytest.raises(SecondAdministratorRequired):
            let_in(office, second, who)
        let_in(office, other, who)
    # An operator who gives the other a code of their own ends it.
    code = accounts.reset(office.db, office.settings, "test.cao")
    comes(office, "test.cao", code)
    opened(office, one, NEW, Role.OFFICER)
    let_in(office, straw, NEW)


def test_where_there_is_one_administrator_an_operator_confirms(office: Office) -> None:
    one = administrator(office, "test.guan")
    code = opened(office, one, NEW, Role.SUPERVISOR)
    accounts.release_by_operator(office.db, NEW)
    comes(office, NEW, code)
    released = column(office.db, "SELECT actor FROM event WHERE type = 'account.released'")
    assert released[0].startswith("operator")


def test_who_confirms_confirms_what_they_were_shown(office: Office) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    opened(office, one, NEW, Role.OFFICER)
    shown = known(office, NEW)
    both = [Role.OFFICER, Role.SUPERVISOR]
    for roles, bureau in ((both, "sasac"), ([Role.OFFICER], "finance")):
        staff.change(office.db, office.settings, one, shown.id, roles=roles, bureau=bureau)
        with pytest.raises(staff.ChangedMeanwhile):
            staff.let_in(office.db, other, shown.id, shown=staff.as_shown(shown))
    let_in(office, other, NEW)
