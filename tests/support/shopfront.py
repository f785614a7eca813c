"""A shop whose public credit code somebody else files under: applications, days, mail."""

from __future__ import annotations

from typing import Any

from casework.delivery import send
from casework.followup import chase, visit_list
from casework.followup import visit_reminders as tending
from casework.intake.accept import Accepted
from casework.intake.identity import Identity
from casework.work.dispatch import Stage
from rules.workdays import add_working_days
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import claim_ids
from tests.support.mailbox import Mailbox
from tests.support.office import OFFICER, Office
from tests.support.packaged import load_application
from vocabulary.identity import IdentityLevel, IdentityMeans

VICTIM = uscc(4242)
ATTACKERS, VICTIMS = ("13900000666", "attacker@example.org"), ("13800000111", "shop@example.org")
KNOWN_CONTACT = Identity(IdentityLevel.CONTACT_VERIFIED, IdentityMeans.CLIENT)


def file(
    office: Office,
    addresses: tuple[str, str],
    identity: Identity = filing.OPEN_FORM,
    lease: str = "同一合同",
) -> Accepted:
    """An application of the victim's shop with these addresses, assessed."""
    body = tenant_body(uscc=VICTIM, lease_no=lease)
    phone, email = addresses
    body["enterprise"]["contact"] = {"name": f"联系人{phone[-3:]}", "phone": phone, "email": email}
    submission = load_application(body)
    accepted = filing.accept(office.db, office.settings, submission, identity=identity)
    office.assess_all()
    return accepted


def send_all(office: Office) -> None:
    """Send what is due."""
    while ids := claim_ids(office.db, office.settings, Stage.NOTIFY):
        send.run(office.db, office.settings, ids)


def live(office: Office, days: int) -> None:
    """Let so many working days pass with everything that falls due in them."""
    for _ in range(days):
        office.go_to(add_working_days(office.today(), 1)[0])
        for stage, work in ((Stage.REMIND, tending), (Stage.CHASE, chase)):
            for _ in range(2):
                work.run(office.db, office.settings, claim_ids(office.db, office.settings, stage))
        send_all(office)


def mailed(mailbox: Mailbox) -> set[str]:
    """Who got mail."""
    return {message["To"] for message in mailbox.accepted}


def visits(office: Office) -> list[Any]:
    """The visits that the lead bureau sees."""
    return visit_list.list_visits(office.db, OFFICER, visit_list.Wanted()).items
