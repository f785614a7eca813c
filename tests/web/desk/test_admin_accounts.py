"""The administrator's page of accounts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from casework.errors import NotPermitted
from casework.operations import staff
from casework.people import accounts
from casework.people.access import Principal
from casework.people.accounts import Account
from tests.support.desk_client import DeskClient
from tests.support.ledgers import scalar
from tests.support.office import OFFICER, Office
from tests.support.people import PASSWORD, hire
from vocabulary.people import Role

ACCOUNTS = "/desk/admin/accounts"
LAST = "SELECT actor FROM event WHERE type = %(type)s ORDER BY id DESC LIMIT 1"


def known(office: Office, login: str) -> Account:
    return next(each for each in accounts.list_all(office.db) if each.login == login)


def test_somebody_is_let_in_and_shut_out(enter: Callable[..., DeskClient], office: Office) -> None:
    admin = enter("test.guan", Role.ADMIN)
    refused = admin.send(ACCOUNTS, {"login": "test.yi", "name": "\x00"}, status=422).text
    for name in ("bureau", "name", "roles"):
        assert f'href="#{name}"' in refused
    assert 'value="test.yi"' in refused
    form = {"bureau": "sasac", "login": "Test.Yi", "name": "<测试乙>", "roles": ["officer"]}
    made = admin.send(ACCOUNTS, form, status=200).text
    code = re.search(r"<code>([^<]+)</code>", made)
    assert code is not None
    assert scalar(office.db, LAST, type="account.added") == "sasac:test.guan"
    assert "已有" in admin.send(ACCOUNTS, form, status=422).text
    listed = admin.get(ACCOUNTS).text
    assert "&lt;测试乙&gt;" in listed
    assert "待另一名管理员确认" in listed
    assert code[1] not in listed
    one = f"{ACCOUNTS}/{known(office, 'test.yi').id}"
    assert "请至少选一个角色" in admin.send(f"{one}/roles", {"bureau": "sasac"}, status=422).text
    assert "没有代码" in admin.send(f"{one}/roles", {"bureau": "x", "roles": "officer"}, 422).text
    admin.send(f"{one}/roles", {"bureau": "education", "roles": ["auditor", "supervisor"]})
    assert "已更改" in admin.get(one).text
    assert known(office, "test.yi").roles == (Role.SUPERVISOR, Role.AUDITOR)
    assert known(office, "test.yi").bureau == "education"
    assert scalar(office.db, LAST, type="account.changed") == "sasac:test.guan"
    admin.send(f"{one}/disable")
    assert known(office, "test.yi").disabled_at is not None
    assert scalar(office.db, LAST, type="account.disabled") == "sasac:test.guan"
    assert "重新启用" in admin.get(one).text
    anew = admin.send(f"{one}/reset", status=200).text
    assert code[1] not in anew
    assert known(office, "test.yi").disabled_at is None
    assert scalar(office.db, LAST, type="account.reset") == "sasac:test.guan"
    admin.get(f"{ACCOUNTS}/999", status=404)


def test_another_administrator_confirms_and_who_asked_is_told_why_not(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    one, other = enter("test.guan", Role.ADMIN), enter("test.gong", Role.ADMIN)
    form = {"bureau": "sasac", "login": "test.yi", "name": "测试乙", "roles": ["officer"]}
    code = re.search(r"<code>([^<]+)</code>", one.send(ACCOUNTS, form, status=200).text)
    assert code is not None
    page = f"{ACCOUNTS}/{known(office, 'test.yi').id}"
    typed = {"login": "test.yi", "setup_code": code[1], "password": PASSWORD, "again": PASSWORD}
    newcomer = enter("test.xin", Role.AUDITOR)
    assert "待另一名管理员确认" in newcomer.send("/desk/setup", typed, status=403).text
    as_shown = f"{page}/release?shown={staff.as_shown(known(office, 'test.yi'))}"
    assert "刚才又改过或重置过" in other.send(f"{page}/release", status=409).text
    assert "须由另一名管理员确认" in one.send(as_shown, status=409).text
    assert as_shown in other.get(page).text
    assert "sasac:test.guan" in other.get(page).text
    other.send(as_shown)
    done = other.get(page).text
    assert "已确认" in done
    assert "/release" not in done
    assert scalar(office.db, LAST, type="account.released") == "sasac:test.gong"


def test_nobody_gives_themself_a_role_and_somebody_is_left_who_can(
    enter: Callable[..., DeskClient], office: Office
) -> None:
    admin = enter("test.guan", Role.ADMIN)
    own = known(office, "test.guan")
    page = f"{ACCOUNTS}/{own.id}"
    assert "/roles" not in admin.get(page).text
    more = {"bureau": "sasac", "roles": ["admin", "supervisor"]}
    assert "由另一位管理员来改" in admin.send(f"{page}/roles", more, status=409).text
    assert "由另一位管理员来改" in admin.send(f"{page}/reset", status=409).text
    assert "最后一位" in admin.send(f"{page}/disable", status=409).text
    assert known(office, "test.guan") == own
    hire(office, "test.gong", Role.ADMIN)
    admin.send(f"{page}/disable")
    assert known(office, "test.guan").disabled_at is not None


def test_who_is_no_administrator_any_more_changes_nothing(office: Office) -> None:
    """Two who mean each other at the same moment do not both succeed."""
    hire(office, "test.guan", Role.ADMIN)
    hire(office, "test.gong", Role.ADMIN)
    one, two = (
        Principal("sasac", Role.ADMIN, login, identity=f"sasac:{login}")
        for login in ("test.guan", "test.gong")
    )
    staff.disable(office.db, one, known(office, "test.gong").id)
    with pytest.raises(NotPermitted):
        staff.disable(office.db, two, known(office, "test.guan").id)
    with pytest.raises(NotPermitted):
        staff.reset(office.db, office.settings, OFFICER, known(office, "test.guan").id)
