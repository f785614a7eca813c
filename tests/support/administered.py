"""What administrators change while the system runs, once each."""

from __future__ import annotations

from dataclasses import replace

from casework.docket import message_choices, practice
from casework.operations import staff
from casework.outbox import bureau_addresses
from casework.people.access import Principal
from config.channels import Contact
from config.settings import Settings
from tests.support.office import Office
from tests.support.people import hire
from tests.support.said import said
from vocabulary.deliveries import Recipient
from vocabulary.matters import Matter, Telling
from vocabulary.people import Role

ADMIN = Principal("sasac", Role.ADMIN, "测试管理员")
HEAD = Principal("education", Role.SUPERVISOR, "测试主管")
OTHER_ADMIN = Principal("finance", Role.ADMIN, "测试另一位管理员")


def administered(office: Office) -> None:
    """Local practice proposed, agreed to and withdrawn; an account opened that waits; addresses of
    a bureau and its head changed, and tried."""
    reached = mail_at(office.settings, Recipient("sasac", is_head=True))
    for agrees in (True, False):
        asked = practice.propose(
            office.db, reached, ADMIN, "REQUEST_WORKING_DAYS", value="6",
            valid_from=office.in_days(300), reason=said("经会议议定，另有纪要"),
        )  # fmt: skip
        if agrees:
            practice.confirm(office.db, reached, OTHER_ADMIN, asked.id)
        else:
            practice.end(office.db, reached, ADMIN, asked.id)
    hire(office, "test.you", Role.ADMIN, bureau="education")
    staff.add(
        office.db, mail_at(office.settings, Recipient("education")), ADMIN,
        bureau="education", login="test.shen", name="测试申", roles=[Role.OFFICER],
    )  # fmt: skip
    for to in (Recipient("education"), Recipient("education", is_head=True)):
        reached = mail_at(office.settings, to)
        contacts = [Contact("email", "duty@education.example.org")]
        bureau_addresses.change(office.db, reached, to, contacts, ADMIN.actor)
        bureau_addresses.send_test(office.db, reached, to, "email", ADMIN.actor)
        bureau_addresses.change(office.db, reached, to, None, ADMIN.actor)
        # Whoever has no address of their own is not told beside the other.
        seen = [message_choices.read(office.db, reached, HEAD).version]
        telling = Telling.NEVER if to.is_head else Telling.AT_ONCE
        message_choices.choose(office.db, reached, HEAD, seen, {Matter.VISITS: telling})


def mail_at(settings: Settings, to: Recipient) -> Settings:
    """Where a recipient has an address, and a mail server where nobody listens."""
    address = (str(to), (Contact("email", "duty@example.org"),))
    return replace(
        settings,
        smtp_url="smtp://127.0.0.1:9",
        smtp_from="w@example.org",
        changed_addresses=(address,),
    )
