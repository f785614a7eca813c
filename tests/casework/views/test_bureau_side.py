"""Tokens, inbox, cases, findings: a bureau sees and changes only what is its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.acts import findings
from casework.acts.findings import InvalidFinding
from casework.decision import assess
from casework.errors import CaseNotFound, IllegalMove, NotPermitted
from casework.operations import business_time
from casework.operations.business_time import TimeTravelRefused
from casework.people import access, tokens
from casework.people.access import Principal, TokenRefused
from casework.people.tokens import InvalidToken
from casework.views import cases, inbox
from casework.views.case_filter import Wanted
from casework.work.dispatch import Stage
from config.settings import Settings
from schemas.findings import Finding
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant
from tests.support.ledgers import claim_ids, column, file_tenants, scalar
from tests.support.packaged import load_application
from tests.support.wire import wire
from vocabulary.people import Role

SASAC = Principal("sasac", Role.OFFICER, "测试甲")
STRANGER = Principal("education", Role.OFFICER, "测试乙")


def assessed(database: Database, settings: Settings, count: int = 1) -> list[str]:
    receipts = [one.receipt for one in file_tenants(database, settings, count)]
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))
    return receipts


def finding(condition: str = "1.2", item: str | None = None) -> Finding:
    return Finding(condition, result=True, note="测试", item=item)


def test_a_token_opens_its_bureau_and_role_and_is_kept_only_as_a_hash(
    database: Database, settings: Settings
) -> None:
    token = tokens.create(database, settings, bureau="sasac", role="supervisor", label="测试甲")
    principal = access.authenticate(database, settings, token)
    assert (principal.bureau, principal.role, principal.label) == (
        "sasac",
        Role.SUPERVISOR,
        "测试甲",
    )
    assert not any(token in row for row in column(database, "SELECT t::text FROM api_token AS t"))


def test_unknown_expired_and_revoked_tokens_are_refused_alike(
    database: Database, settings: Settings, travel: Callable[[int], None]
) -> None:
    short = tokens.create(database, settings, bureau="sasac", label="a", days=1)
    revoked = tokens.create(database, settings, bureau="sasac", label="b")
    longest = tokens.create(database, settings, bureau="sasac", label="c", days=90)
    assert tokens.revoke(database, tokens.list_all(database)[1].id)
    travel(2 * 86400)
    details = set()
    for token in (short, revoked, "wq_unknown", ""):
        with pytest.raises(TokenRefused) as refused:
            access.authenticate(database, settings, token)
        details.add(refused.value.detail)
    assert len(details) == 1
    assert access.authenticate(database, settings, longest).label == "c"
    travel(89 * 86400)
    with pytest.raises(TokenRefused):
        access.authenticate(database, settings, longest)


@pytest.mark.parametrize(
    "wrong",
    [{"bureau": "nobody"}, {"role": "emperor"}, {"label": " "}, {"days": 0}, {"days": 91}],
    ids=str,
)
def test_no_token_for_nobody(database: Database, settings: Settings, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken):
        tokens.create(database, settings, **{"bureau": "sasac", "label": "x", **wrong})


def test_a_bureau_lists_and_reads_only_its_own_cases(
    database: Database, settings: Settings
) -> None:
    (receipt,) = assessed(database, settings)
    (case,) = wire(cases.list_cases(database, settings, SASAC).items)
    assert (case["receipt"], case["leads"]) == (receipt, True)
    assert wire(cases.read(database, settings, SASAC, receipt))["application"]["facts"]["leases"]
    assert wire(cases.list_cases(database, settings, STRANGER).items) == []
    for known in (receipt, "WQ200511-0000001-8"):
        with pytest.raises(CaseNotFound):
            cases.read(database, settings, STRANGER, known)


def test_lists_are_paged_newest_first_without_gaps_or_repeats(
    database: Database, settings: Settings
) -> None:
    receipts = assessed(database, settings, 7)

    def listed(db: Database, who: Principal, **paging: Any) -> dict[str, Any]:
        return wire(cases.list_cases(db, settings, who, **paging))

    def told(db: Database, who: Principal, **paging: Any) -> dict[str, Any]:
        return wire(inbox.list_messages(db, who, **paging))

    for read in (listed, told):
        seen: list[str] = []
        before = None
        while True:
            page = read(database, SASAC, before=before, limit=3)
            seen += [item["receipt"] for item in page["items"]]
            before = page["next"]
            if before is None:
                break
        assert seen == receipts[::-1]


def test_cases_are_filtered_by_state(database: Database, settings: Settings) -> None:
    (waiting,) = assessed(database, settings)
    denied = filing.accept(database, settings, tenant(registered_in="chaoyang")).receipt
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))
    listed = wire(cases.list_cases(database, settings, SASAC, Wanted(state=("decided",))).items)
    assert [case["receipt"] for case in listed] == [denied]
    listed = wire(
        cases.list_cases(database, settings, SASAC, Wanted(outcome="needs_determination"))
    )["items"]
    assert [case["receipt"] for case in listed] == [waiting]


def test_messages_are_marked_read_by_their_own_bureau_only(
    database: Database, settings: Settings
) -> None:
    assessed(database, settings)
    (message,) = wire(inbox.list_messages(database, SASAC, unread=True))["items"]
    assert inbox.mark_read(database, STRANGER, [message["id"]]) == []
    assert inbox.mark_read(database, SASAC, [message["id"]]) == [message["id"]]
    assert wire(inbox.list_messages(database, SASAC, unread=True))["items"] == []
    assert wire(inbox.list_messages(database, SASAC))["items"][0]["read_at"]


@pytest.mark.parametrize(
    ("principal", "wrong", "error"),
    [
        (STRANGER, finding(), CaseNotFound),
        (Principal("sasac", Role.AUDITOR, "测试丙"), finding(), NotPermitted),
        (SASAC, finding("99.9"), InvalidFinding),
        (SASAC, finding("1.6"), InvalidFinding),  # the computer decides sizes
        (SASAC, finding("1.9", item="leases/1"), InvalidFinding),  # there is one lease
        (SASAC, finding("1.2", item="leases/0"), InvalidFinding),  # not about a lease
    ],
    ids=["another bureau", "auditor", "no condition", "computed", "no item", "not of items"],
)
def test_findings_that_are_not_theirs_to_make_change_nothing(
    database: Database,
    settings: Settings,
    principal: Principal,
    wrong: Finding,
    error: type[Exception],
) -> None:
    (receipt,) = assessed(database, settings)
    with pytest.raises(error):
        findings.record(database, principal, receipt, [finding(), wrong])
    assert scalar(database, "SELECT count(*) FROM official_finding") == 0
    assert claim_ids(database, settings, Stage.ASSESS) == []


def test_a_finding_about_one_lease_is_recorded_with_who_when_and_why(
    database: Database, settings: Settings
) -> None:
    (receipt,) = assessed(database, settings)
    findings.record(
        database,
        SASAC,
        receipt,
        [Finding("1.9", False, "测试", item="leases/0", evidence="测试档案1号")],
    )
    (kept,) = wire(cases.read(database, settings, SASAC, receipt))["official_findings"]
    assert (kept["item"], kept["bureau"], kept["evidence"]) == (
        "leases/0",
        "sasac",
        "测试档案1号",
    )
    assert "测试甲" in kept["actor"]
    assert "finding.recorded" in column(database, "SELECT type FROM event")


def test_before_the_first_assessment_no_finding_can_be_made(
    database: Database, settings: Settings
) -> None:
    receipt = filing.accept(database, settings, tenant()).receipt
    with database.statement() as conn:
        conn.exec_driver_sql("UPDATE application SET lead_bureau = 'sasac'")
    with pytest.raises(IllegalMove):
        findings.record(database, SASAC, receipt, [finding()])


def test_no_officer_decides_what_is_the_district_governments(
    database: Database, settings: Settings
) -> None:
    body = {
        "provision": "m14_special_difficulty",
        "enterprise": tenant().enterprise,
        "facts": {"field": "rent", "difficulty": "测试困难", "during_epidemic": True},
    }
    receipt = filing.accept(database, settings, load_application(body)).receipt
    assess.run(database, settings, claim_ids(database, settings, Stage.ASSESS))
    lead = Principal(
        scalar(database, "SELECT lead_bureau FROM application"), Role.SUPERVISOR, "测试丁"
    )
    with pytest.raises(NotPermitted):
        findings.record(database, lead, receipt, [finding("14.4")])


def test_business_time_moves_only_where_it_is_allowed_and_only_forward(
    database: Database, settings: Settings
) -> None:
    with pytest.raises(TimeTravelRefused):
        business_time.advance(
            database, replace(settings, allow_time_travel=False), timedelta(days=1)
        )
    with pytest.raises(TimeTravelRefused):
        business_time.advance(database, settings, timedelta(days=-1))
    before = business_time.now(database)
    assert business_time.advance(database, settings, timedelta(days=1)) - before >= timedelta(
        days=1
    )
