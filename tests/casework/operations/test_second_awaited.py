"""Whoever could give the second word hears of it where their bureau is told of things."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.delivery import house_news
from casework.delivery.messages import Event, Letter
from casework.docket import practice
from casework.operations import loans, staff
from casework.people.access import Principal
from config.auditing import Auditing
from config.channels import Contact
from store.db import app_now
from tests.support.hands import administrator, known, let_in, opened
from tests.support.ledgers import column, scalar
from tests.support.office import Office
from tests.support.people import hire
from vocabulary.deliveries import Recipient
from vocabulary.people import Role

AT = "finance@example.org"


@pytest.fixture
def office(office: Office) -> Office:
    """One whose bureaus of finance and state assets have a mailbox each."""
    reached = tuple(
        (bureau, (Contact("email", f"{bureau}@example.org"),)) for bureau in ("finance", "sasac")
    )
    mail = {"smtp_url": "smtp://127.0.0.1:9", "smtp_from": "w@example.org"}
    return Office(office.db, replace(office.settings, **mail, changed_addresses=reached))  # type: ignore[arg-type]


def elsewhere(office: Office) -> Principal:
    """An administrator of another bureau."""
    hire(office, "test.gong", Role.ADMIN, bureau="finance")
    return Principal("finance", Role.ADMIN, "test.gong", identity="finance:test.gong")


def told(office: Office, kind: str) -> list[str]:
    return column(
        office.db,
        "SELECT d.recipient || ' ' || d.channel FROM delivery AS d"
        " JOIN event AS e ON e.id = d.event_id WHERE e.type = %(kind)s ORDER BY d.id",
        kind=kind,
    )


def letter(office: Office, kind: str, to: str = "finance") -> Letter:
    """What the last message of that kind says."""
    with office.db.transaction() as conn:
        row = conn.exec_driver_sql(
            "SELECT id, type, actor, at, from_state, to_state, data FROM event"
            " WHERE type = %(kind)s ORDER BY id DESC LIMIT 1",
            {"kind": kind},
        ).one()
        now = app_now(conn)
    return house_news.letter(office.settings, Event(*row), Recipient(to), now)


def test_an_account_that_waits_is_told_to_the_other_administrators(office: Office) -> None:
    one, other = administrator(office, "test.guan"), elsewhere(office)
    opened(office, one, "test.reader", Role.AUDITOR)
    assert told(office, "account.waits") == []  # waits for nobody
    opened(office, one, "test.yi", Role.OFFICER)
    assert told(office, "account.waits") == ["finance email"]
    said = letter(office, "account.waits")
    assert "区国资委的一个账号待另一名管理员确认" in said.text
    assert "/desk/admin/accounts" in said.text
    let_in(office, other, "test.yi")
    asked = (office.db, office.settings, one, known(office, "test.yi").id)
    staff.change(*asked, roles=[Role.OFFICER], bureau="sasac")  # nothing new
    assert len(told(office, "account.waits")) == 1
    staff.change(*asked, roles=[Role.OFFICER, Role.SUPERVISOR], bureau="sasac")
    staff.reset(*asked)
    assert told(office, "account.waits") == ["finance email"] * 3


def test_where_no_other_administrator_could_confirm_the_operator_is_told(office: Office) -> None:
    office = Office(office.db, replace(office.settings, auditing=Auditing(operator_mail=AT)))
    one = administrator(office, "test.guan")
    hire(office, "test.yi", Role.OFFICER, bureau="finance")
    straw = known(office, "test.yi")
    given = (office.db, office.settings, one, straw.id)
    staff.change(*given, roles=[Role.ADMIN], bureau="finance")  # waits itself, and cannot log in
    assert told(office, "account.waits") == ["operator email"]
    said = letter(office, "account.waits", "operator")
    assert said.text.startswith("运维人员：")
    assert "wenqi account release" in said.text
    assert said.link == ""
    # Whom the asker has opened is in their line: told, they could not confirm.
    other = elsewhere(office)
    let_in(office, other, "test.yi")
    staff.reset(*given)
    assert told(office, "account.waits") == ["operator email", "finance email"]
    let_in(office, other, "test.yi")
    staff.disable(office.db, one, known(office, "test.gong").id)
    opened(office, one, "test.bing", Role.OFFICER)
    assert told(office, "account.waits")[2:] == ["operator email"]
    practice.propose(
        office.db, office.settings, one, "REQUEST_WORKING_DAYS", value="6",
        valid_from=office.in_days(300), reason="经会议议定，另有纪要",
    )  # fmt: skip
    assert [to for to in told(office, "practice.proposed") if "supervisor" not in to] == [
        "operator email"
    ]


def test_what_is_proposed_of_local_practice_is_told_to_the_other_administrators(
    office: Office,
) -> None:
    one, other = administrator(office, "test.guan"), elsewhere(office)
    made = practice.propose(
        office.db, office.settings, one, "REQUEST_WORKING_DAYS", value="6",
        valid_from=office.in_days(300), reason="经会议议定，另有纪要",
    )  # fmt: skip
    assert "finance email" in told(office, "practice.proposed")
    assert "finance:supervisor email" in told(office, "practice.proposed")
    said = letter(office, "practice.proposed").text
    assert "待另一位管理员同意" in said
    assert "/desk/admin/practice" in said
    practice.confirm(office.db, office.settings, other, made.id)
    assert "finance email" not in told(office, "practice.confirmed")


def test_a_role_lent_for_somebody_who_is_away_is_told_to_their_bureau(office: Office) -> None:
    one = administrator(office, "test.guan")
    for who, role in (("test.zhu", Role.SUPERVISOR), ("test.yi", Role.OFFICER)):
        hire(office, who, role)
    terms = {"to": "test.yi", "ends_on": office.in_days(5), "reason": "年休假"}
    loans.lend(office.db, office.settings, one, absent="test.zhu", **terms)  # type: ignore[arg-type]
    assert told(office, "delegation.waits") == ["sasac email"]
    assert "有代办安排待本人或另一人确认" in letter(office, "delegation.waits", "sasac").text
    # One's own waits for nobody.
    own = Principal("sasac", Role.SUPERVISOR, "test.zhu", identity="sasac:test.zhu")
    loans.lend(office.db, office.settings, own, **terms)  # type: ignore[arg-type]
    assert scalar(office.db, "SELECT count(*) FROM event WHERE type = 'delegation.waits'") == 1
