"""What the page of an account offers to an administrator is what would not be refused.

A user of the OpenID provider is linked there, and waits for another administrator.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from casework.errors import NotPermitted
from casework.operations import staff
from casework.people import accounts
from casework.people.access import Principal
from casework.people.accounts import InvalidAccount
from store.db import Database
from tests.support.desk_client import DeskClient
from tests.support.hands import administrator, known, let_in, opened
from tests.support.ledgers import scalar
from tests.support.office import Office
from tests.support.people import hire
from tests.support.undoing import would_be_taken
from vocabulary.people import Role

ACCOUNTS = "/desk/admin/accounts"
WHO = "test.yi"
ADMINISTRATORS = ("test.guan", "test.gong", "test.cao")


@pytest.fixture
def office(office: Office) -> Office:
    """One with an OpenID provider."""
    provided = replace(office.settings.accounts, oidc_issuer="https://login.example/")
    return Office(office.db, replace(office.settings, accounts=provided))


def principal(login: str) -> Principal:
    return Principal("sasac", Role.ADMIN, login, identity=f"sasac:{login}")


ONE, OTHER, _ = (principal(each) for each in ADMINISTRATORS)


def plain(office: Office) -> None:
    hire(office, WHO, Role.OFFICER)


def who_reads(office: Office) -> None:
    hire(office, WHO, Role.AUDITOR)


def opened_by_one(office: Office) -> None:
    opened(office, ONE, WHO, Role.OFFICER)


def raised_by_other(office: Office) -> None:
    plain(office)
    asked = (office.db, office.settings, OTHER, known(office, WHO).id)
    staff.change(*asked, roles=[Role.OFFICER, Role.ADMIN], bureau="sasac")


def ended(office: Office) -> None:
    plain(office)
    accounts.disable(office.db, WHO)


def linked(office: Office) -> None:
    plain(office)
    staff.link(office.db, office.settings, ONE, known(office, WHO).id, "subject-1")


def confirmed(office: Office) -> None:
    linked(office)
    let_in(office, OTHER, WHO)


STATES = [plain, who_reads, opened_by_one, raised_by_other, ended, linked, confirmed]


def taken(office: Office, me: Principal, login: str) -> set[str]:
    """What would be taken from an administrator who has seen the account."""
    found = known(office, login)
    roles, bureau = found.roles, found.bureau

    def linking(db: Database) -> None:
        try:
            staff.link(db, office.settings, me, found.id, "subject-2")
        except InvalidAccount as nothing:
            raise NotPermitted from nothing

    acts: Mapping[str, Callable[[Database], object]] = {
        "roles": lambda db: staff.change(
            db, office.settings, me, found.id, roles=roles, bureau=bureau
        ),
        "reset": lambda db: staff.reset(db, office.settings, me, found.id),
        "link": linking,
        "disable": lambda db: staff.disable(db, me, found.id),
    }
    if found.held_by is not None:
        shown = staff.as_shown(found)
        acts = {**acts, "release": lambda db: staff.let_in(db, me, found.id, shown=shown)}
    if found.disabled_at is not None:  # once is enough
        acts = {code: act for code, act in acts.items() if code != "disable"}
    return {code for code, act in acts.items() if would_be_taken(office.db, act)}


def offered(client: DeskClient, office: Office, login: str) -> set[str]:
    here = f"{ACCOUNTS}/{known(office, login).id}"
    return set(re.findall(rf'action="{here}/([a-z]+)', client.get(here).text))


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_what_is_offered_is_what_is_taken(
    office: Office, enter: Callable[..., DeskClient], state: Callable[[Office], None]
) -> None:
    clients = {each: enter(each, Role.ADMIN) for each in ADMINISTRATORS}
    # The third was opened by the first: the two could be one person.
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE account SET created_by = 'sasac:test.guan' WHERE login = 'test.cao'"
        )
    state(office)
    for login, client in clients.items():
        for about in (WHO, *ADMINISTRATORS):
            told = (login, about, offered(client, office, about))
            assert told == (login, about, taken(office, principal(login), about))


def test_the_last_administrator_is_offered_nothing_to_end_their_own_account(
    office: Office, enter: Callable[..., DeskClient]
) -> None:
    client = enter("test.guan", Role.ADMIN)
    assert offered(client, office, "test.guan") == set() == taken(office, ONE, "test.guan")


def test_a_user_of_the_provider_is_linked_and_another_confirms_who_it_is(
    office: Office, enter: Callable[..., DeskClient]
) -> None:
    one, other = enter("test.guan", Role.ADMIN), enter("test.gong", Role.ADMIN)
    for login in (WHO, "test.shen"):
        hire(office, login, Role.OFFICER)
    here = f"{ACCOUNTS}/{known(office, WHO).id}"
    assert 'href="#subject"' in one.send(f"{here}/link", {"subject": ""}, 422).text
    one.send(f"{here}/link", {"subject": "sub-<1>"})
    found = known(office, WHO)
    assert (found.has_oidc, found.held_by) == (True, "sasac:test.guan")
    shown = other.get(here).text
    assert "sub-&lt;1&gt;" in shown
    # Nobody puts another user behind what is looked at, nor one user behind two accounts.
    assert "正待确认" in one.send(f"{here}/link", {"subject": "sub-2"}, 409).text
    second = f"{ACCOUNTS}/{known(office, 'test.shen').id}"
    assert "已关联另一个账号" in one.send(f"{second}/link", {"subject": "sub-<1>"}, 422).text
    assert known(office, "test.shen").held_by is None
    other.send(f"{here}/release?shown={staff.as_shown(found)}")
    assert known(office, WHO).held_by is None
    subject = "SELECT oidc_subject FROM account WHERE login = 'test.yi'"
    assert scalar(office.db, subject) == "sub-<1>"
    own = f"{ACCOUNTS}/{known(office, 'test.guan').id}"
    assert "由另一位管理员来改" in one.send(f"{own}/link", {"subject": "sub-3"}, 409).text


def test_without_a_provider_nothing_is_linked(office: Office) -> None:
    administrator(office, "test.guan")
    plain(office)
    without = replace(office.settings, accounts=replace(office.settings.accounts, oidc_issuer=None))
    number = known(office, WHO).id
    assert not staff.open_to(office.db, without, ONE, number).link
    with pytest.raises(InvalidAccount):
        staff.link(office.db, without, ONE, number, "subject-1")
    assert known(office, WHO).held_by is None
