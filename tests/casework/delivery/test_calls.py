"""An applicant whom no message reaches is called, and the bureau is told at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.acts import supplement
from casework.delivery import send
from casework.errors import IllegalMove
from casework.followup import phone_call
from casework.views import cases, inbox
from casework.views.case_filter import Wanted
from casework.work.dispatch import Stage
from config.settings import Settings
from tests.support.applications import tenant_body
from tests.support.ledgers import claim_ids, column
from tests.support.mailbox import Mailbox
from tests.support.office import OFFICER, Office

LANDLINE = {"name": "测试甲", "phone": "010-88001234 转 8"}


def _asked(office: Office, settings: Settings, contact: dict[str, str]) -> Any:
    body = tenant_body()
    body["enterprise"]["contact"] = contact
    accepted = office.submit(body)
    supplement.request(
        office.db, settings, OFFICER, accepted.receipt, office.seen(accepted.receipt),
        fields=("/facts/leases/0/rent",), reason="金额不符", due_on=office.in_days(7),
    )  # fmt: skip
    _send(office, settings)
    return accepted


def _send(office: Office, settings: Settings) -> None:
    send.run(office.db, settings, claim_ids(office.db, settings, Stage.NOTIFY))


def _to_call(office: Office) -> int:
    return len(cases.list_cases(office.db, office.settings, OFFICER, Wanted(to_call=True)).items)


def _told(office: Office) -> list[str]:
    texts = [each.text for each in inbox.list_messages(office.db, OFFICER).items]
    return [text for text in texts if "电话告知" in text]


@pytest.fixture
def sending(settings: Settings) -> Settings:
    """Settings with a mail server that nobody is at."""
    return replace(settings, smtp_url="smtp://127.0.0.1:9", smtp_from="w@example.org")


def test_a_landline_alone_makes_a_task_that_is_ticked_off(
    office: Office, sending: Settings
) -> None:
    accepted = _asked(office, sending, LANDLINE)
    assert len(_told(office)) == 1
    assert _to_call(office) == 1
    case = office.case(accepted.receipt)
    (call,) = case["casework"]["calls"]
    assert call.get("done_at") is None
    assert "待电话告知" in case["next"]["by_basis"]
    assert "待电话告知" in office.status(accepted)["next"]["by_basis"]

    phone_call.tick_off(
        office.db, sending, OFFICER, accepted.receipt, office.seen(accepted.receipt), note="已告知"
    )
    assert _to_call(office) == 0
    case = office.case(accepted.receipt)
    assert case["casework"]["calls"][0]["note"] == "已告知"
    assert "已电话告知" in case["next"]["by_basis"]
    with pytest.raises(IllegalMove):
        phone_call.tick_off(
            office.db, sending, OFFICER, accepted.receipt, office.seen(accepted.receipt), note="又"
        )


def test_the_bureau_is_told_once_of_several_calls(office: Office, sending: Settings) -> None:
    accepted = _asked(office, sending, LANDLINE)
    supplement.close(
        office.db, sending, OFFICER, accepted.receipt, office.seen(accepted.receipt), reason="了结"
    )
    office.assess_all()
    supplement.request(
        office.db, sending, OFFICER, accepted.receipt, office.seen(accepted.receipt),
        fields=("/facts/leases/0/rent",), reason="金额仍不符", due_on=office.in_days(9),
    )  # fmt: skip
    _send(office, sending)
    assert len(_told(office)) == 1
    assert len(office.case(accepted.receipt)["casework"]["calls"]) >= 2


def test_a_mail_that_is_refused_for_good_becomes_a_call(office: Office) -> None:
    mailbox = Mailbox()
    mailbox.start()
    mailbox.on_recipient = lambda _: "550 5.1.1 no such user"
    sending = replace(office.settings, smtp_url=mailbox.url, smtp_from="w@example.org")
    try:
        _asked(office, sending, {**LANDLINE, "email": "desk@shop.example.org"})
        _send(office, sending)
    finally:
        mailbox.stop()
    assert len(_told(office)) == 1
    assert _to_call(office) == 1
    states = column(
        office.db,
        "SELECT channel || ' ' || state FROM delivery WHERE recipient_kind = 'enterprise'"
        " AND channel <> 'portal' ORDER BY id",
    )
    assert states == ["email failed", "call pending"]


def test_what_a_server_took_is_sent_and_what_is_there_has_arrived(office: Office) -> None:
    mailbox = Mailbox()
    mailbox.start()
    sending = replace(office.settings, smtp_url=mailbox.url, smtp_from="w@example.org")
    try:
        accepted = _asked(office, sending, {**LANDLINE, "email": "desk@shop.example.org"})
    finally:
        mailbox.stop()
    lines = [line for line in office.status(accepted)["timeline"] if line["folded"]]
    texts = [line["text"] for line in lines]
    assert any("电子邮件）：已发出" in text for text in texts)
    assert any("查询页面）：已送达" in text for text in texts)
    assert not any("电子邮件）：已送达" in text for text in texts)
    assert _to_call(office) == 0


def test_a_mail_server_that_is_away_for_a_while_calls_nobody(
    office: Office, sending: Settings
) -> None:
    _asked(office, sending, {**LANDLINE, "email": "desk@shop.example.org"})
    assert _to_call(office) == 0
    assert _told(office) == []
