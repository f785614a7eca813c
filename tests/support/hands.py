"""Administrators, and the accounts that they open, for tests of who is a second person."""

from __future__ import annotations

from casework.operations import staff
from casework.people import accounts, login, sessions
from casework.people.access import Principal
from casework.people.accounts import Account
from casework.people.sessions import Caller
from tests.support.office import Office
from tests.support.people import PASSWORD, hire
from vocabulary.people import Role

HERE = Caller("192.0.2.7")


def known(office: Office, who: str) -> Account:
    """The account of a login."""
    return next(each for each in accounts.list_all(office.db) if each.login == who)


def administrator(office: Office, who: str) -> Principal:
    """One that an operator has let in."""
    hire(office, who, Role.ADMIN)
    return Principal("sasac", Role.ADMIN, who, identity=f"sasac:{who}")


def opened(office: Office, by: Principal, who: str, role: Role) -> str:
    """An account that an administrator opens at the desk; the code they are shown."""
    return staff.add(
        office.db, office.settings, by, bureau="sasac", login=who, name="测试乙", roles=[role]
    )


def comes(office: Office, who: str, code: str) -> Principal:
    """Who sets a password with the code, and is logged in."""
    begun = login.set_up(
        office.db, office.settings, HERE, login=who, setup_code=code, password=PASSWORD
    )
    return sessions.authenticate(office.db, office.settings, begun.secret).principal


def let_in(office: Office, by: Principal, who: str) -> None:
    """Another administrator confirms what they are shown now."""
    found = known(office, who)
    staff.let_in(office.db, by, found.id, shown=staff.as_shown(found))
