"""The head of the chain on its way to the auditor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from casework.delivery import heads
from casework.operations import sealing
from config.auditing import Auditing
from tests.support.mailbox import Mailbox
from tests.support.office import Office
from tests.support.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.start()
    yield made
    made.stop()


def test_the_head_goes_to_the_auditors_mailbox_and_system(
    office: Office, mailbox: Mailbox, receiver: Receiver
) -> None:
    office.submit()
    settings = replace(
        office.settings,
        smtp_url=mailbox.url,
        smtp_from="wenqi@example.org",
        webhook_allow_private=True,
        auditing=Auditing(mail="auditor@example.org", url=receiver.url),
    )
    sealing.run(office.db, settings)
    head = heads.run(office.db, settings)
    assert head is not None
    (mail,) = mailbox.accepted
    assert str(head) in mail.get_content()
    (posted,) = receiver.received
    assert posted.json["digest"] == head.digest
    mailbox.stop()
    assert heads.run(office.db, settings) == head, "who cannot be reached stops nobody"
