"""Every look names the cases it showed; auditors read all, an applicant which bureaus looked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from casework.docket import trail
from casework.errors import NotPermitted
from casework.followup import request_list, requests, visit_calendar, visit_list
from casework.followup.requests import Asked
from casework.followup.visit_list import Wanted as Visits
from casework.operations import business_time, trail_list
from casework.operations.trail_list import Wanted
from casework.reporting import export_files, exports
from casework.reporting.scope import Scope
from casework.views import cases, inbox
from casework.work.dispatch import Stage
from schemas.audit import AuditPage
from tests.support.applications import tenant_body
from tests.support.ledgers import claim_ids, scalar
from tests.support.office import AUDITOR, COLLEAGUE, HEAD, OFFICER, STRANGER, Office
from vocabulary.exports import ExportFormat


def calendar(office: Office) -> None:
    office.employ(HEAD)
    made = visit_calendar.create(office.db, office.settings, HEAD, "走访组")
    secret = made.url.rpartition("/")[2].removesuffix(".ics")
    visit_calendar.read(office.db, office.settings, secret)


def export(office: Office) -> None:
    office.employ(OFFICER)
    exports.request(office.db, office.settings, OFFICER, Scope(bureau="sasac"), ExportFormat.CSV)
    due = claim_ids(office.db, office.settings, Stage.EXPORT)
    export_files.run(office.db, office.settings, due)


LOOKS: dict[str, Callable[[Office], object]] = {
    "access.cases_listed": lambda o: cases.list_cases(o.db, o.settings, OFFICER),
    "access.inbox_listed": lambda o: inbox.list_messages(o.db, OFFICER),
    "access.visits_listed": lambda o: visit_list.list_visits(o.db, OFFICER, Visits()),
    "access.requests_listed": lambda o: request_list.list_requests(o.db, OFFICER),
    "access.calendar_read": calendar,
    "access.exported": export,
}


@pytest.fixture
def pair(office: Office) -> tuple[str, str]:
    """Two cases of one bureau, each with a visit and a request."""
    filed = [office.submit(), office.submit()]
    for one in filed:
        requests.open_by_applicant(
            office.db, office.settings, one.receipt, one.access_code, Asked("请介绍办理进度")
        )
    return filed[0].receipt, filed[1].receipt


def of(office: Office, receipt: str, **more: object) -> AuditPage:
    with office.db.transaction() as conn:
        return trail_list.find(conn, Wanted(case=receipt, **more), limit=200)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", LOOKS)
def test_a_look_at_several_cases_is_one_event_on_the_trail_of_each(
    office: Office, pair: tuple[str, str], kind: str
) -> None:
    LOOKS[kind](office)
    for receipt in pair:
        (found,) = of(office, receipt, type=kind).items
        assert set(found.receipts) == set(pair)
        assert (found.cases, found.data["bureau"]) == (2, "sasac")
        shown = trail.of_case(office.db, HEAD, receipt, limit=200).items
        assert kind in [one.type for one in shown]


def test_single_looks_are_on_the_trail(office: Office, pair: tuple[str, str]) -> None:
    first, _ = pair
    visit = scalar(office.db, "SELECT visit_id FROM application WHERE receipt = %(r)s", r=first)
    asked = scalar(office.db, "SELECT min(id) FROM request")
    visit_list.read(office.db, OFFICER, visit)
    request_list.read(office.db, COLLEAGUE, asked)
    office.case(first)
    kinds = {one.type: one.actor for one in of(office, first).items}
    assert kinds["access.visit_read"] == kinds["access.case_read"] == "sasac:测试甲"
    assert kinds["access.request_read"] == "sasac:测试乙"


def test_what_a_case_meets_is_looked_at_with_it(office: Office) -> None:
    lease = tenant_body(lease_no="同一租约")
    first, second, other = office.submit(lease), office.submit(lease), office.submit()
    office.assess_all()
    assert office.case(first.receipt)["overlaps"][0]["other"]["receipt"] == second.receipt
    (look,) = of(office, second.receipt, type="access.overlaps_read").items
    assert (look.actor, look.receipts) == ("sasac:测试甲", [second.receipt])
    assert of(office, other.receipt, type="access.overlaps_read").items == []
    assert of(office, first.receipt, type="access.overlaps_read").items == []


def test_the_applicant_sees_which_bureaus_looked_and_no_person(office: Office) -> None:
    filed = office.submit()
    assert office.status(filed)["looks"] == []
    office.case(filed.receipt)
    cases.list_cases(office.db, office.settings, COLLEAGUE)
    (seen,) = office.status(filed)["looks"]
    assert (seen["bureau"], seen["times"]) == ("sasac", 2)
    assert seen["bureau_name"]
    assert "测试" not in str(seen)


def test_an_auditor_finds_by_person_case_and_day_page_after_page(
    office: Office, pair: tuple[str, str]
) -> None:
    for _ in range(3):
        office.case(pair[0])
    office.case(pair[1], COLLEAGUE)
    page = trail_list.read(office.db, AUDITOR, Wanted(person="sasac:测试甲"), limit=2)
    assert [one.actor for one in page.items] == ["sasac:测试甲"] * 2
    more = trail_list.read(
        office.db, AUDITOR, Wanted(person="sasac:测试甲"), before=page.next, limit=2
    )
    assert more.next is None
    assert len(more.items) == 1
    today = business_time.now(office.db).date()
    for day, found in ((today, True), (today - timedelta(days=1), False)):
        wanted = Wanted(case=pair[1], day_from=day, day_to=day)
        assert bool(trail_list.read(office.db, AUDITOR, wanted).items) is found
    assert trail_list.read(office.db, AUDITOR, Wanted(case="WQ200511-0000001-8")).items == []
    (itself, *_) = trail_list.read(office.db, AUDITOR, Wanted()).items
    assert (itself.type, itself.actor) == ("access.audit_read", "sasac:测试戊")
    for other in (OFFICER, HEAD, STRANGER):
        with pytest.raises(NotPermitted):
            trail_list.read(office.db, other, Wanted())
