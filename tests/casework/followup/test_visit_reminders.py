"""Reminders of visits: at their time, to bureau and enterprise, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from casework.decision import assess
from casework.followup import visit_reminders
from casework.intake import accept
from casework.operations import business_time
from casework.outbox import deliveries
from casework.people.access import Principal
from casework.views import inbox, status
from casework.work.dispatch import Stage
from config.settings import Settings
from rules.workdays import add_working_days
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.wire import wire
from vocabulary.people import Role
from vocabulary.zone import CHINA

OFFICER = Principal("sasac", Role.OFFICER, "测试甲")


def assessed(database: Database, settings: Settings) -> accept.Accepted:
    accepted = filing.accept(database, settings, tenant(email="shop@example.org"))
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))
    return accepted


def remind_due(database: Database, settings: Settings) -> int:
    return visit_reminders.run(database, settings, claim_ids(database, settings, Stage.REMIND)).done


def due_at(database: Database) -> datetime:
    moment: datetime = scalar(
        database, "SELECT max(not_before) FROM work_item WHERE stage = 'remind'"
    )
    return moment.astimezone(CHINA)


def go_to(database: Database, settings: Settings, moment: datetime) -> None:
    business_time.advance(
        database, settings, moment - business_time.now(database) + timedelta(seconds=2)
    )


def planned(database: Database, settings: Settings) -> accept.Accepted:
    """An application whose visit has got its place in the plan."""
    accepted = assessed(database, settings)
    go_to(database, settings, due_at(database))
    assert remind_due(database, settings) == 1
    return accepted


def test_a_reminder_waits_until_nine_two_working_days_before_the_visit(
    database: Database, settings: Settings
) -> None:
    planned(database, settings)
    due = due_at(database)
    assert (due.hour, due.minute) == (9, 0)
    day = scalar(database, "SELECT planned_on FROM visit")
    assert add_working_days(due.date(), settings.reminder_working_days)[0] == day
    go_to(database, settings, due - timedelta(minutes=1))
    assert remind_due(database, settings) == 0
    go_to(database, settings, due)
    assert remind_due(database, settings) == 1


def test_bureau_and_enterprise_are_reminded_once_each(
    database: Database, settings: Settings
) -> None:
    accepted = planned(database, settings)
    go_to(database, settings, due_at(database))
    ids = claim_ids(database, settings, Stage.REMIND)
    visit_reminders.run(database, settings, ids)
    visit_reminders.run(database, settings, ids)
    newest = wire(inbox.list_messages(database, OFFICER))["items"][0]
    found = wire(status.read(database, settings, accepted.receipt, accepted.access_code))
    assert newest["kind"] == "visit"
    assert newest["planned_on"] == found["visit"]["planned_on"]
    assert found["visit"]["state"] == "reminded"
    told = column(
        database,
        "SELECT recipient_kind || ' ' || channel FROM delivery WHERE visit_id IS NOT NULL"
        " ORDER BY 1",
    )
    assert told == ["bureau inbox", "enterprise portal"]
    assert any("查询页面" in line["text"] for line in found["timeline"])


def test_an_enterprise_that_gave_an_address_is_reminded_by_mail_too(
    database: Database, settings: Settings
) -> None:
    mailing = replace(settings, smtp_url="smtp://127.0.0.1:9", smtp_from="wenqi@example.org")
    planned(database, mailing)
    go_to(database, mailing, due_at(database))
    remind_due(database, mailing)
    with database.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT e.type, e.id, d.recipient_kind, d.address FROM delivery AS d"
            " JOIN event AS e ON e.id = d.event_id WHERE d.channel = 'email' ORDER BY d.id"
        ).all()
    assert [(each.type, each.recipient_kind) for each in rows] == [
        ("application.assessed", "enterprise"),
        ("visit.reminded", "enterprise"),
    ]
    assert {deliveries.address_of(each.address, each.id, "email") for each in rows} == {
        "shop@example.org"
    }
    assert scalar(database, "SELECT count(*) FROM work_item WHERE stage = 'notify'") == 2


def test_a_visit_that_is_done_or_cancelled_needs_no_reminder(
    database: Database, settings: Settings
) -> None:
    assessed(database, settings)
    with database.statement() as conn:
        conn.exec_driver_sql("UPDATE visit SET state = 'done'")
    go_to(database, settings, due_at(database))
    assert remind_due(database, settings) == 1
    assert scalar(database, "SELECT count(*) FROM delivery WHERE visit_id IS NOT NULL") == 0


def test_a_failing_reminder_does_not_hold_up_the_others(
    database: Database, settings: Settings
) -> None:
    assessed(database, settings)
    assessed(database, settings)
    with database.statement() as conn:
        conn.exec_driver_sql(
            "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
            " VALUES ('remind', 404, app_now(), app_now())"
        )
    go_to(database, settings, due_at(database))
    report = visit_reminders.run(database, settings, claim_ids(database, settings, Stage.REMIND))
    assert report.done == 2
    assert [failure.dead for failure in report.failures] == [True]
