"""E-mail over real SMTP: what is said, what is refused, what hangs, what is sent twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from casework.delivery import messages
from casework.delivery import send as notify
from casework.delivery.messages import Letter
from casework.errors import PermanentError
from casework.notices import editions
from casework.views import letterhead, status
from casework.views.letterhead import Conclusion, Letterhead
from casework.work import dispatch
from casework.work.dispatch import Stage
from config.settings import Settings
from schemas.contacts import Contact
from store.db import Database, app_now
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.mailbox import Mailbox
from tests.support.notifying import assessed, send
from tests.support.waiting import wait_for
from tests.support.watching import watched
from vocabulary.zone import CHINA

BUREAU = "sasac@example.org"
MOST_STATEMENTS = 12


@pytest.fixture
def mailing(settings: Settings, mailbox: Mailbox, tmp_path: Path) -> Settings:
    """Settings under which 区国资委 has an address at the mailbox."""
    addresses = tmp_path / "addresses.toml"
    addresses.write_text(f'[sasac]\nemail = "{BUREAU}"\n', encoding="utf-8")
    return replace(
        settings,
        smtp_url=mailbox.url,
        smtp_from="wenqi@example.org",
        smtp_timeout=10,
        bureau_addresses=addresses,
        public_url="https://wenqi.example.org",
    )


def deliveries(database: Database) -> list[str]:
    return column(database, "SELECT state FROM delivery WHERE channel = 'email' ORDER BY id")


def test_the_message_says_who_applied_for_what_with_which_outcome_and_what_to_find(
    database: Database, mailing: Settings, mailbox: Mailbox
) -> None:
    accepted = assessed(database, mailing)
    assert send(database, mailing).done == 1
    (mail,) = mailbox.accepted
    text = mail.get_content()
    for words in (
        "测试餐饮有限公司",
        "承租区属国有企业房产",
        accepted.receipt,
        "待认定",
        "60,000.00元",
        "不在疏解整治范围内",
        "于伟川",
        "66112569",
        f"https://wenqi.example.org/api/v1/cases/{accepted.receipt}",
    ):
        assert words in text, words
    assert mail["To"] == BUREAU
    assert accepted.receipt in mail["Subject"]
    assert accepted.access_code not in text
    assert deliveries(database) == ["sent"]
    assert scalar(database, "SELECT count(*) FROM work_item WHERE stage = 'notify'") == 0


def test_without_an_address_or_mail_server_only_the_inbox_is_told(
    database: Database, mailing: Settings
) -> None:
    assessed(database, replace(mailing, bureau_addresses=None))
    assessed(database, replace(mailing, smtp_url=None))
    assert deliveries(database) == []
    assert scalar(database, "SELECT count(*) FROM delivery WHERE channel = 'inbox'") >= 2


def test_a_second_message_of_the_broker_sends_no_second_mail(
    database: Database, mailing: Settings, mailbox: Mailbox
) -> None:
    assessed(database, mailing)
    ids = claim_ids(database, mailing, Stage.NOTIFY)
    notify.run(database, mailing, ids)
    notify.run(database, mailing, ids)
    assert len(mailbox.accepted) == 1


def test_a_refused_recipient_fails_for_good_and_is_visible(
    database: Database, mailing: Settings, mailbox: Mailbox
) -> None:
    accepted = assessed(database, mailing)
    mailbox.on_recipient = lambda address: f"550 5.1.1 <{address}> unknown"
    (failure,) = send(database, mailing).failures
    assert (failure.dead, failure.receipt) == (True, accepted.receipt)
    assert deliveries(database) == ["failed"]
    (letter,) = dispatch.dead_letters(database)
    assert letter.reason == "permanent: mail: recipient refused, 550 5.1.1"
    found = status.read(database, mailing, accepted.receipt, accepted.access_code)
    assert "delivery.failed" in {line.type for line in found.timeline}

    mailbox.on_recipient = lambda _: None
    dispatch.retry(database, [letter.id])
    assert send(database, mailing).done == 1
    assert deliveries(database) == ["sent"]


@pytest.mark.parametrize(
    ("where", "answer", "reason"),
    [
        ("on_recipient", "450 4.2.1 busy", "retryable: mail: recipient refused, 450 4.2.1"),
        ("on_data", "451 4.3.0 try later", "retryable: mail: content refused, 451 4.3.0"),
    ],
)
def test_a_passing_refusal_is_retried_after_a_pause(
    database: Database,
    mailing: Settings,
    mailbox: Mailbox,
    travel: Callable[[int], None],
    where: str,
    answer: str,
    reason: str,
) -> None:
    assessed(database, mailing)
    setattr(mailbox, where, lambda _: answer)
    (failure,) = send(database, mailing).failures
    assert (failure.dead, failure.reason) == (False, reason)
    assert deliveries(database) == ["pending"]
    assert claim_ids(database, mailing, Stage.NOTIFY) == []
    setattr(mailbox, where, lambda _: None)
    travel(60)
    assert send(database, mailing).done == 1


def test_a_server_that_never_answers_is_given_up_and_asked_again_later(
    database: Database, mailing: Settings, mailbox: Mailbox, travel: Callable[[int], None]
) -> None:
    for _ in range(3):
        assessed(database, mailing)
    mailbox.holding.set()
    report = send(database, replace(mailing, smtp_timeout=1))
    assert [failure.reason for failure in report.failures] == [
        "retryable: mail: the server did not answer in time"
    ] * 3
    mailbox.holding.clear()
    travel(60)
    assert send(database, mailing).done == 3


def test_a_mail_sent_twice_keeps_its_message_id(
    database: Database, mailing: Settings, mailbox: Mailbox, travel: Callable[[int], None]
) -> None:
    assessed(database, mailing)
    ids = [_message_id_of(database, mailing, mailbox, travel) for _ in range(2)]
    assert ids[0] == ids[1]


def _message_id_of(
    database: Database, mailing: Settings, mailbox: Mailbox, travel: Callable[[int], None]
) -> str:
    """Send as after the death of a worker that could not note that it had sent; return the id."""
    mailbox.accepted.clear()
    with database.statement() as conn:
        conn.exec_driver_sql(
            "UPDATE delivery SET state = 'sending', sending_until = now() - interval '1 second'"
            " WHERE channel = 'email'"
        )
        conn.exec_driver_sql(
            "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
            " SELECT 'notify', id, app_now(), app_now() FROM delivery WHERE channel = 'email'"
        )
    travel(3600)
    send(database, mailing)
    return str(mailbox.accepted[0]["Message-ID"])


def test_a_delivery_that_another_worker_is_sending_is_left_alone(
    database: Database, mailing: Settings, mailbox: Mailbox
) -> None:
    assessed(database, mailing)
    ids = claim_ids(database, mailing, Stage.NOTIFY)
    mailbox.holding.set()
    slow = replace(mailing, smtp_timeout=30)
    first = threading.Thread(target=notify.run, args=(database, slow, ids))
    first.start()
    wait_for(lambda: deliveries(database) == ["sending"], "the first worker is sending")
    assert notify.run(database, mailing, ids).done == 0
    mailbox.holding.clear()
    first.join()
    assert len(mailbox.accepted) == 1
    assert deliveries(database) == ["sent"]


def test_an_unreachable_server_exhausts_attempts_over_hours_and_then_shows(
    database: Database, mailing: Settings, mailbox: Mailbox, travel: Callable[[int], None]
) -> None:
    assessed(database, mailing)
    mailbox.stop()
    waited = 0
    while not dispatch.dead_letters(database):
        send(database, mailing)
        travel(300)
        waited += 300
    assert waited > 3600
    assert deliveries(database) == ["failed"]


def test_a_letter_is_written_from_one_statement_over_five_tables(
    database: Database, mailing: Settings, mailbox: Mailbox
) -> None:
    assessed(database, mailing)
    ids = claim_ids(database, mailing, Stage.NOTIFY)
    with watched(database) as seen:
        assert notify.run(database, mailing, ids).done == 1
    assert len(mailbox.accepted) == 1
    reads = [each for each in seen.statements if "FROM application AS a" in each]
    assert reads == [letterhead.READ]
    assert len(seen.statements) <= MOST_STATEMENTS
    with database.statement() as conn:
        plan = conn.exec_driver_sql("EXPLAIN (FORMAT JSON) " + letterhead.READ, {"id": 1})
        read = {"application", "assessment", "visit", "supplement", "determination"}
        assert tables(plan.scalar_one()) == read


def tables(plan: Any) -> set[str]:
    """Every table that a plan reads."""
    if isinstance(plan, list):
        return set().union(*(tables(each) for each in plan))
    if isinstance(plan, dict):
        own = {plan["Relation Name"]} if "Relation Name" in plan else set()
        return own.union(*(tables(each) for each in plan.values()))
    return set()


def head(name: str) -> Letterhead:
    return Letterhead(
        receipt="WQ200511-0000001-8",
        name=name,
        uscc=None,
        provision="m01_tenant",
        received_at=datetime(2020, 5, 11, 9, tzinfo=CHINA),
        notice=editions.edition("xicheng-2020-6").notice,
        contact=Contact(
            bureau="sasac",
            **dict.fromkeys(("bureau_name", "section", "name", "phone", "printed"), "测试"),
        ),
    )


def test_a_bureau_is_told_what_is_refused_and_why_in_one_line_each() -> None:
    reasons = tuple(f"条件{number}：第一行\n办理地址：第二行" for number in range(12))
    told = replace(head("测试"), conclusion=Conclusion("不符合条件", "", "结论。", against=reasons))
    text = messages.to_bureau(told, "https://wenqi.example.org").text
    assert "不符合的条件：" in text
    assert "共12项" in text
    assert text.count("：第一行 办理地址：第二行") == messages.MOST_REASONS
    assert text.count("\n办理地址：") == 1


@pytest.mark.parametrize(
    "name", ["测试\r\nBcc: other@example.org", "测试\nSubject: x", "测试\u2028换行", "a" * 2000]
)
def test_a_name_cannot_add_headers(database: Database, name: str) -> None:
    letter = messages.visit_to_bureau(head(name), "https://wenqi.example.org")
    with database.statement() as conn:
        mail = messages.email(
            letter, sender="a@example.org", recipient=BUREAU, message_id="<1@x>", at=app_now(conn)
        )
    headers = mail.raw.partition(b"\r\n\r\n")[0].decode("ascii")
    names = [line.split(":")[0] for line in headers.split("\r\n") if not line.startswith(" ")]
    ours = {"From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted"}
    library = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
    assert sorted(names) == sorted(ours | library)


@pytest.mark.parametrize(
    "address", ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "", "a b@c"]
)
def test_an_address_that_is_more_than_one_address_is_refused_for_good(
    database: Database, address: str
) -> None:
    with database.statement() as conn:
        now = app_now(conn)
    with pytest.raises(PermanentError):
        messages.email(
            Letter("x", "y"),
            sender="a@example.org",
            recipient=address,
            message_id="<1@x>",
            at=now,
        )
