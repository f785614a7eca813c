"""What is asked in many places, seen in what people are shown by it."""

from __future__ import annotations

import csv
import io
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from casework.acts import approval
from casework.acts.determine import Decision
from casework.docket import trail
from casework.errors import CaseNotFound
from casework.notices import editions
from casework.operations import business_time
from casework.people.access import Principal
from casework.reporting import export_files, exports, publicity, reports
from casework.reporting.scope import Scope
from casework.views import cases
from casework.work.dispatch import Stage
from config import notices
from schemas import reports as answers
from schemas.application import load_application
from schemas.findings import Finding
from store import predicates
from tests.support import filing
from tests.support.applications import tenant_body
from tests.support.ledgers import claim_ids, scalar
from tests.support.notices import replace_once
from tests.support.office import AUDITOR, HEAD, OFFICER, RENT, STRANGER, Office, decide
from tests.support.packaged import example
from vocabulary.exports import ExportFormat
from vocabulary.people import Role
from vocabulary.zone import CHINA

PARK = Principal("park", Role.SUPERVISOR, "测试庚")
FINANCE = Principal("finance", Role.SUPERVISOR, "测试辛")
TWICE = 2 * Decimal(RENT)


def exported(office: Office, who: Principal, bureau: str | None) -> list[dict[str, str]]:
    """What an export holds, a row as title -> cell."""
    office.employ(who)  # a download asks for a live right
    scope = Scope(bureau=bureau)
    asked = exports.request(office.db, office.settings, who, scope, ExportFormat.CSV)
    due = claim_ids(office.db, office.settings, Stage.EXPORT)
    export_files.run(office.db, office.settings, due)
    found = exports.open_download(office.db, office.settings, asked.download_url.rpartition("/")[2])
    text = b"".join(found.pieces).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sums(office: Office) -> answers.AmountSums:
    return reports.amounts(office.db, office.settings, Scope()).total


def test_a_case_is_seen_by_its_lead_and_by_who_is_copied_and_by_nobody_else(
    office: Office,
) -> None:
    receipt = office.submit(example("m07_procurement")).receipt
    case = office.case(receipt, FINANCE)
    assert case["receipt"] == receipt
    for who in (FINANCE, HEAD):  # leads, is copied
        (row,) = cases.list_cases(office.db, office.settings, who).items
        assert (row.receipt, row.leads) == (receipt, who is FINANCE)
        assert trail.of_case(office.db, who, receipt).items
        assert [row["受理编号"] for row in exported(office, who, who.bureau)] == [receipt]
    assert cases.list_cases(office.db, office.settings, STRANGER).items == []
    with pytest.raises(CaseNotFound):
        trail.of_case(office.db, STRANGER, receipt)
    assert exported(office, STRANGER, STRANGER.bureau) == []
    counted = {
        who.bureau: reports.intake(
            office.db, office.settings, Scope(bureau=who.bureau)
        ).total.applications
        for who in (FINANCE, HEAD, STRANGER)
    }
    assert counted == {"finance": 1, "sasac": 0, "education": 0}  # once, for its lead


def test_a_refusal_without_a_figure_is_no_grant(office: Office) -> None:
    receipt = office.submit(example("m11_fintech")).receipt
    unmet = [Finding("11.2", result=False, note="不符合")]
    decide(
        office, receipt, Decision(granted=False, amount=None, reason="不符合", findings=unmet), PARK
    )
    assert scalar(office.db, "SELECT determined_amount FROM application") is None
    assert publicity.list_grants(office.db).items == []
    assert (sums(office).granted, sums(office).refused) == (0, 1)
    (row,) = exported(office, AUDITOR, None)
    assert (row["准予金额（元）"], bool(row["决定时间"])) == ("", True)


def test_who_came_after_the_last_day_is_refused(office: Office, second_notice: Path) -> None:
    replace_once(second_notice / "notice.toml", "2099-12-31", "2021-12-31")
    notices.read_from(second_notice.parent)
    body = {
        "notice": second_notice.name,
        "provision": "s02_stalls",
        "enterprise": {**tenant_body()["enterprise"], "located_in": "yanqing"},
        "facts": {"stalls": [{"month": "2021-01", "count": 3}]},
    }
    submission = load_application(body, editions.forms_of(office.settings))
    filing.accept(office.db, office.settings, submission)
    office.assess()
    assert scalar(office.db, "SELECT outcome FROM application") == "not_in_force"
    assert (sums(office).refused, sums(office).granted, sums(office).pending) == (1, 0, 0)


def test_a_decision_is_made_when_the_second_person_approves(office: Office) -> None:
    receipt = office.submit(rent="60000.00").receipt
    decide(office, receipt, Decision(granted=True, amount=TWICE, reason="经核属实"))
    assert sums(office).pending_amount == TWICE
    office.go_to(office.in_days(3))
    seen = office.seen(receipt)
    approval.decide_proposal(
        office.db, office.settings, HEAD, receipt, seen, approved=True, note="同意"
    )
    assert [grant.decided_on for grant in publicity.list_grants(office.db).items] == [
        office.today()
    ]
    (row,) = exported(office, OFFICER, "sasac")
    assert row["决定时间"].startswith(str(office.today()))


def test_the_business_day_begins_at_midnight_in_beijing(office: Office) -> None:
    one = datetime.combine(office.in_days(1), time(1), CHINA)  # 17:00 of the day before, in UTC
    business_time.advance(office.db, office.settings, one - business_time.now(office.db))
    assert scalar(office.db, f"SELECT {predicates.TODAY}") == one.date()
    office.submit()
    for received_from, found in ((one.date(), 1), (one.date() + timedelta(days=1), 0)):
        scope = Scope(received_from=received_from)
        assert reports.intake(office.db, office.settings, scope).total.applications == found
    before = Scope(received_to=one.date() - timedelta(days=1))
    assert reports.intake(office.db, office.settings, before).total.applications == 0
