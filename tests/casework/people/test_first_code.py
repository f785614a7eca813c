"""The code for a first password: good once, for three days, and its owner sees whose hand it was
in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from casework.people import accounts, login, own_account, sessions
from casework.people.login import LoginRefused
from casework.people.sessions import Begun, Session
from tests.support.hands import HERE, administrator, let_in, opened
from tests.support.ledgers import column, scalar
from tests.support.office import Office
from tests.support.people import PASSWORD
from vocabulary.people import LoginWay, Role, SessionStage

WHO = "test.yi"


def set_up(office: Office, code: str) -> Begun:
    return login.set_up(
        office.db, office.settings, HERE, login=WHO, setup_code=code, password=PASSWORD
    )


def seen(office: Office, begun: Begun) -> Session:
    return sessions.authenticate(office.db, office.settings, begun.secret)


def made_at(office: Office, kind: str) -> datetime:
    found: datetime = scalar(
        office.db, "SELECT at FROM event WHERE type = %(kind)s ORDER BY id DESC LIMIT 1", kind=kind
    )
    return found


def used(office: Office) -> list[dict[str, Any]]:
    return column(
        office.db,
        "SELECT jsonb_build_object('by', actor, 'what', data -> 'what') FROM event"
        " WHERE type = 'account.password_set' ORDER BY id",
    )


def test_its_owner_sees_by_whom_and_when_it_was_made_and_its_maker_cannot_use_it_any_more(
    office: Office,
) -> None:
    one, other = administrator(office, "test.guan"), administrator(office, "test.gong")
    code = opened(office, one, WHO, Role.OFFICER)
    let_in(office, other, WHO)
    session = seen(office, set_up(office, code))
    assert (session.code_by, session.code_at) == (one.actor, made_at(office, "account.added"))
    with pytest.raises(LoginRefused):
        set_up(office, code)
    own: dict[str, Any] = {"by": f"sasac:{WHO}", "what": "setup"}
    assert used(office) == [own]
    # It stays to be seen, whatever password follows; another code says whose it was.
    session = seen(office, _open(office, session))
    later = "a completely different sentence"
    own_account.change_password(office.db, session, current=PASSWORD, password=later)
    assert used(office)[1:] == [{**own, "what": None}]
    code = accounts.reset(office.db, office.settings, WHO)
    session = seen(office, set_up(office, code))
    assert (session.code_by, session.code_at) == ("operator", made_at(office, "account.reset"))


def _open(office: Office, session: Session) -> Begun:
    """Without a second factor."""
    with office.db.transaction() as conn:
        return sessions.begin(
            conn, office.settings, session.account, session.principal.actor, HERE, session.way,
            SessionStage.OPEN,
        )  # fmt: skip


def test_who_has_set_no_password_yet_is_told_of_no_code(office: Office) -> None:
    one = administrator(office, "test.guan")
    opened(office, one, WHO, Role.AUDITOR)
    with office.db.transaction() as conn:
        account = scalar(office.db, "SELECT id FROM account WHERE login = %(who)s", who=WHO)
        begun = sessions.begin(
            conn, office.settings, account, f"sasac:{WHO}", HERE, LoginWay.OIDC,
            SessionStage.OPEN,
        )  # fmt: skip
    assert seen(office, begun).code_at is None
