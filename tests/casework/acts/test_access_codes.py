"""A new access code: from the bureau, or for a one-time code that only a confirmed address gets."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.acts import access_codes, approval, contact, one_time_codes
from casework.acts.access_codes import EnoughSent, NoConfirmedAddress
from casework.acts.one_time_codes import CodeRefused
from casework.docket.second_person import SecondPersonRequired
from casework.errors import ApplicationNotFound, CaseNotFound, NotPermitted, VersionChanged
from casework.followup import rating, requests
from casework.followup.requests import Asked
from casework.intake.accept import Accepted
from casework.intake.replays import AccessCodeGone
from casework.operations import business_time, replay_expiry
from casework.outbox import code_addresses
from tests.support import filing
from tests.support.applications import tenant
from tests.support.ledgers import column, scalar
from tests.support.mailbox import Mailbox
from tests.support.office import AUDITOR, COLLEAGUE, HEAD, OFFICER, SECOND_HEAD, Office, decide
from tests.support.shopfront import KNOWN_CONTACT, VICTIMS, file, send_all
from vocabulary.people import Role

CODE = re.compile(r"(?<![0-9A-Z-])(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}(?![0-9A-Z-])")
ONE_TIME = re.compile(r"(?<![0-9A-Z-])[0-9A-Z]{4}-[0-9A-Z]{4}(?![0-9A-Z-])")
NOTE = "已核对营业执照原件和经办人身份证"
VERSION = "SELECT version FROM application WHERE receipt = %(r)s"


pytestmark = pytest.mark.usefixtures("mailbox")


def issue(
    office: Office, filed: Accepted, handed: str = "in_person", who: Any = OFFICER
) -> access_codes.Issued:
    seen = frozenset({scalar(office.db, VERSION, r=filed.receipt)})
    return access_codes.issue(
        office.db, office.settings, who, filed.receipt, seen, handed=handed, note=NOTE
    )


def with_code(filed: Accepted, code: str | None) -> Accepted:
    assert code is not None
    return replace(filed, access_code=code)


def ask(office: Office, mailbox: Mailbox, receipt: str) -> list[str]:
    """The one-time codes that arrive when somebody asks."""
    before = len(mailbox.accepted)
    access_codes.ask(office.db, office.settings, receipt)
    send_all(office)
    letters = [message.get_content() for message in mailbox.accepted[before:]]
    return [found for letter in letters for found in ONE_TIME.findall(letter)]


def texts(office: Office, filed: Accepted) -> list[str]:
    return [each["text"] for each in office.status(filed)["timeline"]]


def test_a_bureau_hands_a_new_code_over_and_the_old_one_is_dead(
    office: Office, mailbox: Mailbox
) -> None:
    filed = file(office, VICTIMS, KNOWN_CONTACT)
    send_all(office)
    before = len(mailbox.accepted)
    issued = issue(office, filed)
    with pytest.raises(ApplicationNotFound):
        office.status(filed)
    anew = with_code(filed, issued.access_code)
    (line,) = [text for text in texts(office, anew) if "签发" in text]
    assert line == (
        "区国资委已签发第2个查询码（当面交付），此前的查询码作废；如不是本单位要求，请告知联系单位"
    )
    send_all(office)
    # The confirmed address is told that it happened, and not which code it is.
    (told,) = [m for m in mailbox.accepted[before:] if m["To"] == VICTIMS[1]]
    assert "已签发第2个查询码" in told.get_content()
    assert not CODE.search(told.get_content())
    (kept,) = office.case(filed.receipt)["casework"]["access_codes"]
    assert (kept["serial"], kept["issued_by"], kept["handed"]) == (2, OFFICER.actor, "in_person")
    assert kept["note"] == NOTE


def test_what_is_done_with_a_handed_code_says_so(office: Office) -> None:
    """An officer could take a code for himself: the trail does not simply name the applicant."""
    filed = file(office, VICTIMS, KNOWN_CONTACT)
    asked = (office.db, office.settings, filed.receipt)
    first = requests.open_by_applicant(*asked, filed.access_code, Asked("希望减租"))
    anew = with_code(filed, issue(office, filed).access_code)
    requests.withdraw(*asked, anew.access_code, first)
    requests.open_by_applicant(*asked, anew.access_code, Asked("希望减租"))
    contact.correct(*asked, anew.access_code, name="丁", phone=VICTIMS[0], email="x@a.example")
    again = with_code(filed, issue(office, filed, who=COLLEAGUE).access_code)
    decide(office, filed.receipt, who=HEAD)
    rating.rate(*asked, again.access_code, grade=5, comment=None)
    by_applicant = (
        "SELECT coalesce(data ->> 'code_serial', '1') FROM event"
        " WHERE actor = 'enterprise' AND type <> 'application.received' ORDER BY id"
    )
    assert column(office.db, by_applicant) == ["1", "2", "2", "2", "3"]
    shown = texts(office, again)
    assert sum("（凭第2个查询码）" in text for text in shown) == 3
    assert sum("（凭第3个查询码）" in text for text in shown) == 1


def test_who_handed_a_code_over_decides_alone_no_more(office: Office) -> None:
    filed = file(office, VICTIMS, KNOWN_CONTACT)
    issue(office, filed, who=OFFICER)
    assert decide(office, filed.receipt).state == "awaiting_approval"
    own = (office.db, office.settings)
    issue(office, filed, who=HEAD)
    assert "approve_determination" not in office.case(filed.receipt, HEAD)["casework"]["actions"]
    for who, state in ((HEAD, None), (SECOND_HEAD, "determined")):
        seen = frozenset({scalar(office.db, VERSION, r=filed.receipt)})
        decided = (*own, who, filed.receipt, seen)
        if state is None:
            with pytest.raises(SecondPersonRequired):
                approval.decide_proposal(*decided, approved=True, note="同意")
        else:
            assert approval.decide_proposal(*decided, approved=True, note="同意").state == state


def test_a_code_goes_to_a_confirmed_address_and_nowhere_else(
    office: Office, mailbox: Mailbox
) -> None:
    filed = file(office, VICTIMS)
    with pytest.raises(NoConfirmedAddress, match="当面"):
        issue(office, filed, "contact")
    assert office.status(filed), "what is refused leaves the code as it was"
    known = file(office, VICTIMS, KNOWN_CONTACT, lease="另一合同")
    issued = issue(office, known, "contact")
    assert (issued.access_code, issued.sent_to) == (None, "s***@example.org")
    send_all(office)
    letters = [m for m in mailbox.accepted if CODE.search(m.get_content())]
    assert [m["To"] for m in letters] == [VICTIMS[1]]
    (code,) = CODE.findall(letters[0].get_content())
    assert office.status(with_code(known, code))
    with pytest.raises(ApplicationNotFound):
        office.status(known)
    with office.db.statement() as conn:
        for table in ("event", "contact_code", "delivery", "access_code", "application"):
            kept = str(conn.exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608
            assert code not in kept
            assert code.replace("-", "") not in kept
    # What it was derived from is gone once it must have arrived.
    moving = replace(office.settings, allow_time_travel=True)
    business_time.advance(office.db, moving, timedelta(hours=one_time_codes.SENDING_HOURS + 1))
    replay_expiry.run(office.db, moving)
    assert column(office.db, "SELECT id FROM contact_code WHERE purpose = 'access'") == []


def test_a_code_that_was_replaced_before_it_was_sent_is_not_sent(
    office: Office, mailbox: Mailbox
) -> None:
    filed = file(office, VICTIMS, KNOWN_CONTACT)
    issue(office, filed, "contact")
    anew = with_code(filed, issue(office, filed).access_code)
    send_all(office)
    assert not [m for m in mailbox.accepted if CODE.search(m.get_content())]
    issue(office, filed, "contact")
    own = (office.db, office.settings, filed.receipt)
    with pytest.raises(ApplicationNotFound):
        contact.correct(*own, anew.access_code, name="丁", phone="13900000001")
    issue(office, filed, "contact")
    with pytest.raises(EnoughSent):
        issue(office, filed, "contact")


def test_nobody_else_issues_codes(office: Office) -> None:
    filed = file(office, VICTIMS, KNOWN_CONTACT)
    system = replace(OFFICER, role=Role.SYSTEM, label="测试业务系统")
    for who in (system, AUDITOR, replace(OFFICER, role=Role.ADMIN)):
        with pytest.raises(NotPermitted):
            issue(office, filed, who=who)
    with pytest.raises(CaseNotFound):
        issue(office, filed, who=replace(OFFICER, bureau="education"))
    with office.db.transaction() as conn:
        conn.exec_driver_sql("UPDATE application SET copied_bureaus = '{education}'")
    with pytest.raises(NotPermitted, match="牵头"):
        issue(office, filed, who=replace(HEAD, bureau="education"))
    own = (office.db, office.settings, OFFICER, filed.receipt, frozenset({1}))
    with pytest.raises(VersionChanged):
        access_codes.issue(*own, handed="in_person", note=NOTE)
    assert office.status(filed)


def test_the_applicant_gets_a_new_code_through_the_confirmed_address(
    office: Office, mailbox: Mailbox
) -> None:
    filed = file(office, VICTIMS, KNOWN_CONTACT)
    (code,) = ask(office, mailbox, filed.receipt)
    renew = (office.db, office.settings, filed.receipt)
    anew = with_code(filed, access_codes.renew(*renew, code=code.lower().replace("-", " ")))
    assert any("换领第2个查询码" in text for text in texts(office, anew))
    send_all(office)
    assert "已凭验证码换领" in mailbox.accepted[-1].get_content()
    for stale in (filed, with_code(filed, code)):
        with pytest.raises(ApplicationNotFound):
            office.status(stale)
    with pytest.raises(CodeRefused):
        access_codes.renew(*renew, code=code)
    assert scalar(office.db, "SELECT actor FROM event WHERE type = 'code.asked'") == "somebody"


def test_a_bystander_who_knows_the_receipt_gets_nothing(
    office: Office, mailbox: Mailbox, travel: Any
) -> None:
    unverified = file(office, VICTIMS)
    send_all(office)
    assert ask(office, mailbox, unverified.receipt) == []
    assert ask(office, mailbox, "WQ261128-9999999-E") == []
    assert ask(office, mailbox, "nonsense") == []
    assert scalar(office.db, "SELECT count(*) FROM event WHERE type = 'code.asked'") == 0
    filed = file(office, VICTIMS, KNOWN_CONTACT, lease="另一合同")
    letters = [code for _ in range(5) for code in ask(office, mailbox, filed.receipt)]
    assert len(letters) == 3, "as many in a day as verification codes"
    own = (office.db, office.settings, filed.receipt)
    for wrong in ("0000-0000", "000000", filing.code_of(office.db, office.settings, filed.receipt)):
        for receipt in (unverified.receipt, "WQ261128-9999999-E"):
            with pytest.raises(CodeRefused) as refused:
                access_codes.renew(office.db, office.settings, receipt, code=wrong)
            assert refused.value.detail == CodeRefused.message
    for _ in range(code_addresses.MOST_TRIES):
        with pytest.raises(CodeRefused):
            access_codes.renew(*own, code="0000-0000")
    with pytest.raises(CodeRefused):
        access_codes.renew(*own, code=letters[-1])
    travel(24 * 3600)
    (code,) = ask(office, mailbox, filed.receipt)
    travel(code_addresses.MINUTES * 60 + 1)
    with pytest.raises(CodeRefused):
        access_codes.renew(*own, code=code)
    assert office.status(filed), "all of that left the code as it was"


def test_a_one_time_code_for_an_address_that_was_corrected_is_good_for_nothing(
    office: Office, mailbox: Mailbox
) -> None:
    filed = file(office, VICTIMS, KNOWN_CONTACT)
    (code,) = ask(office, mailbox, filed.receipt)
    own = (office.db, office.settings, filed.receipt)
    contact.correct(*own, filed.access_code, name="丁", phone=VICTIMS[0], email="n@example.org")
    with pytest.raises(CodeRefused):
        access_codes.renew(*own, code=code)
    access_codes.ask(*own)
    send_all(office)
    assert "n@example.org" not in {m["To"] for m in mailbox.accepted}


def test_a_replay_shows_no_dead_code(office: Office) -> None:
    key, submission = "0b0e7a3c-6a8c-4c0e-9a55-3a9f6f0f2f11", tenant()
    filed = filing.accept(office.db, office.settings, submission, idempotency_key=key)
    office.assess_all()
    issue(office, filed)
    with pytest.raises(AccessCodeGone, match="access-code/request") as gone:
        filing.accept(office.db, office.settings, submission, idempotency_key=key)
    assert filed.receipt in gone.value.detail
