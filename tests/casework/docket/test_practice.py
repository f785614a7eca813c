"""Local practice that changes while the system runs: from its day on, never backwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from casework.acts import approval
from casework.docket import practice
from casework.docket.in_force import InForce
from casework.docket.practice import ChangeNotFound, InvalidPractice
from casework.errors import NotPermitted
from casework.people.access import Principal
from casework.reporting import reports
from casework.reporting.scope import Scope
from config.settings import Settings
from tests.support.ledgers import scalar
from tests.support.mailbox import Mailbox
from tests.support.notifying import send as send_all
from tests.support.office import HEAD, OFFICER, Office, decide
from vocabulary.cases import State
from vocabulary.people import Role

ADMIN = Principal("sasac", Role.ADMIN, "测试管理员")
OTHER = Principal("finance", Role.ADMIN, "测试另一位")
APPROVAL = "DETERMINATION_APPROVAL_YUAN"
WHY = "经局长办公会议定，另有纪要"


def agree(office: Office, name: str, value: str | None, day: date) -> int:
    asked = practice.propose(
        office.db, office.settings, ADMIN, name, value=value, valid_from=day, reason=WHY
    )
    practice.confirm(office.db, office.settings, OTHER, asked.id)
    return asked.id


def to_determine(office: Office, receipt: str) -> dict[str, Any]:
    [found] = [each for each in office.case(receipt)["promises"] if each["promise"] == "determine"]
    return dict(found)


def now(office: Office) -> Settings:
    return InForce(office.db, office.settings).settings()


def test_a_value_holds_from_its_day_and_is_read_without_a_restart(office: Office) -> None:
    process = InForce(office.db, office.settings, fresh_seconds=0)
    assert process.settings() is office.settings
    first, last = office.in_days(3), office.in_days(9)
    agree(office, "DETERMINE_WORKING_DAYS", "30", first)
    agree(office, "DETERMINE_WORKING_DAYS", None, last)
    agree(office, "QUIET_HOURS", "off", first)
    assert process.settings().practice.determine == 15
    office.go_to(first)
    held = process.settings()
    assert (held.practice.determine, held.practice.quiet) == (30, None)
    assert process.settings() is held
    office.go_to(last)
    held = process.settings()
    assert held.practice.determine == held.deployed.practice.determine == 15
    assert held.practice.since("determine", last) == last


def test_what_was_promised_before_keeps_its_day_and_says_since_when(office: Office) -> None:
    before = office.submit()
    was = to_determine(office, before.receipt)
    first = office.in_days(1)
    agree(office, "DETERMINE_WORKING_DAYS", "30", first)
    office.go_to(first)
    office.settings = now(office)
    assert to_determine(office, before.receipt) == was
    after = office.submit()
    due = to_determine(office, after.receipt)
    assert f"起30个工作日（本地做法，通知未规定期限，{first}起执行）" in due["basis"]
    assert due["due_on"] > was["due_on"]
    office.go_to(date.fromisoformat(due["due_on"]))
    late = reports.overdue(office.db, office.settings, Scope(bureau="sasac"))
    [row] = [each for each in late.rows if each.promise == "determine"]
    assert row.overdue == 1  # only the one of before


def test_a_higher_limit_does_not_help_what_was_proposed_under_the_lower_one(
    office: Office,
) -> None:
    office.settings = replace(office.settings, determination_approval_yuan=Decimal(50_000))
    pending = office.submit().receipt
    fresh = office.submit().receipt
    assert decide(office, pending).state is State.AWAITING_APPROVAL
    first = office.in_days(1)
    agree(office, APPROVAL, "999999", first)
    office.go_to(first)
    office.settings = now(office)
    assert office.settings.determination_approval_yuan == Decimal(999_999)
    approval.decide_proposal(
        office.db,
        office.settings,
        HEAD,
        pending,
        office.seen(pending),
        approved=False,
        note="再核一次",
    )
    assert decide(office, pending).state is State.AWAITING_APPROVAL
    assert decide(office, fresh).state is State.DETERMINED


def test_nobody_changes_anything_alone_or_backwards(office: Office) -> None:
    for who in (HEAD, OFFICER):
        with pytest.raises(NotPermitted):
            practice.propose(
                office.db,
                office.settings,
                who,
                APPROVAL,
                value="1",
                valid_from=office.in_days(1),
                reason=WHY,
            )
    asked = practice.propose(
        office.db,
        office.settings,
        ADMIN,
        APPROVAL,
        value="1",
        valid_from=office.in_days(1),
        reason=WHY,
    )
    with pytest.raises(NotPermitted):
        practice.confirm(office.db, office.settings, ADMIN, asked.id)
    office.go_to(office.in_days(1))
    with pytest.raises(InvalidPractice, match="今天以后"):
        practice.confirm(office.db, office.settings, OTHER, asked.id)
    practice.end(office.db, office.settings, ADMIN, asked.id)
    with pytest.raises(ChangeNotFound):
        practice.confirm(office.db, office.settings, OTHER, asked.id)
    assert now(office) is office.settings


def test_what_does_not_go_together_on_any_day_is_refused(office: Office) -> None:
    agree(office, APPROVAL, "20000", office.in_days(9))
    with pytest.raises(InvalidPractice, match="不得超过须第二人复签的金额"):
        agree(office, "AUTOMATIC_DETERMINATION_YUAN", "30000", office.in_days(2))
    agree(office, "AUTOMATIC_DETERMINATION_YUAN", "20000", office.in_days(2))
    with pytest.raises(InvalidPractice, match="须小于走访期限"):
        agree(office, "VISIT_WORKING_DAYS", "2", office.in_days(2))
    with pytest.raises(InvalidPractice, match="没有编号为九十的措施"):
        agree(office, "BUDGETS_YUAN", "一=100000,九十=1", office.in_days(2))


def test_the_heads_are_told_of_a_proposal_and_of_the_second_word(
    office: Office, mailbox: Mailbox, tmp_path: Path
) -> None:
    listed = tmp_path / "addresses.toml"
    listed.write_text('["sasac:supervisor"]\nemail = "head@sasac.example.org"\n', encoding="utf-8")
    office.settings = replace(
        office.settings,
        smtp_url=mailbox.url,
        smtp_from="wenqi@example.org",
        bureau_addresses=listed,
    )
    agree(office, APPROVAL, "250000", office.in_days(2))
    assert send_all(office.db, office.settings).done == 2
    said = [mail.get_content() for mail in mailbox.accepted]
    assert any("待另一位管理员同意" in each for each in said)
    assert all("须由第二人复签" in each and "250000" in each for each in said)
    assert {mail["To"] for mail in mailbox.accepted} == {"head@sasac.example.org"}
    by = scalar(office.db, "SELECT string_agg(actor, ' ' ORDER BY id) FROM event"
                " WHERE type LIKE 'practice.%%'")  # fmt: skip
    assert by == f"{ADMIN.actor} {OTHER.actor}"
