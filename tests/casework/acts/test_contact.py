"""The one-time code, the contact that its owner corrects, an officer's check of who it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest

from casework.acts import (
    contact,
    contact_code,
    identity_check,
    supplement,
)
from casework.acts.contact_code import ChannelClosed
from casework.acts.determination_rules import IdentityNotVerified
from casework.acts.one_time_codes import CodeRefused
from casework.docket import trail
from casework.errors import ApplicationNotFound, IllegalMove
from casework.intake.identity import Identity
from casework.operations import business_time
from casework.outbox import code_addresses
from config.settings import Settings, SettingsError
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.ledgers import column, scalar
from tests.support.mailbox import Mailbox
from tests.support.office import HEAD, OFFICER, Office, decide
from tests.support.packaged import load_application
from tests.support.shopfront import (
    ATTACKERS,
    KNOWN_CONTACT,
    VICTIMS,
    file,
    live,
    mailed,
    send_all,
    visits,
)
from vocabulary.zone import CHINA

pytestmark = pytest.mark.usefixtures("mailbox")


def test_only_three_codes_a_day_reach_a_bystander(office: Office, mailbox: Mailbox) -> None:
    answers = set()
    for number in range(5):
        filed = file(office, ATTACKERS, lease=f"另一合同{number}")
        own = (office.db, office.settings, filed.receipt, filed.access_code)
        answers.add(contact_code.ask(*own, channel="email"))
    send_all(office)
    assert len(answers) == 1, "the answer does not say whether anything was sent"
    assert len(mailbox.accepted) == 3
    for message in mailbox.accepted:
        assert "联系人" not in message.get_content()
        assert "测试餐饮" not in message.get_content() + message["Subject"]
    office.go_to(office.in_days(1))
    contact_code.ask(*own, channel="email")
    send_all(office)
    assert len(mailbox.accepted) == 4
    # Nor does an application that corrects its contact again and again become a mail cannon.
    for number in range(8):
        contact.correct(*own, name="甲", phone=f"1390000{number:04d}", email=f"x{number}@a.example")
        contact_code.ask(*own, channel="email")
    send_all(office)
    assert len(mailbox.accepted) == 4 + 5


def test_one_mailbox_is_one_however_it_is_written(office: Office, mailbox: Mailbox) -> None:
    """A thousand spellings reach one bystander: three codes a day all the same."""
    for number in range(5):
        filed = file(office, (VICTIMS[0], f"Shop+{number}@Example.org"), lease=f"合同{number}")
        own = (office.db, office.settings, filed.receipt, filed.access_code)
        contact_code.ask(*own, channel="email")
    send_all(office)
    assert len(mailbox.accepted) == 3


@pytest.mark.parametrize(
    "written", ["138 0000 0111", "+86 138-0000-0111", "１３８０００００１１１"]
)
def test_a_code_confirms_a_telephone_however_it_is_written(
    database: Database, settings: Settings, tmp_path: Path, written: str
) -> None:
    office = Office(database, replace(settings, codes_file=tmp_path / "codes"))
    filed = file(office, (written, VICTIMS[1]))
    own = (office.db, office.settings, filed.receipt, filed.access_code)
    contact_code.ask(*own, channel="sms")
    contact_code.verify(*own, code=filing.code_of(office.db, office.settings, filed.receipt))
    assert office.status(filed)["identity"]["confirmed"] == ["sms"]


def test_a_code_typed_back_makes_happen_what_waited_for_it(
    office: Office, mailbox: Mailbox
) -> None:
    filed = file(office, VICTIMS)
    own = (office.db, office.settings, filed.receipt, filed.access_code)
    told = office.status(filed)["identity"]
    assert (told["level"], told["how"], told["confirmed"]) == ("unverified", None, [])
    assert "索取验证码" in told["text"]
    with pytest.raises(IdentityNotVerified, match="核对身份"):
        decide(office, filed.receipt)
    contact_code.ask(*own, channel="email")
    send_all(office)
    code = filing.code_of(office.db, office.settings, filed.receipt)
    assert code in mailbox.accepted[0].get_content()
    assert contact_code.verify(*own, code=code)
    office.assess_all()
    told = office.status(filed)["identity"]
    assert (told["level"], told["how"], told["confirmed"]) == (
        "contact_verified",
        "email_code",
        ["email"],
    )
    assert told["at"] is not None
    assert len(visits(office)) == 1
    assert decide(office, filed.receipt).state == "determined"
    send_all(office)
    assert [message["To"] for message in mailbox.accepted[1:]] == [VICTIMS[1]] * 2
    with pytest.raises(CodeRefused):
        contact_code.verify(*own, code=code)
    with pytest.raises(IllegalMove, match="已经核实"):
        contact_code.ask(*own, channel="email")


def test_a_code_is_good_for_minutes_and_few_tries(office: Office, travel: Any) -> None:
    filed = file(office, VICTIMS)
    own = (office.db, office.settings, filed.receipt, filed.access_code)
    with pytest.raises(ApplicationNotFound):
        contact_code.ask(office.db, office.settings, filed.receipt, "WRONG", channel="email")
    contact_code.ask(*own, channel="email")
    code = filing.code_of(office.db, office.settings, filed.receipt)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        with pytest.raises(CodeRefused):
            contact_code.verify(*own, code=wrong)
    with pytest.raises(CodeRefused):
        contact_code.verify(*own, code=code)
    contact_code.ask(*own, channel="email")
    code = filing.code_of(office.db, office.settings, filed.receipt)
    travel(code_addresses.MINUTES * 60 + 1)
    with pytest.raises(CodeRefused):
        contact_code.verify(*own, code=code)
    send_all(office)
    letters = column(office.db, "SELECT last_error FROM delivery WHERE channel = 'email'")
    assert set(letters) == {"permanent: the code is good for nothing any more"}
    # A code for an address that has been corrected meanwhile confirms nothing.
    contact_code.ask(*own, channel="email")
    code = filing.code_of(office.db, office.settings, filed.receipt)
    contact.correct(*own, name="乙", phone=VICTIMS[0], email="other@example.org")
    with pytest.raises(CodeRefused):
        contact_code.verify(*own, code=code)


def test_no_code_and_no_address_is_in_database_events_or_answers(office: Office) -> None:
    filed = file(office, VICTIMS)
    own = (office.db, office.settings, filed.receipt, filed.access_code)
    told = contact_code.ask(*own, channel="email")
    assert told.sent_to == "s***@example.org"
    code = filing.code_of(office.db, office.settings, filed.receipt)
    contact.correct(*own, name="丙", phone="13700000999", email="new@example.org")
    with office.db.statement() as conn:
        events = str(conn.exec_driver_sql("SELECT data FROM event").all())
        codes = str(conn.exec_driver_sql("SELECT * FROM contact_code").all())
    for secret in (code, VICTIMS[1], "13700000999", "丙", "new@example.org"):
        assert secret not in events
        assert secret not in codes


def test_who_holds_a_leaked_access_code_cannot_turn_messages_to_himself(
    office: Office, mailbox: Mailbox
) -> None:
    filed = file(office, VICTIMS, KNOWN_CONTACT)
    own = (office.db, office.settings, filed.receipt, filed.access_code)
    contact.correct(*own, name="丁", phone=ATTACKERS[0], email=ATTACKERS[1])
    send_all(office)
    (warning,) = mailbox.accepted
    assert warning["To"] == VICTIMS[1]
    assert "如不是本单位更正" in warning.get_content()
    assert office.status(filed)["identity"]["level"] == "unverified"
    with pytest.raises(IdentityNotVerified):
        decide(office, filed.receipt)
    live(office, 12)
    assert mailed(mailbox) == {VICTIMS[1]}
    assert [each.contacts for each in visits(office)] == [[]]
    events = trail.of_case(office.db, HEAD, filed.receipt).items
    (corrected,) = [each for each in events if each.type == "contact.corrected"]
    assert corrected.data == {
        "fields": ["email", "name", "phone"],
        "identity": "unverified",
    }


def test_what_was_on_its_way_to_a_corrected_address_is_not_sent(
    office: Office, mailbox: Mailbox
) -> None:
    filed = file(office, VICTIMS, filing.TRUSTED)
    decide(office, filed.receipt)
    own = (office.db, office.settings, filed.receipt, filed.access_code)
    contact.correct(*own, name="丁", phone=ATTACKERS[0], email=ATTACKERS[1])
    send_all(office)
    (warning,) = mailbox.accepted
    assert "已更正联系方式" in warning.get_content(), "not the determination"
    told = office.status(filed)["identity"]
    assert (told["level"], told["confirmed"]) == ("assured", [])
    assert "消息不会发到那里" in told["text"]


def test_an_officer_checks_who_it_is(office: Office, mailbox: Mailbox) -> None:
    filed = file(office, VICTIMS)
    assert "check_identity" in office.case(filed.receipt)["casework"]["actions"]
    seen = office.seen(filed.receipt)
    identity_check.check(
        office.db, office.settings, OFFICER, filed.receipt, seen, note="营业执照原件", contact=False
    )
    office.assess_all()
    case = office.case(filed.receipt)
    assert case["casework"]["identity_checked_by"] == OFFICER.actor
    assert case["casework"]["identity_note"] == "营业执照原件"
    assert case["identity"]["level_text"] == "未核实（经办人已核对身份）"
    assert len(visits(office)) == 1
    assert decide(office, filed.receipt).state == "determined"
    send_all(office)
    assert mailbox.accepted == [], "the contact was not checked with it"
    # That is still to be done; then nothing is.
    assert "check_identity" in case["casework"]["actions"]
    again = (office.db, office.settings, OFFICER, filed.receipt)
    identity_check.check(*again, office.seen(filed.receipt), note="已打电话", contact=True)
    assert "check_identity" not in office.case(filed.receipt)["casework"]["actions"]
    with pytest.raises(IllegalMove):
        identity_check.check(*again, office.seen(filed.receipt), note="已打电话", contact=True)


def test_a_supplement_that_changes_the_contact_leaves_it_unconfirmed(office: Office) -> None:
    filed = file(office, VICTIMS, KNOWN_CONTACT)
    supplement.request(
        office.db, office.settings, OFFICER, filed.receipt, office.seen(filed.receipt),
        fields=("/enterprise/contact/email", "/enterprise/contact/phone"), reason="请核对",
        due_on=office.in_days(20),
    )  # fmt: skip
    supplement.answer(
        office.db, office.settings, filed.receipt, filed.access_code,
        {"/enterprise/contact/email": "a@example.org", "/enterprise/contact/phone": VICTIMS[0]},
    )  # fmt: skip
    stored = "SELECT confirmed_channels FROM application WHERE receipt = %(r)s"
    assert scalar(office.db, stored, r=filed.receipt) == ["sms"]
    assert scalar(office.db, "SELECT max(identity) FROM application") == "contact_verified"


@pytest.mark.parametrize(
    ("identity", "left"), [(filing.TRUSTED, "contact_verified"), (filing.OPEN_FORM, "unverified")]
)
def test_what_was_known_of_one_enterprise_is_not_known_of_another(
    office: Office, identity: Identity, left: str
) -> None:
    """A login, or papers shown to an officer, were those of the enterprise that was named then."""
    filed = file(office, ATTACKERS, identity)
    identity_check.check(
        office.db, office.settings, OFFICER, filed.receipt, office.seen(filed.receipt),
        note="营业执照原件", contact=False,
    )  # fmt: skip
    supplement.request(
        office.db, office.settings, OFFICER, filed.receipt, office.seen(filed.receipt),
        fields=("/enterprise/uscc",), reason="请核对", due_on=office.in_days(20),
    )  # fmt: skip
    supplement.answer(
        office.db, office.settings, filed.receipt, filed.access_code,
        {"/enterprise/uscc": uscc(4343)},
    )  # fmt: skip
    office.assess_all()
    told = office.status(filed)["identity"]
    assert (told["level"], told["checked_at"]) == (left, None)
    answered = [
        each.data
        for each in trail.of_case(office.db, HEAD, filed.receipt).items
        if each.type == "supplement.answered"
    ]
    assert [each.get("identity") for each in answered] == [None if left == identity.level else left]
    if left == "unverified":
        with pytest.raises(IdentityNotVerified):
            decide(office, filed.receipt)


def test_a_supplement_of_something_else_leaves_what_is_known(office: Office) -> None:
    body = tenant_body(uscc=uscc(4343))
    body["enterprise"].pop("contact", None)
    filed = filing.accept(
        office.db, office.settings, load_application(body), identity=KNOWN_CONTACT
    )
    office.assess_all()
    supplement.request(
        office.db, office.settings, OFFICER, filed.receipt, office.seen(filed.receipt),
        fields=("/facts/leases/0/rent",), reason="请核对", due_on=office.in_days(20),
    )  # fmt: skip
    supplement.answer(
        office.db, office.settings, filed.receipt, filed.access_code,
        {"/facts/leases/0/rent": "28000"},
    )  # fmt: skip
    assert office.status(filed)["identity"]["level"] == "contact_verified"


def test_a_code_is_not_kept_for_the_morning_and_a_demonstration_shows_it(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    """Quiet hours are for messages nobody asked for."""
    practice = replace(settings.practice, quiet=(time(20), time(8)))
    codes = tmp_path / "codes"
    night = Office(database, replace(settings, codes_file=codes, practice=practice))
    filed = file(night, VICTIMS)
    at = datetime.combine(night.in_days(1), time(23), CHINA)
    business_time.advance(night.db, night.settings, at - business_time.now(night.db))
    own = (night.db, night.settings, filed.receipt, filed.access_code)
    assert contact_code.ask(*own, channel="sms").sent_to == "138****0111"
    send_all(night)
    code = filing.code_of(night.db, night.settings, filed.receipt)
    (line,) = codes.read_text(encoding="utf-8").splitlines()
    assert code in line
    assert codes.stat().st_mode & 0o777 == 0o600
    contact_code.verify(*own, code=code)
    send_all(night)
    assert len(codes.read_text(encoding="utf-8").splitlines()) == 1, "codes and nothing else"
    with pytest.raises(ChannelClosed):
        contact_code.ask(database, settings, *own[2:], channel="email")


def test_codes_are_shown_nowhere_where_messages_are_sent(environment: dict[str, str]) -> None:
    gateways = {"SMTP_URL": "smtp://127.0.0.1:9", "SMTP_FROM": "wenqi@example.org"}
    with pytest.raises(SettingsError, match="CODES_FILE"):
        Settings.from_env({**environment, **gateways, "CODES_FILE": "codes"})


def test_answering_something_else_says_nothing_of_the_contact(office: Office) -> None:
    """A sending system vouches for all channels, also those that the contact does not have."""
    filed = office.submit()
    rent = "/facts/leases/0/rent"
    supplement.request(
        office.db, office.settings, OFFICER, filed.receipt, office.seen(filed.receipt),
        fields=(rent,), reason="与合同不符", due_on=office.in_days(20),
    )  # fmt: skip
    supplement.answer(
        office.db, office.settings, filed.receipt, filed.access_code, {rent: "28000"}
    )  # fmt: skip
    assert "更正联系方式" not in str(office.status(filed)["timeline"])
    # Nobody is shown as confirmed what is not there.
    (given,) = visits(office)[0].contacts
    assert (given.email, given.confirmed) == (None, ["sms"])
    assert office.status(filed)["identity"]["confirmed"] == ["sms"]
    # What was not there when it was vouched for is confirmed by nothing.
    own = (office.db, office.settings, filed.receipt, filed.access_code)
    contact.correct(*own, name="戊", phone=ATTACKERS[0], email=ATTACKERS[1])
    assert office.status(filed)["identity"]["confirmed"] == []
    assert "更正联系方式" in str(office.status(filed)["timeline"])
