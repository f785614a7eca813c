"""What is kept no longer goes, from every table; what is still needed and the numbers stay."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from casework.acts import review, supplement, transfer, withdraw
from casework.errors import IllegalMove
from casework.followup import requests
from casework.followup.requests import Asked
from casework.operations import expiry, purge, sealing, trail_check
from casework.people import accounts, login
from casework.people.sessions import Caller
from casework.reporting import reports
from casework.reporting.scope import Scope
from casework.views import case_filter, cases, own_data
from casework.work.dispatch import Stage
from store.db import Database
from tests.support import eventful
from tests.support.applications import tenant_body
from tests.support.ledgers import claim_ids, column
from tests.support.office import OFFICER, YES, Office, decide
from tests.support.people import PASSWORD, hire
from tests.support.said import PERSON, said
from tests.support.twice import close, twice
from vocabulary.personal_data import DataKind
from vocabulary.requests import RequestSubject

ROOT = Path(__file__).parents[3]
# (An officer of these tests has the contact's name.)
PERSONAL = (*PERSON, "13800000000", "西城区测试路1号")


def everything(database: Database) -> list[str]:
    """Every row of every table, as text."""
    with database.statement() as conn:
        tables = conn.exec_driver_sql(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).scalars()
        return [
            f"{table} {row}"
            for table in tables.all()
            for row in conn.exec_driver_sql(f"SELECT to_jsonb(t)::text FROM {table} AS t")  # noqa: S608
        ]


def personal(office: Office) -> list[str]:
    """The rows that say something of people."""
    rows = everything(office.db)
    return [row for row in rows if any(part in row for part in PERSONAL)]


def numbers(office: Office) -> list[Any]:
    """What reports say."""
    scope = Scope()
    return [
        report(office.db, office.settings, scope).rows
        for report in (reports.outcomes, reports.amounts, reports.times)
    ]


def found(office: Office) -> list[list[str]]:
    """Who is found by the end of the telephone, and by a name that is a person's."""
    pages = [
        cases.list_cases(office.db, office.settings, OFFICER, case_filter.Wanted(q=typed))
        for typed in ("0000000", "测试甲早点铺")
    ]
    return [[each.receipt for each in page.items] for page in pages]


def cleared(office: Office) -> int:
    """File what is due and clear it. How many were filed."""
    filed = purge.file(office.db, office.settings)
    purge.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.PURGE))
    assert purge.waiting(office.db) == 0
    return filed


def talked_about(office: Office) -> Any:
    """A withdrawn application about which everybody has written something."""
    accepted = office.submit(tenant_body())
    receipt, own = accepted.receipt, (accepted.receipt, accepted.access_code)
    supplement.request(
        office.db, office.settings, OFFICER, receipt, office.seen(receipt),
        fields=(eventful.RENT_FIELD,), reason=said("金额"), due_on=office.in_days(10),
    )  # fmt: skip
    supplement.answer(office.db, office.settings, *own, {eventful.RENT_FIELD: "30000.00"})
    office.assess()
    decide(office, receipt, replace(YES, reason=said("属实")), OFFICER)
    review.request(office.db, office.settings, *own, reason=said("有误"))
    return accepted


def test_a_refused_application_keeps_its_numbers_and_loses_its_people(office: Office) -> None:
    body = tenant_body()
    body["enterprise"] |= {"kind": "individual_business", "name": "测试甲早点铺"}
    accepted = office.submit(body)
    own = (accepted.receipt, accepted.access_code)
    assert found(office) == [[accepted.receipt]] * 2
    transfer.transfer(
        office.db, office.settings, OFFICER, accepted.receipt, office.seen(accepted.receipt),
        to="finance", reason=said("属财政"),
    )  # fmt: skip
    withdraw.withdraw(office.db, office.settings, *own, reason=said("因病"))
    with office.db.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM work_item")
        conn.exec_driver_sql("UPDATE delivery SET state = 'sent'")
    before = numbers(office)
    assert [each.rows for each in purge.due(office.db, office.settings)] == [0] * len(DataKind)
    assert cleared(office) == 0
    office.go_to(office.today() + timedelta(days=office.settings.practice.keep_closed + 1))
    assert {each.kind: each.rows for each in purge.due(office.db, office.settings)}[
        DataKind.CLOSED
    ] == 1
    assert personal(office)
    assert len(column(office.db, "SELECT id FROM event_text")) == 2
    assert cleared(office) == 1
    assert personal(office) == []
    assert column(office.db, "SELECT id FROM event_text") == []
    assert found(office) == [[], []]
    assert cleared(office) == 0
    assert numbers(office) == before
    # Who may see the case still sees that there was one, and what became of it.
    status = office.status(accepted)
    assert status["state"] == "withdrawn"
    assert any("已按保存期限清除" in line["text"] for line in status["timeline"])
    finance = replace(OFFICER, bureau="finance")
    cases.read(office.db, office.settings, finance, accepted.receipt)
    assert cases.list_cases(office.db, office.settings, finance, case_filter.Wanted()).items


