"""How many letters a case makes, and that it makes as many as the bureau's head chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from casework.acts import supplement
from casework.delivery import digest
from casework.docket import message_choices
from casework.docket.message_choices import NotChoosable
from casework.errors import NotPermitted, VersionChanged
from casework.followup import requests, visit_acts, visit_reminders
from casework.followup.requests import Asked
from casework.intake.accept import Accepted
from casework.operations import business_time
from casework.views import inbox
from casework.work.dispatch import Stage
from rules.workdays import add_working_days
from schemas.message_choices import MessageChoices
from tests.support.applications import tenant_body
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.mailbox import Mailbox
from tests.support.notifying import send
from tests.support.office import HEAD, OFFICER, STRANGER, Office, decide
from vocabulary.audiences import Party
from vocabulary.event_sets import MATTERS
from vocabulary.events import EventType
from vocabulary.matters import Matter, Telling

DESK, BUREAU = "desk@shop.example.org", "duty@sasac.example.org"
AT_ONCE, DIGEST, NEVER = Telling.AT_ONCE, Telling.DIGEST, Telling.NEVER
RENT = "/facts/leases/0/rent"
TO_THE_APPLICANT = {
    "申请受理和核对结果": 1, "补正通知": 1, "认定结果": 1, "申请进展": 2, "走访提醒": 1,
}  # fmt: skip


@pytest.fixture
def mailing(office: Office, mailbox: Mailbox, tmp_path: Path) -> Office:
    """An office whose bureau is reached by mail."""
    assert mailbox.url
    addresses = tmp_path / "addresses.toml"
    addresses.write_text(f'[sasac]\nemail = "{BUREAU}"\n', encoding="utf-8")
    office.settings = replace(office.settings, bureau_addresses=addresses)
    return office


def choose(office: Office, **wanted: Telling) -> MessageChoices:
    """What the head chooses, having read the page."""
    seen = {message_choices.read(office.db, office.settings, HEAD).version}
    chosen = {Matter(name): telling for name, telling in wanted.items()}
    return message_choices.choose(office.db, office.settings, HEAD, seen, chosen)


def letters(office: Office, mailbox: Mailbox, to: str) -> dict[str, int]:
    """How many letters went to an address, by what their subject says."""
    send(office.db, office.settings)
    found: dict[str, int] = {}
    for one in mailbox.accepted:
        if one["To"] == to:
            said = str(one["Subject"]).partition("】")[2].partition("（")[0].partition("：")[0]
            found[said] = found.get(said, 0) + 1
    return found


def next_digest(office: Office) -> None:
    """Send what the next digest is due to say, if one is due."""
    due = scalar(office.db, "SELECT max(not_before) FROM work_item WHERE stage = 'digest'")
    if due is not None:
        now = business_time.now(office.db)
        business_time.advance(office.db, office.settings, due - now + timedelta(seconds=1))
        digest.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.DIGEST))
    send(office.db, office.settings)


def ask(office: Office, own: Accepted) -> None:
    """The applicant asks something, and takes it back."""
    by = (office.db, office.settings, own.receipt, own.access_code)
    requests.withdraw(*by, requests.open_by_applicant(*by, Asked("希望对接银行", None)))


def ordinary_case(office: Office) -> None:
    """One case from filing to visit; what the applicant asks is taken back."""
    accepted = office.submit(tenant_body(email=DESK))
    receipt, own = accepted.receipt, (accepted.receipt, accepted.access_code)
    supplement.request(
        office.db, office.settings, OFFICER, receipt, office.seen(receipt),
        fields=(RENT,), reason="与合同不符", due_on=office.in_days(7),
    )  # fmt: skip
    supplement.answer(office.db, office.settings, *own, {RENT: "30000.00"})
    office.assess()
    ask(office, accepted)
    decide(office, receipt)
    next_digest(office)
    day, _ = add_working_days(office.today(), 4)
    seen = frozenset({scalar(office.db, "SELECT version FROM visit")})
    visit_acts.confirm(office.db, office.settings, OFFICER, 1, seen, planned_on=day)
    office.go_to(add_working_days(day, -1)[0])
    due = claim_ids(office.db, office.settings, Stage.REMIND)
    visit_reminders.run(office.db, office.settings, due)
    next_digest(office)
    office.go_to(day)
    seen = frozenset({scalar(office.db, "SELECT version FROM visit")})
    visit_acts.record_outcome(
        office.db, office.settings, OFFICER, 1, seen,
        visited_on=day, result="met", note="当面了解",
    )  # fmt: skip
    next_digest(office)


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        # Filed and assessed anew; answered, asked, to be waived; taken back, to be visited.
        ({}, {"核对结果": 2, "案件动态": 3, "每日提要": 2}),
        # Of what is taken back nothing is said, and no digest is made of nothing.
        ({"results": NEVER}, {"核对结果": 2, "案件动态": 3, "每日提要": 1}),
        ({"results": AT_ONCE, "reminders": AT_ONCE}, {"核对结果": 2, "案件动态": 4, "走访提醒": 1}),
        (dict.fromkeys(("cases", "answers", "requests", "waivers"), DIGEST), {"每日提要": 2}),
    ],
    ids=["usual", "never", "at once", "digest"],
)
def test_a_case_makes_as_many_letters_as_was_chosen(
    mailing: Office, mailbox: Mailbox, chosen: Mapping[str, Telling], told: Mapping[str, int]
) -> None:
    if chosen:
        choose(mailing, **chosen)
        send(mailing.db, mailing.settings)
        mailbox.accepted.clear()
    ordinary_case(mailing)
    assert letters(mailing, mailbox, BUREAU) == told
    assert letters(mailing, mailbox, DESK) == TO_THE_APPLICANT
    # The inbox has all of it.
    said = [each.text for each in inbox.list_messages(mailing.db, OFFICER).items]
    assert any("已撤回诉求" in text for text in said)
    assert len(said) == 7
    digests = "".join(
        one.get_content() for one in mailbox.accepted if "每日提要" in str(one["Subject"])
    )
    assert ("已撤回诉求" in digests) is ("results" not in chosen)
    assert ("其他须办理的（5）" in digests) is ("cases" in chosen)


def test_what_was_written_goes_as_was_chosen_then(mailing: Office, mailbox: Mailbox) -> None:
    own = mailing.submit(tenant_body(email=DESK))
    ask(mailing, own)
    choose(mailing, results=NEVER, requests=DIGEST)
    assert letters(mailing, mailbox, BUREAU) == {"核对结果": 1, "案件动态": 1, "告知": 1}
    ask(mailing, own)
    next_digest(mailing)
    last = mailbox.accepted[-1].get_content()
    assert "已撤回诉求1号" in last
    assert "已登记诉求2号" in last
    assert "已登记诉求1号" not in last
    assert "已撤回诉求2号" not in last


def test_without_digests_what_was_chosen_for_them_goes_at_once(
    mailing: Office, mailbox: Mailbox
) -> None:
    choose(mailing, requests=DIGEST, results=NEVER)
    practice = replace(mailing.settings.practice, digest=None)
    mailing.settings = replace(mailing.settings, practice=practice)
    ask(mailing, mailing.submit(tenant_body(email=DESK)))
    assert letters(mailing, mailbox, BUREAU) == {"告知": 1, "核对结果": 1, "案件动态": 1}


def test_the_head_chooses_and_the_bureau_is_told_once(mailing: Office, mailbox: Mailbox) -> None:
    read = message_choices.read(mailing.db, mailing.settings, OFFICER)
    assert {each.matter: each.telling for each in read.items} == {
        matter: matter.usual for matter in Matter
    }
    made = choose(mailing, visits=NEVER, cases=AT_ONCE)
    shown = {each.matter: each for each in made.items}
    assert (shown[Matter.VISITS].telling, shown[Matter.VISITS].chosen_by) == (NEVER, HEAD.actor)
    assert shown[Matter.CASES].chosen_by is None  # as it was
    assert choose(mailing, visits=NEVER).version == made.version
    [event] = column(
        mailing.db,
        "SELECT actor || data::text FROM event WHERE type = %(type)s",
        type=EventType.MESSAGES_CHOSEN,
    )
    assert HEAD.actor in event
    assert '"visits": "never"' in event
    assert letters(mailing, mailbox, BUREAU) == {"告知": 1}
    assert f"{Matter.VISITS.label}（不发）" in mailbox.accepted[-1].get_content()
    assert message_choices.read(mailing.db, mailing.settings, STRANGER).version == 0


def test_what_hangs_on_a_message_is_not_switched_off(mailing: Office) -> None:
    for matter in Matter:
        for telling in set(Telling) - set(matter.allowed):
            with pytest.raises(NotChoosable, match=matter.why):
                choose(mailing, **{matter: telling})
    with pytest.raises(NotPermitted):
        message_choices.choose(mailing.db, mailing.settings, OFFICER, {0}, {Matter.VISITS: NEVER})
    choose(mailing, visits=NEVER)
    with pytest.raises(VersionChanged):
        message_choices.choose(mailing.db, mailing.settings, HEAD, {0}, {Matter.VISITS: DIGEST})


def test_every_message_of_a_bureau_is_about_something() -> None:
    told = {kind for kind in EventType if kind.audience.told - {Party.APPLICANT}}
    assert set(MATTERS) == told - {EventType.DIGEST_MADE}
    assert set(MATTERS.values()) == set(Matter)
    for each in Matter:
        assert (NEVER in each.allowed) is (not each.why), each
        assert each.usual in each.allowed
