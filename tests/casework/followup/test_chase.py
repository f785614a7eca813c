"""Promised days: how they come about, when they are pointed out, and when that stops."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from casework.acts import acknowledge, supplement
from casework.delivery import digest, send
from casework.docket.promises import FACTS, Promise, open_promises
from casework.followup import chase, requests
from casework.followup.requests import Asked
from casework.operations import business_time
from casework.outbox import quiet_hours
from casework.views import inbox
from casework.work.dispatch import Stage
from config.practice import Practice
from config.settings import Settings
from rules.workdays import add_working_days, working_days_between
from tests.support.applications import tenant_body
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.office import HEAD, OFFICER, Office
from tests.support.wire import wire
from vocabulary.deliveries import Channel, Recipient
from vocabulary.zone import CHINA

PRACTICE = Practice()
TOLD = (
    "SELECT type || ' ' || (data ->> 'promise') FROM event"
    " WHERE starts_with(type, 'promise.') ORDER BY id"
)
MORNING = "T10:00:00+08:00"
Moved = tuple[str, str, str, str]
"""An event: type, from, to, day."""


def derived(
    office: Office,
    today: date,
    *events: Moved,
    state: str = "awaiting_determination",
    received_on: str = "2020-05-11",
) -> list[Promise]:
    """What is promised on an acknowledged application that this has happened to."""
    receipt = office.submit().receipt
    with office.db.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE application SET state = %(state)s, received_at = %(at)s,"
            " acknowledged_at = %(at)s, visit_id = NULL WHERE receipt = %(receipt)s",
            {"state": state, "at": received_on + MORNING, "receipt": receipt},
        )
        for kind, was, now, day in events:
            conn.exec_driver_sql(
                "INSERT INTO event (application_id, type, actor, from_state, to_state, at)"
                " SELECT id, %(kind)s, 'test', %(was)s, %(now)s, %(at)s FROM application"
                " WHERE receipt = %(receipt)s",
                {"kind": kind, "was": was, "now": now, "at": day + MORNING, "receipt": receipt},
            )
        facts = conn.exec_driver_sql(
            f"SELECT {FACTS} FROM application AS a WHERE receipt = %(receipt)s",  # noqa: S608
            {"receipt": receipt},
        ).scalar()
    return open_promises(PRACTICE, facts, today)


def run(office: Office) -> None:
    chase.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.CHASE))


def pass_days(office: Office, days: int) -> None:
    """Work day by day, as the relay would."""
    for _ in range(days):
        office.go_to(add_working_days(office.today(), 1)[0])
        run(office)
        run(office)


ASKED = ("supplement.requested", "awaiting_determination", "awaiting_supplement", "2020-05-13")
ANSWERED = ("supplement.answered", "awaiting_supplement", "supplemented", "2020-05-18")


def test_fifteen_working_days_from_receipt_over_make_up_days_and_holidays(office: Office) -> None:
    (promise,) = derived(office, date(2020, 5, 12))
    assert promise.due_on == date(2020, 6, 1)
    assert promise.basis == "自2020-05-11受理起15个工作日（本地做法，通知未规定期限）"
    # 26 April and 9 May 2020 were made up for the holiday of 1 to 5 May.
    (before,) = derived(office, date(2020, 5, 12), received_on="2020-04-24")
    assert before.due_on == date(2020, 5, 18)


def test_after_a_review_set_a_decision_aside_the_days_begin_anew(office: Office) -> None:
    reviewed = ("review.decided", "under_review", "awaiting_determination", "2020-08-03")
    (promise,) = derived(office, date(2020, 8, 4), ASKED, ANSWERED, reviewed)
    assert promise.due_on == date(2020, 8, 24)
    assert promise.basis == "自2020-08-03复核撤销原结果起15个工作日（本地做法，通知未规定期限）"


def test_the_days_of_a_supplement_do_not_count(office: Office) -> None:
    (promise,) = derived(office, date(2020, 5, 20), ASKED, ANSWERED)
    assert working_days_between(date(2020, 5, 13), date(2020, 5, 18)) == 3
    assert promise.due_on == add_working_days(date(2020, 6, 1), 3)[0]
    assert "，2020-05-13至2020-05-18补正不计（3个工作日）（" in promise.basis
    assert not promise.paused
    dues = [
        derived(office, date(2020, 5, day), ASKED, state="awaiting_supplement")[0]
        for day in (13, 20)
    ]
    assert all(each.paused for each in dues)
    assert dues[1].due_on == add_working_days(dues[0].due_on, 5)[0]
    (twice,) = derived(office, date(2020, 5, 20), ASKED, ANSWERED, ASKED, ANSWERED)
    assert twice.basis.count("2020-05-13至2020-05-18补正不计") == 2


def test_beyond_the_published_calendar_the_day_is_provisional(office: Office) -> None:
    assert derived(office, date(2044, 5, 12), received_on="2044-05-11")[0].provisional


def test_what_is_late_is_pointed_out_once_each_and_then_to_the_supervisor(office: Office) -> None:
    office.submit()
    pass_days(office, 25)
    told = column(office.db, TOLD)
    assert told == [
        "promise.due_soon acknowledge",
        "promise.overdue acknowledge",
        "promise.escalated acknowledge",
        "promise.due_soon determine",
        "promise.overdue determine",
        "promise.escalated determine",
    ]
    waiting = "SELECT count(*) FROM work_item WHERE stage = 'chase' AND dead_at IS NULL"
    assert scalar(office.db, waiting) == 0
    officers = {each["text"] for each in wire(inbox.list_messages(office.db, OFFICER))["items"]}
    heads = {each["text"] for each in wire(inbox.list_messages(office.db, HEAD))["items"]}
    assert any("督办" in text for text in heads - officers)
    assert officers < heads


def test_what_is_done_is_not_pointed_out_any_more(office: Office) -> None:
    accepted = office.submit()
    pass_days(office, 1)
    acknowledge.one(office.db, OFFICER, accepted.receipt, None)
    asked = requests.open_by_bureau(
        office.db, office.settings, OFFICER, accepted.receipt, Asked("希望减租")
    )
    pass_days(office, 4)
    told = ["promise.due_soon acknowledge", "promise.due_soon request"]
    assert column(office.db, TOLD) == told
    requests.answer(office.db, office.settings, OFFICER, asked, frozenset({1}), words="已协调")
    pass_days(office, 6)
    assert column(office.db, TOLD) == told


def test_nothing_is_late_while_the_applicant_is_asked(office: Office) -> None:
    accepted = office.submit()
    acknowledge.one(office.db, OFFICER, accepted.receipt, None)
    due = add_working_days(office.today(), 20)[0]
    supplement.request(
        office.db, office.settings, OFFICER, accepted.receipt, office.seen(accepted.receipt),
        fields=["/facts/dismissed"], reason="请核对", due_on=due,
    )  # fmt: skip
    pass_days(office, 17)
    assert column(office.db, TOLD) == []
    pass_days(office, 1)
    assert column(office.db, TOLD) == ["promise.due_soon supplement"]
    told = (
        "SELECT recipient_kind FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE e.type = 'promise.due_soon'"
    )
    assert column(office.db, told) == ["enterprise"]


def test_several_workers_on_doubled_items_say_nothing_twice(office: Office) -> None:
    receipts = [office.submit().receipt for _ in range(10)]
    for _ in range(3):
        with office.db.transaction() as conn:
            for number in range(1, len(receipts) + 1):
                chase.watch(conn, number)
    office.go_to(add_working_days(office.today(), 4)[0])
    ids = claim_ids(office.db, office.settings, Stage.CHASE)
    assert len(ids) == 40
    with ThreadPoolExecutor(4) as pool:
        parts = [ids[start::4] for start in range(4)]
        list(pool.map(lambda part: chase.run(office.db, office.settings, part), parts))
    assert column(office.db, TOLD) == ["promise.overdue acknowledge"] * 10


@pytest.mark.parametrize(
    ("clock_time", "hours"),
    [("19:59", 0), ("20:00", 12), ("23:30", 8.5), ("00:00", 8), ("07:59", 1 / 60), ("08:00", 0)],
)
def test_no_telephone_rings_at_night(settings: Settings, clock_time: str, hours: float) -> None:
    awake = replace(settings, practice=Practice())
    now = datetime.combine(date(2026, 5, 13), time.fromisoformat(clock_time), CHINA)
    assert quiet_hours.seconds_left(awake, Channel.SMS, now) == pytest.approx(hours * 3600)
    assert quiet_hours.seconds_left(awake, Channel.EMAIL, now) == 0
    off = replace(settings, practice=replace(Practice(), quiet=None))
    assert quiet_hours.seconds_left(off, Channel.SMS, now) == 0


def test_a_bureau_gets_one_digest_a_day_of_what_still_stands(office: Office, tmp_path: Any) -> None:
    addresses = tmp_path / "addresses.toml"
    addresses.write_text('[sasac]\nemail = "duty@sasac.example.org"\n', encoding="utf-8")
    mailing = replace(
        office.settings,
        smtp_url="smtp://127.0.0.1:9",
        smtp_from="wenqi@example.org",
        bureau_addresses=addresses,
    )
    mailed = Office(office.db, mailing)
    receipts = [
        mailed.submit(tenant_body(email=f"{number}@example.org")).receipt for number in range(3)
    ]
    mailed.go_to(add_working_days(mailed.today(), 3)[0])
    run(mailed)
    run(mailed)
    by_mail = (
        "SELECT e.type FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE d.channel = 'email' AND d.recipient = 'sasac' AND d.created_at > %(since)s"
    )
    since = business_time.now(office.db) - timedelta(hours=1)
    assert column(office.db, by_mail, since=since) == []
    acknowledge.one(office.db, OFFICER, receipts[0], None)
    business_time.advance(office.db, mailing, timedelta(minutes=31))
    ids = claim_ids(office.db, mailing, Stage.DIGEST)
    assert len(ids) == 1
    digest.run(office.db, mailing, ids)
    digest.run(office.db, mailing, ids)
    assert column(office.db, by_mail, since=since) == ["digest.made"]
    with office.db.statement() as conn:
        letter = digest.letter(conn, mailing, Recipient("sasac"), business_time.now(office.db))
    assert letter is not None
    assert receipts[0] not in letter.text
    assert all(receipt in letter.text for receipt in receipts[1:])
    # No mail server listens: the attempt itself shows that a digest can be sent.
    with office.db.statement() as conn:
        items = conn.exec_driver_sql(
            "SELECT w.id FROM work_item AS w JOIN delivery AS d ON d.id = w.subject_id"
            " JOIN event AS e ON e.id = d.event_id"
            " WHERE w.stage = 'notify' AND e.type = 'digest.made'"
        ).scalars()
        waiting = list(items)
    (failure,) = send.run(office.db, mailing, waiting).failures
    assert failure.reason.startswith("retryable: mail")


def test_a_digest_names_what_only_the_head_was_told_of_and_what_has_been_late_for_weeks(
    office: Office,
) -> None:
    receipt = office.submit().receipt
    office.go_to(add_working_days(office.today(), 8)[0])
    run(office)
    assert column(office.db, TOLD) == ["promise.escalated acknowledge"]
    for days in (0, 30):
        business_time.advance(office.db, office.settings, timedelta(days=days))
        with office.db.statement() as conn:
            letter = digest.letter(
                conn, office.settings, Recipient("sasac"), business_time.now(office.db)
            )
        assert letter is not None
        assert f"签收：测试餐饮有限公司（{receipt}）" in letter.text


def test_the_head_gets_one_digest_of_what_has_been_late_too_long(
    office: Office, tmp_path: Any
) -> None:
    addresses = tmp_path / "addresses.toml"
    addresses.write_text(
        '[sasac]\nemail = "duty@sasac.example.org"\n'
        '["sasac:supervisor"]\nemail = "head@sasac.example.org"\n',
        encoding="utf-8",
    )
    mailing = replace(
        office.settings,
        smtp_url="smtp://127.0.0.1:9",
        smtp_from="wenqi@example.org",
        bureau_addresses=addresses,
    )
    mailed = Office(office.db, mailing)
    receipts = [mailed.submit().receipt for _ in range(3)]
    pass_days(mailed, 6)
    by_mail = (
        "SELECT e.type || ' ' || d.address FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE d.channel = 'email' AND d.recipient = 'sasac:supervisor'"
    )
    assert column(office.db, by_mail) == []
    acknowledge.one(office.db, OFFICER, receipts[0], None)
    business_time.advance(office.db, mailing, timedelta(minutes=31))
    digest.run(office.db, mailing, claim_ids(office.db, mailing, Stage.DIGEST))
    assert column(office.db, by_mail) == ["digest.made head@sasac.example.org"]
    with office.db.statement() as conn:
        letter = digest.letter(
            conn, mailing, Recipient("sasac", is_head=True), business_time.now(office.db)
        )
    assert letter is not None
    assert "须督办（2）" in letter.text
    assert receipts[0] not in letter.text
    assert all(receipt in letter.text for receipt in receipts[1:])
