"""Two administrators are two people: not one and the account that they opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from casework import events
from casework.docket import practice
from casework.docket.apart import NotApart
from casework.docket.practice import InvalidPractice
from casework.operations import business_time, staff
from casework.people import accounts
from casework.people.access import Principal
from tests.support.ledgers import scalar
from tests.support.office import Office
from vocabulary.people import Role
from vocabulary.zone import CHINA

MONDAY = date(2027, 3, 1)
FIRST = Principal("sasac", Role.ADMIN, "test.guan")
SECOND = replace(FIRST, label="test.jian")
THIRD = replace(FIRST, label="test.kang")


@pytest.fixture
def office(office: Office) -> Office:
    """On a Monday, with one administrator."""
    office.go_to(MONDAY)
    opened(office, FIRST)
    return office


def opened(office: Office, who: Principal, by: Principal | None = None, *roles: Role) -> None:
    """An account that can log in; None: the operator opened it."""
    about = (office.db, office.settings)
    bureau, login, given = who.bureau, who.label, roles or [Role.ADMIN]
    if by is None:
        accounts.add(*about, bureau=bureau, login=login, name="测试某", roles=given)
    else:
        staff.add(*about, by, bureau=bureau, login=login, name="测试某", roles=given)
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE account SET password_hash = 'x' WHERE actor = %(a)s",
                             {"a": who.actor})  # fmt: skip


def number(office: Office, who: Principal) -> int:
    return int(scalar(office.db, "SELECT id FROM account WHERE actor = %(a)s", a=who.actor))


def decide(office: Office, one: Principal, other: Principal) -> None:
    """One proposes, the other agrees."""
    practice.confirm(office.db, office.settings, other, propose(office, one))


def propose(office: Office, who: Principal) -> int:
    return practice.propose(
        office.db, office.settings, who, "DETERMINATION_APPROVAL_YUAN", value="999999",
        valid_from=MONDAY + timedelta(days=30), reason="经局长办公会议定，另有纪要",
    ).id  # fmt: skip


def test_an_account_that_one_opened_is_no_second_administrator(office: Office) -> None:
    opened(office, SECOND, FIRST)
    office.go_to(MONDAY + timedelta(days=20))  # however long ago it was
    for one, other in ((FIRST, SECOND), (SECOND, FIRST)):
        with pytest.raises(NotApart, match="不能算作两位管理员"):
            decide(office, one, other)
    assert scalar(office.db, "SELECT count(*) FROM practice_change WHERE confirmed_by <> ''") == 0
    named = events.operator.set("test.ops")
    try:
        accounts.reset(office.db, office.settings, SECOND.label)  # the operator's word
    finally:
        events.operator.reset(named)
    decide(office, FIRST, SECOND)


def test_who_had_a_colleagues_account_begin_anew_is_not_the_colleague(office: Office) -> None:
    opened(office, SECOND)
    decide(office, FIRST, SECOND)
    staff.reset(office.db, office.settings, FIRST, number(office, SECOND))
    office.go_to(MONDAY + timedelta(days=20))
    with pytest.raises(NotApart):
        decide(office, FIRST, SECOND)


def test_accounts_of_one_third_hand_are_one_until_an_operator_gives_a_code(office: Office) -> None:
    for each in (SECOND, THIRD):
        opened(office, each, FIRST)
    office.go_to(MONDAY + timedelta(days=20))
    with pytest.raises(NotApart):
        decide(office, SECOND, THIRD)
    accounts.reset(office.db, office.settings, THIRD.label)
    decide(office, SECOND, THIRD)


def test_an_account_of_today_counts_after_a_full_working_day(office: Office) -> None:
    opened(office, SECOND, FIRST)
    opened(office, THIRD)
    for day in (0, 1):
        office.go_to(MONDAY + timedelta(days=day))
        with pytest.raises(NotApart):
            decide(office, SECOND, THIRD)
    office.go_to(MONDAY + timedelta(days=2))
    decide(office, SECOND, THIRD)


def test_what_was_proposed_before_a_reset_is_still_of_the_hand_of_then(office: Office) -> None:
    opened(office, SECOND, FIRST)
    office.go_to(MONDAY + timedelta(days=20))
    asked = propose(office, SECOND)
    accounts.reset(office.db, office.settings, SECOND.label)
    with pytest.raises(NotApart):
        practice.confirm(office.db, office.settings, FIRST, asked)
    opened(office, THIRD)
    practice.confirm(office.db, office.settings, THIRD, asked)
    decide(office, SECOND, FIRST)


def test_a_role_given_today_decides_nothing_of_today(office: Office) -> None:
    office.go_to(MONDAY + timedelta(days=4))  # a Friday
    opened(office, SECOND, None, Role.OFFICER)
    staff.change(
        office.db,
        office.settings,
        FIRST,
        number(office, SECOND),
        roles=[Role.ADMIN],
        bureau="sasac",
    )
    for day in (4, 6, 7):  # Saturday and Sunday are no working days
        office.go_to(MONDAY + timedelta(days=day))
        with pytest.raises(NotApart):
            decide(office, FIRST, SECOND)
    office.go_to(MONDAY + timedelta(days=8))
    decide(office, FIRST, SECOND)


def test_nothing_is_settled_in_the_last_minutes_before_its_day(office: Office) -> None:
    opened(office, SECOND)

    def asked() -> int:
        return practice.propose(
            office.db, office.settings, FIRST, "VISITS_PER_DAY", value="9",
            valid_from=MONDAY + timedelta(days=1), reason="经局长办公会议定，另有纪要",
        ).id  # fmt: skip

    pending = asked()
    late = datetime(2027, 3, 1, 23, 52, tzinfo=CHINA) - business_time.now(office.db)
    business_time.advance(office.db, office.settings, late)
    with pytest.raises(InvalidPractice, match="至少10分钟"):
        practice.confirm(office.db, office.settings, SECOND, pending)
    with pytest.raises(InvalidPractice, match="至少10分钟"):
        asked()


def test_whom_one_opened_had_opened_or_reset_is_still_theirs(office: Office) -> None:
    opened(office, SECOND, FIRST)
    opened(office, THIRD, SECOND)
    office.go_to(MONDAY + timedelta(days=20))
    for one, other in ((FIRST, THIRD), (THIRD, FIRST)):
        with pytest.raises(NotApart):
            decide(office, one, other)
