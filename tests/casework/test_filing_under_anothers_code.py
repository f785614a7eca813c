"""Somebody files first under an enterprise's public credit code, with a bystander's address."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from casework.acts import (
    approval,
    contact,
    determine,
    findings,
    supplement,
)
from casework.acts.determination_rules import IdentityNotVerified
from casework.followup import requests, visit_acts, visit_calendar, visit_list
from casework.followup.requests import Asked, EnoughAsked
from casework.outbox import deliveries
from casework.views import case_filter, cases
from schemas.findings import Finding
from tests.support import filing
from tests.support.ledgers import column
from tests.support.mailbox import Mailbox
from tests.support.office import HEAD, OFFICER, RENT, Office
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

pytestmark = pytest.mark.usefixtures("mailbox")


def test_who_files_first_under_a_public_code_is_not_taken_for_the_enterprise(
    office: Office, mailbox: Mailbox
) -> None:
    attack = file(office, ATTACKERS)
    assert visits(office) == [], "no visit slot"
    own = file(office, VICTIMS, filing.TRUSTED)
    status = office.status(own)
    assert status["amount"] == RENT, "nothing of it is taken by who came first"
    (visit,) = visits(office)
    assert [(each.receipt, each.phone) for each in visit.contacts] == [(own.receipt, VICTIMS[0])]
    assert [each.receipt for each in visit.applications] == [own.receipt]
    office.employ(HEAD)
    feed = visit_calendar.create(office.db, office.settings, HEAD, "科室日历").url
    secret = feed.rpartition("/")[2].removesuffix(".ics")
    calendar = visit_calendar.read(office.db, office.settings, secret).decode()
    assert own.receipt in calendar
    assert attack.receipt not in calendar
    live(office, 12)
    assert "visit.reminded" in column(office.db, "SELECT type FROM event")
    assert mailed(mailbox) == {VICTIMS[1]}
    with office.db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT event_id, channel, address FROM delivery WHERE address IS NOT NULL"
        ).all()
    told = {deliveries.address_of(row.address, row.event_id, row.channel) for row in rows}
    assert VICTIMS[1] in told
    assert not set(ATTACKERS) & told


@pytest.mark.parametrize("known", [True, False])
def test_nobody_makes_a_bureau_promise_without_end(office: Office, known: bool) -> None:
    """Every request that waits has a promised day, and is told to the bureau's chat."""
    most = requests.MOST_ASKED if known else requests.MOST_ASKED_UNKNOWN
    filed = file(office, VICTIMS, filing.TRUSTED if known else filing.OPEN_FORM)
    own = (filed.receipt, filed.access_code)
    first, *_ = [
        requests.open_by_applicant(office.db, office.settings, *own, Asked("希望减租"))
        for _ in range(most)
    ]
    with pytest.raises(EnoughAsked):
        requests.open_by_applicant(office.db, office.settings, *own, Asked("希望减租"))
    requests.answer(office.db, office.settings, OFFICER, first, frozenset({1}), words="已转办")
    requests.open_by_applicant(office.db, office.settings, *own, Asked("希望减租"))


def test_nothing_that_is_done_to_an_unverified_case_is_sent_to_its_addresses(
    office: Office, mailbox: Mailbox
) -> None:
    """A bystander's mail address gets nothing, whatever officers do."""
    filed = file(office, ATTACKERS)
    receipt, own = filed.receipt, (filed.receipt, filed.access_code)
    asked = requests.open_by_applicant(office.db, office.settings, *own, Asked("希望减租"))
    requests.answer(
        office.db, office.settings, OFFICER, asked, frozenset({1}), words="已转有关单位"
    )
    supplement.request(
        office.db, office.settings, OFFICER, receipt, office.seen(receipt),
        fields=("/facts/leases/0/rent",), reason="请核对", due_on=office.in_days(20),
    )  # fmt: skip
    live(office, 14)
    assert mailbox.accepted == []
    assert "promise.due_soon" in column(office.db, "SELECT type FROM event")


def test_neither_in_bulk_nor_by_a_second_person_is_an_unverified_filing_granted(
    office: Office,
) -> None:
    filed, known = file(office, ATTACKERS), file(office, VICTIMS, KNOWN_CONTACT, lease="二")
    for receipt in (filed.receipt, known.receipt):
        waits = [each["condition"] for each in office.case(receipt)["assessment"]["needs_finding"]]
        met = [Finding(code, result=True, note="属实") for code in dict.fromkeys(waits)]
        findings.record(office.db, OFFICER, receipt, met)
        office.assess_all()
    versions = {each.receipt: office.case(each.receipt)["version"] for each in (filed, known)}
    strict = replace(office.settings, determination_approval_yuan=Decimal(1000))
    done = determine.grant_many(office.db, strict, OFFICER, versions, "属实").results
    assert [(each.receipt, each.code) for each in done] == [
        (filed.receipt, "identity_not_verified"),
        (known.receipt, None),
    ]
    own = (office.db, office.settings, known.receipt, known.access_code)
    assert office.status(known)["state"] == "awaiting_approval"
    contact.correct(*own, name="丁", phone=ATTACKERS[0], email=ATTACKERS[1])
    seen = office.seen(known.receipt)
    with pytest.raises(IdentityNotVerified):
        approval.decide_proposal(
            office.db, strict, HEAD, known.receipt, seen, approved=True, note="同意"
        )


def test_each_known_contact_of_a_visit_is_told_and_shown_beside_its_receipt(
    office: Office, mailbox: Mailbox
) -> None:
    first = file(office, ATTACKERS, KNOWN_CONTACT, lease="一")
    second = file(office, VICTIMS, filing.TRUSTED, lease="二")
    third = file(office, VICTIMS, filing.TRUSTED, lease="三")
    (visit,) = visits(office)
    assert [(each.receipt, each.email, each.identity) for each in visit.contacts] == [
        (first.receipt, ATTACKERS[1], "contact_verified"),
        (second.receipt, VICTIMS[1], "assured"),
        (third.receipt, VICTIMS[1], "assured"),
    ]
    live(office, 12)

    def told(subject: str) -> list[str]:
        return sorted(one["To"] for one in mailbox.accepted if subject in one["Subject"])

    # A result goes to the contact of its application, a visit once to each contact.
    assert told("核对结果") == sorted([ATTACKERS[1], VICTIMS[1], VICTIMS[1]])
    assert told("走访提醒") == sorted([ATTACKERS[1], VICTIMS[1]])
    seen = frozenset({visit_list.read(office.db, OFFICER, visit.id).version})
    visit_acts.cancel(office.db, office.settings, OFFICER, visit.id, seen, reason="企业迁出")
    send_all(office)
    assert told("申请进展") == sorted([ATTACKERS[1], VICTIMS[1]])
    assert len(mailbox.accepted) == 7


def test_the_list_shows_and_filters_by_level(office: Office) -> None:
    open_form, known = file(office, ATTACKERS), file(office, VICTIMS, filing.TRUSTED, lease="二")

    def listed(level: str | None) -> list[tuple[str, str]]:
        wanted = case_filter.Wanted(identity=level)
        page = cases.list_cases(office.db, office.settings, OFFICER, wanted)
        return [(each.receipt, each.identity_text) for each in page.items]

    assert listed("unverified") == [(open_form.receipt, "未核实")]
    assert listed("assured") == [(known.receipt, "已实名认证")]
    assert len(listed(None)) == 2