def test_what_is_still_needed_is_never_touched(office: Office) -> None:
    waits = office.submit(tenant_body())
    granted = office.submit(tenant_body())
    decide(office, granted.receipt, YES, OFFICER)
    under_review = talked_about(office)
    # What was closed as a duplicate is read beside the one that goes on, as long as that is kept.
    earlier, later = twice(office)
    close(office, later.receipt, earlier.receipt)
    decide(office, earlier.receipt, YES, OFFICER)
    with office.db.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM work_item")
        conn.exec_driver_sql("UPDATE delivery SET state = 'sent', address = NULL")
        conn.exec_driver_sql("UPDATE visit SET state = 'done', visited_on = planned_on")
    office.go_to(office.today() + timedelta(days=office.settings.practice.keep_closed + 1))
    assert cleared(office) == 0
    office.go_to(office.today() + timedelta(days=office.settings.practice.keep_granted + 1))
    assert (cleared(office), cleared(office)) == (2, 1)
    assert column(
        office.db, "SELECT receipt FROM application WHERE purged_at IS NOT NULL ORDER BY id"
    ) == [granted.receipt, earlier.receipt, later.receipt]
    assert {waits.receipt, under_review.receipt} == set(
        column(office.db, "SELECT receipt FROM application WHERE purged_at IS NULL")
    )


def test_a_copy_a_deletion_asked_for_refused_and_granted(office: Office) -> None:
    accepted = office.submit(tenant_body())
    own = (accepted.receipt, accepted.access_code)
    copy = own_data.copy(office.db, office.settings, *own)
    assert "13800000000" in str(copy.enterprise["contact"])
    assert "access.copy_made" in column(office.db, "SELECT type FROM event")
    ask = Asked("请删除", subject=RequestSubject.DELETION)
    first, second = (
        requests.open_by_applicant(office.db, office.settings, *own, ask) for _ in range(2)
    )
    answer = (office.db, office.settings, OFFICER)
    once = frozenset({1})
    day: date = office.today()
    with pytest.raises(IllegalMove, match="还在办理"):
        requests.answer(*answer, first, once, words="同意", erase_on=day)
    requests.answer(*answer, first, once, words="案件尚在办理，办结后可再提出")
    withdraw.withdraw(office.db, office.settings, *own, reason=None)
    requests.answer(*answer, second, once, words="同意", erase_on=day)
    shown = own_data.copy(office.db, office.settings, *own).requests
    assert [(each.subject_text, each.erase_on) for each in shown] == [
        ("请求删除个人信息", None),
        ("请求删除个人信息", day),
    ]
    with office.db.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM work_item")
        conn.exec_driver_sql("UPDATE delivery SET state = 'sent'")
    assert cleared(office) == 1
    gone = own_data.copy(office.db, office.settings, *own)
    assert gone.purged_at is not None
    assert (gone.facts, "contact" in gone.enterprise) == ({}, False)
    assert personal(office) == []


def test_ended_logins_and_disabled_accounts_lose_their_names(office: Office) -> None:
    here = Caller("192.0.2.7")
    for who in ("test.jia", "test.yi"):
        login.set_up(
            office.db, office.settings, here,
            login=who, setup_code=hire(office, who), password=PASSWORD,
        )  # fmt: skip
    accounts.disable(office.db, "test.jia")
    practice = office.settings.practice
    office.go_to(office.today() + timedelta(days=practice.keep_sessions - 1))
    assert expiry.clear(office.db, office.settings) == 0
    office.go_to(office.today() + timedelta(days=practice.keep_sessions + 2))
    assert {each.kind: each.rows for each in purge.due(office.db, office.settings)}[
        DataKind.SESSIONS
    ] == 2
    assert expiry.clear(office.db, office.settings) == 2
    office.go_to(office.today() + timedelta(days=practice.keep_accounts + 1))
    assert expiry.clear(office.db, office.settings) == 1
    assert expiry.clear(office.db, office.settings) == 0
    assert column(office.db, "SELECT login FROM account ORDER BY id") == [None, "test.yi"]
    assert column(office.db, "SELECT actor FROM account ORDER BY id") == [
        "sasac:test.jia",
        "sasac:test.yi",
    ]


def test_the_owner_takes_old_reasons_out_as_the_page_says(office: Office, owner_url: str) -> None:
    office.submit()
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO event (application_id, type, actor, data, at)"
            " SELECT id, 'application.withdrawn', 'applicant',"
            " jsonb_build_object('reason', '因病'), app_now() FROM application"
        )
    page = (ROOT / "docs" / "retention.md").read_text(encoding="utf-8")
    (said,) = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    with psycopg.connect(owner_url.replace("+psycopg", "", 1), autocommit=True) as conn:
        for statement in re.sub(r"--.*", "", said).split(";"):
            if statement.strip():
                conn.execute(statement.encode())
    reasons = "SELECT count(*) FROM event WHERE data ? 'reason'"
    assert column(office.db, reasons) == [0]
    sealing.run(office.db, office.settings)
    with office.db.transaction() as conn:
        assert trail_check.verify(conn, office.settings).findings == ()
    triggers = "SELECT tgenabled FROM pg_trigger WHERE tgname = 'event_append_only'"
    assert column(office.db, triggers) == ["O"]
