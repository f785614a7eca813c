"""A bureau hears that it is told of things elsewhere, also where robots alone reached it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from casework.outbox import bureau_addresses
from casework.views import inbox
from config.channels import Contact
from tests.support.mailbox import Mailbox
from tests.support.notifying import send
from tests.support.office import HEAD, OFFICER, Office
from vocabulary.deliveries import Recipient

ADMIN = "finance:test.guan"


@pytest.fixture
def office(office: Office, mailbox: Mailbox, tmp_path: Path) -> Office:
    """One whose bureau is reached by a robot alone, its head by mail."""
    listed = tmp_path / "addresses.toml"
    listed.write_text(
        '[sasac]\nchannels = [{ channel = "dingtalk",'
        ' address = "http://127.0.0.1:9/robot/send?access_token=robot-key-0000" }]\n'
        '["sasac:supervisor"]\nemail = "head@sasac.example.org"\n',
        encoding="utf-8",
    )
    mailing = replace(office.settings, smtp_url=mailbox.url, smtp_from="wenqi@example.org")
    return Office(office.db, replace(mailing, bureau_addresses=listed))


def change(office: Office, to: Recipient) -> None:
    ways = [Contact("email", "elsewhere@example.net")]
    bureau_addresses.change(office.db, office.settings, to, ways, ADMIN)


def test_a_bureau_that_robots_alone_reached_is_not_redirected_untold(
    office: Office, mailbox: Mailbox
) -> None:
    change(office, Recipient("sasac"))
    send(office.db, office.settings)
    [mail] = mailbox.accepted
    assert mail["To"] == "head@sasac.example.org"
    assert "不再发到原来的地址" in mail.get_content()
    for who in (OFFICER, HEAD):
        [told] = inbox.list_messages(office.db, who).addresses
        assert (told.changed_by, told.of_head) == (ADMIN, False)
    assert inbox.list_messages(office.db, replace(OFFICER, bureau="finance")).addresses == []


def test_where_a_heads_mail_goes_elsewhere_stands_in_the_heads_inbox_for_a_month(
    office: Office,
) -> None:
    change(office, Recipient("sasac", is_head=True))
    [told] = inbox.list_messages(office.db, HEAD).addresses
    assert told.of_head
    assert inbox.list_messages(office.db, OFFICER).addresses == []
    office.go_to(office.in_days(31))
    assert inbox.list_messages(office.db, HEAD).addresses == []
