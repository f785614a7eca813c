"""What an applicant's confirmed contact hears of, and what a bureau gets a mail or a digest for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from casework.acts import determine, supplement, withdraw
from casework.acts.determine import Decision
from casework.delivery import digest, send
from casework.documents import document_scan
from casework.errors import VersionChanged
from casework.operations import business_time
from casework.work.dispatch import Stage
from rules.workdays import last_day
from schemas.findings import Finding
from tests.support import filing
from tests.support.applications import tenant_body
from tests.support.ledgers import claim_ids, column, scalar
from tests.support.mailbox import Mailbox
from tests.support.office import COLLEAGUE, OFFICER, Office, decide
from tests.support.packaged import load_application
from tests.support.papers import LEASE, by_code, hand_in, scanning, sick_pdf
from vocabulary.days import plain_day

DESK, BUREAU = "desk@shop.example.org", "duty@sasac.example.org"
WHY = "不属于经营困难。\n\n另：可以申请贷款贴息，见措施（十）。"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def mailing(office: Office, mailbox: Mailbox, tmp_path: Path) -> Office:
    """An office that mails, its bureau too."""
    addresses = tmp_path / "addresses.toml"
    addresses.write_text(f'[sasac]\nemail = "{BUREAU}"\n', encoding="utf-8")
    office.settings = replace(
        office.settings,
        smtp_url=mailbox.url,
        smtp_from="w@example.org",
        bureau_addresses=addresses,
    )
    return office


def _body(**facts: Any) -> dict[str, Any]:
    body = tenant_body(email=DESK)
    body["facts"] = {
        name: each for name, each in (body["facts"] | facts).items() if each is not None
    }
    return body


def _sent(office: Office, mailbox: Mailbox, to: str) -> list[tuple[str, str]]:
    """What was mailed to an address: subject and text."""
    send.run(office.db, office.settings, claim_ids(office.db, office.settings, Stage.NOTIFY))
    return [(_subject(one), one.get_content()) for one in mailbox.accepted if one["To"] == to]


def _subject(message: EmailMessage) -> str:
    return str(message["Subject"])


def test_the_applicant_hears_of_receipt_and_of_what_is_missing(
    mailing: Office, mailbox: Mailbox
) -> None:
    body = _body(operates_lawfully=None)
    del body["facts"]["leases"][0]["rent"]
    accepted = mailing.submit(body)
    ((subject, text),) = _sent(mailing, mailbox, DESK)
    assert "申请受理和核对结果" in subject
    assert f"受理编号：{accepted.receipt}" in text
    assert "受理时间：" in text
    assert "承租的房产 第1项 租金（元）" in text
    assert "通知未规定补正期限" in text


def test_the_applicant_hears_of_a_refusal_that_nobody_had_to_make(
    mailing: Office, mailbox: Mailbox
) -> None:
    mailing.submit(_body(in_clearance_scope=True))
    ((_, text),) = _sent(mailing, mailbox, DESK)
    assert "不符合的条件：\n  1. " in text
    assert "如不同意结果，可以凭查询码申请复核。" in text
    ((_, to_bureau),) = _sent(mailing, mailbox, BUREAU)
    assert "不符合的条件：" in to_bureau
    assert "需要人工认定的事项" not in to_bureau
    assert "等待办结的事项" not in to_bureau


def test_a_letter_that_points_elsewhere_says_where(mailing: Office, mailbox: Mailbox) -> None:
    registered, owned = _body(), _body()
    registered["enterprise"]["registered_in"] = "haidian"  # 见转介
    owned["facts"]["leases"][0]["owner"] = "central_soe"  # 请按下列指引办理
    for body in (registered, owned):
        mailing.submit(body)
    letters = _sent(mailing, mailbox, DESK)
    assert len(letters) == 2
    for _, text in letters:
        assert "转介：\n  1. " in text
        assert "如不同意结果" in text
    for _, text in _sent(mailing, mailbox, BUREAU):
        assert "需要人工认定的事项" not in text
        # There is no sum of what gives none.
        assert "金额" not in text
        assert "0.00" not in text


def test_an_enterprise_is_spoken_to_and_a_bureau_reads_of_its_applicant(
    mailing: Office, mailbox: Mailbox
) -> None:
    mailing.submit(_body(in_clearance_scope=True))
    ((_, text),) = _sent(mailing, mailbox, DESK)
    assert "您填报为在疏解整治范围内" in text
    assert "申请人" not in text
    ((_, to_bureau),) = _sent(mailing, mailbox, BUREAU)
    assert "申请人填报为在疏解整治范围内" in to_bureau


def test_a_file_that_is_withheld_is_told_by_what_it_was_handed_in_as(
    mailing: Office, mailbox: Mailbox, tmp_path: Path
) -> None:
    accepted = mailing.submit(_body())
    with scanning(mailing, tmp_path) as (scanned, _):
        hand_in(scanned, by_code(accepted), sick_pdf(), paper=LEASE, name="坏.pdf")
        ids = claim_ids(scanned.db, scanned.settings, Stage.SCAN)
        document_scan.run(scanned.db, scanned.settings, ids)
    for to in (DESK, BUREAU):
        _, text = _sent(mailing, mailbox, to)[-1]
        assert "第1号材料（租赁合同）有风险，已隔离" in text


def test_the_applicant_hears_why_a_person_refused_and_that_a_review_can_be_asked_for(
    mailing: Office, mailbox: Mailbox
) -> None:
    accepted = mailing.submit(_body())
    found = (Finding("1.5", result=False, note="2020-02-01以来收入没有减少"),)
    refusal = Decision(granted=False, amount=None, reason=WHY, findings=found)
    decide(mailing, accepted.receipt, refusal)
    subject, text = _sent(mailing, mailbox, DESK)[-1]
    assert "认定结果" in subject
    assert "区国资委已认定：不予认定。" in text
    assert f"\n理由：\n{WHY}\n" in text, "each paragraph as it was typed"
    assert "2020-02-01以来收入没有减少" in text
    assert "如不同意结果，可以凭查询码申请复核。" in text


def test_a_grant_is_told_without_a_word_of_review(mailing: Office, mailbox: Mailbox) -> None:
    receipt = mailing.submit(_body()).receipt
    seen = mailing.seen(receipt)
    decide(mailing, receipt)
    # A colleague refuses what was read before that.
    refusal = Decision(granted=False, amount=None, reason=WHY)
    with pytest.raises(VersionChanged):
        determine.determine(mailing.db, mailing.settings, COLLEAGUE, receipt, seen, refusal)
    ((_, text),) = [one for one in _sent(mailing, mailbox, DESK) if "认定结果" in one[0]]
    assert "准予，60,000.00元" in text
    assert "复核" not in text


def test_an_unverified_filing_sends_nothing(mailing: Office, mailbox: Mailbox) -> None:
    filing.accept(
        mailing.db,
        mailing.settings,
        load_application(_body(in_clearance_scope=True)),
        identity=filing.OPEN_FORM,
    )
    mailing.assess()
    assert _sent(mailing, mailbox, DESK) == []
    assert "call" not in column(mailing.db, "SELECT channel FROM delivery")


def test_a_supplement_letter_says_what_why_and_until_when(
    mailing: Office, mailbox: Mailbox
) -> None:
    accepted = mailing.submit(_body())
    supplement.request(
        mailing.db, mailing.settings, OFFICER, accepted.receipt, mailing.seen(accepted.receipt),
        fields=("/facts/leases/0/rent", "/enterprise/employees"), documents=[LEASE],
        reason="与2020-03-01的合同不符\n请重新签", due_on=mailing.in_days(7),
    )  # fmt: skip
    subject, text = _sent(mailing, mailbox, DESK)[-1]
    assert "补正通知" in subject
    until = f"请于{plain_day(last_day(mailing.in_days(7)))}前补正"
    first = text.split("\n\n")[1].splitlines()[0]
    assert first == f"您的申请需要补正。还差3项，{until}。", "the act and the day come first"
    assert f"需要补正的事项（{until}）" in text
    assert "  3. 材料：租赁合同" in text
    assert "  1. 承租的房产 第1项 租金（元）\n  2. " in text
    seen = mailing.seen(accepted.receipt)
    supplement.close(
        mailing.db, mailing.settings, OFFICER, accepted.receipt, seen, reason="已当面核对合同"
    )
    _, later = _sent(mailing, mailbox, DESK)[-1]
    assert "区国资委不再要求补正：已当面核对合同。" in later
    assert "原因：与2020-03-01的合同不符\n请重新签\n" in text, "what a person wrote stays as typed"


def test_nobody_is_called_to_hear_that_work_goes_on(mailing: Office) -> None:
    for changed, calls in (({}, 0), ({"in_clearance_scope": True}, 1)):
        body = _body(**changed)
        body["enterprise"]["contact"] = {"name": "测试甲", "phone": "010-88001234"}
        mailing.submit(body)
        counted = scalar(mailing.db, "SELECT count(*) FROM delivery WHERE channel = 'call'")
        assert counted == calls


def test_what_a_bureau_need_not_act_on_is_in_its_digest(mailing: Office, mailbox: Mailbox) -> None:
    accepted = mailing.submit(_body())
    before = len(_sent(mailing, mailbox, BUREAU))
    assert before == 1  # the case itself, which it has to act on
    withdraw.withdraw(mailing.db, mailing.settings, accepted.receipt, accepted.access_code)
    assert len(_sent(mailing, mailbox, BUREAU)) == before
    events = column(
        mailing.db,
        "SELECT e.type FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE d.channel = 'inbox' ORDER BY d.id",
    )
    assert "application.withdrawn" in events

    due = scalar(mailing.db, "SELECT max(not_before) FROM work_item WHERE stage = 'digest'")
    now = business_time.now(mailing.db)
    business_time.advance(mailing.db, mailing.settings, due - now + timedelta(seconds=1))
    digest.run(mailing.db, mailing.settings, claim_ids(mailing.db, mailing.settings, Stage.DIGEST))
    subject, text = _sent(mailing, mailbox, BUREAU)[-1]
    assert "每日提要" in subject
    assert f"（{accepted.receipt}）：申报单位已撤回申请" in text
    assert "其他动态（无须办理）（1）" in text


def test_without_digests_each_is_mailed(mailing: Office, mailbox: Mailbox) -> None:
    practice = replace(mailing.settings.practice, digest=None)
    mailing.settings = replace(mailing.settings, practice=practice)
    accepted = mailing.submit(_body())
    withdraw.withdraw(mailing.db, mailing.settings, accepted.receipt, accepted.access_code)
    assert len(_sent(mailing, mailbox, BUREAU)) == 2
