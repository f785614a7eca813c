"""Mail and text messages that come back after a server had taken them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from standardwebhooks import Webhook

from api.app import create_app
from casework.acts import supplement
from casework.delivery import send
from casework.views import cases, inbox
from casework.views.case_filter import Wanted
from casework.work import dispatch
from casework.work.dispatch import Stage
from config.settings import Settings
from tests.support.applications import tenant_body
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.mailbox import Mailbox
from tests.support.office import OFFICER, Office

SECRET = "whsec_" + "A" * 43 + "="
OTHER = "whsec_" + "B" * 43 + "="
PATH = "/api/v1/message-reports/{}"


@pytest.fixture
def sending(office: Office, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a mail server that takes everything, and its secret."""
    secrets = tmp_path / "reports.toml"
    secrets.write_text(f'email = "{SECRET}"\n', encoding="utf-8")
    mailbox = Mailbox()
    mailbox.start()
    yield replace(
        office.settings,
        smtp_url=mailbox.url,
        smtp_from="w@example.org",
        message_reports=secrets,
    )
    mailbox.stop()


@pytest.fixture
def client(sending: Settings) -> FlaskClient:
    return create_app(sending).test_client()


def _asked(office: Office, settings: Settings) -> str:
    """A supplement that was mailed; the Message-ID of that mail."""
    body = tenant_body()
    body["enterprise"]["contact"] = {
        "name": "测试甲", "phone": "010-88001234", "email": "desk@shop.example.org",
    }  # fmt: skip
    accepted = office.submit(body)
    supplement.request(
        office.db, settings, OFFICER, accepted.receipt, office.seen(accepted.receipt),
        fields=("/facts/leases/0/rent",), reason="金额不符", due_on=office.in_days(7),
    )  # fmt: skip
    _send(office, settings)
    number = scalar(
        office.db,
        "SELECT max(d.id) FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE d.channel = 'email' AND e.type = 'supplement.requested' AND d.state = 'sent'",
    )
    return f"<{accepted.receipt}.{number}@example.org>"


def _send(office: Office, settings: Settings) -> None:
    send.run(office.db, settings, claim_ids(office.db, settings, Stage.NOTIFY))


def _report(
    client: FlaskClient,
    *reports: dict[str, Any],
    secret: str = SECRET,
    channel: str = "email",
    at: datetime | None = None,
) -> Any:
    body = json.dumps({"reports": reports})
    moment = at or datetime.now(UTC)
    return client.post(
        PATH.format(channel),
        data=body,
        content_type="application/json",
        headers={
            "webhook-id": "r1",
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(secret).sign("r1", moment, body),
        },
    )


def _to_call(office: Office) -> int:
    return len(cases.list_cases(office.db, office.settings, OFFICER, Wanted(to_call=True)).items)


def test_a_mail_that_came_back_makes_a_call_and_twice_makes_no_second(
    office: Office, sending: Settings, client: FlaskClient
) -> None:
    named = _asked(office, sending)
    assert _to_call(office) == 0
    report = {"id": named, "permanent": True, "code": "5.1.1"}
    assert _report(client, report).get_json() == {"taken": 1, "unchanged": 0, "unknown": 0}
    _send(office, sending)
    assert _to_call(office) == 1
    texts = [each.text for each in inbox.list_messages(office.db, OFFICER).items]
    assert len([text for text in texts if "电话告知" in text]) == 1
    assert _report(client, report, report).get_json() == {
        "taken": 0, "unchanged": 2, "unknown": 0,
    }  # fmt: skip
    _send(office, sending)
    assert _to_call(office) == 1
    receipt = named.strip("<").partition(".")[0]
    case = office.case(receipt)
    assert len(case["casework"]["calls"]) == 1
    assert "待电话告知" in case["next"]["by_basis"]
    failed = column(
        office.db, "SELECT last_error FROM delivery WHERE channel = 'email' AND state = 'failed'"
    )
    assert failed == ["email: came back 5.1.1"]


def test_what_may_still_arrive_and_what_is_not_known_change_nothing(
    office: Office, sending: Settings, client: FlaskClient
) -> None:
    named = _asked(office, sending)
    before = column(office.db, "SELECT state FROM delivery ORDER BY id")
    strange = [
        "<WQ200101-0000001-A.1@example.org>",
        f"<WQ200101-0000001-A.{named.rpartition('@')[0].rpartition('.')[2]}@example.org>",
        "x" * 300,
        "<a.99999999999999999999@example.org>",
        "WQ200101-0000001-A-1' OR 1=1",
    ]
    answer = _report(
        client,
        {"id": named, "permanent": False, "code": "4.2.2"},
        *({"id": one, "permanent": True} for one in strange),
    )
    assert answer.get_json() == {"taken": 0, "unchanged": 1, "unknown": len(strange)}
    assert column(office.db, "SELECT state FROM delivery ORDER BY id") == before


def test_words_of_the_other_side_are_not_kept(
    office: Office, sending: Settings, client: FlaskClient
) -> None:
    named = _asked(office, sending)
    _report(client, {"id": named, "permanent": True, "code": "desk@x.example"})
    assert "email: came back" in column(office.db, "SELECT last_error FROM delivery")


def test_a_report_must_be_signed_freshly_with_the_channels_secret(
    office: Office, sending: Settings, client: FlaskClient
) -> None:
    named = _asked(office, sending)
    report = {"id": named, "permanent": True}
    refused = [
        _report(client, report, secret=OTHER),
        _report(client, report, at=datetime.now(UTC) - timedelta(minutes=10)),
        client.post(PATH.format("email"), json={"reports": [report]}),
    ]
    assert [(one.status_code, one.get_json()["code"]) for one in refused] == [
        (401, "signature_refused")
    ] * 3
    for channel in ("sms", "wecom", "portal", "x" * 500):
        assert _report(client, report, channel=channel).status_code == 404
    assert _report(client).status_code == 422
    assert _report(client, *[report] * 101).status_code == 422
    assert scalar(office.db, "SELECT count(*) FROM delivery WHERE state = 'failed'") == 0


def test_a_bureaus_mail_that_came_back_is_on_the_dead_letter_list(
    office: Office, sending: Settings, tmp_path: Path
) -> None:
    addresses = tmp_path / "addresses.toml"
    addresses.write_text('[sasac]\nemail = "desk@sasac.example.org"\n', encoding="utf-8")
    told = replace(sending, bureau_addresses=addresses)
    accepted = office.submit(tenant_body())
    supplement.request(
        office.db, told, OFFICER, accepted.receipt, office.seen(accepted.receipt),
        fields=("/facts/leases/0/rent",), reason="金额不符", due_on=office.in_days(7),
    )  # fmt: skip
    _send(office, told)
    with office.db.transaction() as conn:
        number = conn.exec_driver_sql(
            "INSERT INTO delivery (event_id, application_id, recipient_kind, recipient, channel,"
            " address, state, created_at, sent_at) SELECT max(e.id), max(e.application_id),"
            " 'bureau', 'sasac', 'email', 'desk@sasac.example.org', 'sent', app_now(), app_now()"
            " FROM event AS e WHERE e.type = 'application.assessed' RETURNING id"
        ).scalar()
    named = f"<{accepted.receipt}.{number}@example.org>"
    assert (
        _report(create_app(told).test_client(), {"id": named, "permanent": True}).get_json()[
            "taken"
        ]
        == 1
    )
    (dead,) = dispatch.dead_letters(office.db)
    assert dead.reason == "email: came back"


def test_while_it_is_being_handed_over_the_report_is_to_come_again(
    office: Office, sending: Settings, client: FlaskClient
) -> None:
    named = _asked(office, sending)
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE delivery SET state = 'sending' WHERE channel = 'email'")
    assert _report(client, {"id": named, "permanent": True}).status_code == 503
