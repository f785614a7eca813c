"""What applications take from each other: benefit keys, under concurrency."""

from __future__ import annotations

from decimal import Decimal

from casework.acts import findings, review, withdraw
from casework.people.access import Principal
from casework.views import cases, status
from config.settings import Settings
from schemas.findings import Finding
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant, uscc
from tests.support.crowd import assess_in_parallel
from tests.support.ledgers import column, scalar
from tests.support.office import Office, decide
from tests.support.packaged import load_application
from tests.support.scenarios.chain import BRANCH, OF_A_CHAIN, PARENT_USCC, paid, shop
from tests.support.wire import wire
from vocabulary.people import Role


def test_a_repeat_is_linked_to_the_earlier_receipt_and_counts_nothing_twice(
    database: Database, settings: Settings
) -> None:
    same = {"uscc": uscc(1), "lease_no": "T-1"}
    first = filing.accept(database, settings, tenant(**same))
    assess_in_parallel(database, settings, 10)
    second = filing.accept(database, settings, tenant(**same))
    assess_in_parallel(database, settings, 10)
    found = wire(status.read(database, settings, second.receipt, second.access_code))
    assert found["amount"] == "0.00"
    assert found["outcome"] == "needs_determination"
    # Somebody else may have used the public code: the applicant reads that, but not whose it was.
    assert first.receipt not in str(found)
    assert "更早的一份申请" in found["assessment"]["summary"]
    [point] = found["assessment"]["waiting"]
    assert (point["kind"], point["who"]) == ("taken", "bureau")
    officer = Principal("sasac", Role.OFFICER, "测试甲")
    seen = wire(cases.read(database, settings, officer, second.receipt))["assessment"]
    assert {line["earlier_receipt"] for line in seen["arithmetic"]} == {first.receipt}
    assert seen["waiting"][0]["earlier_receipts"] == [first.receipt]


def test_of_many_repeats_assessed_at_once_exactly_one_counts(
    database: Database, settings: Settings
) -> None:
    for _ in range(24):
        filing.accept(database, settings, tenant(uscc=uscc(1), lease_no="T-1"))
        filing.accept(database, settings, tenant(uscc=uscc(2), lease_no="T-2"))
    assess_in_parallel(database, settings, 5)
    assert scalar(database, "SELECT sum(amount) FROM application") == Decimal("120000.00")
    assert scalar(database, "SELECT count(*) FROM application WHERE amount > 0") == 2
    assert scalar(database, "SELECT sum(amount) FROM benefit_claim") == Decimal("120000.00")


def test_a_denied_application_gives_its_keys_to_whoever_asks_next(
    database: Database, settings: Settings
) -> None:
    officer = Principal("sasac", Role.OFFICER, "测试甲")
    same = {"uscc": uscc(1), "lease_no": "T-1"}
    first = filing.accept(database, settings, tenant(**same))
    assess_in_parallel(database, settings, 10)
    findings.record(database, officer, first.receipt, [Finding("1.4", result=False, note="测试")])
    assess_in_parallel(database, settings, 10)
    second = filing.accept(database, settings, tenant(**same))
    assess_in_parallel(database, settings, 10)
    found = wire(status.read(database, settings, second.receipt, second.access_code))
    assert found["amount"] == "60000.00"


def test_an_earlier_claim_that_fails_by_a_finding_makes_room_for_the_later_one(
    database: Database, settings: Settings
) -> None:
    officer = Principal("sasac", Role.OFFICER, "测试甲")
    same = {"uscc": uscc(1), "lease_no": "T-1"}
    first = filing.accept(database, settings, tenant(**same))
    assess_in_parallel(database, settings, 10)
    second = filing.accept(database, settings, tenant(**same))
    assess_in_parallel(database, settings, 10)
    findings.record(database, officer, first.receipt, [Finding("1.4", result=False, note="测试")])
    assess_in_parallel(database, settings, 10)
    assess_in_parallel(database, settings, 10)
    found = wire(status.read(database, settings, second.receipt, second.access_code))
    assert found["amount"] == "60000.00"


def test_a_branchs_subsidy_follows_what_becomes_of_its_parents_waiver(
    database: Database, settings: Settings
) -> None:
    officer = Principal("sasac", Role.OFFICER, "测试甲")
    waiver = filing.accept(database, settings, tenant(uscc=PARENT_USCC, lease_no="店租-1"))
    assess_in_parallel(database, settings, 10)
    body = {
        "provision": "m04_chain_shop",
        "enterprise": BRANCH,
        "facts": shop(paid("30000", "30000", rent_due="30000"), parent=OF_A_CHAIN),
    }
    subsidy = filing.accept(database, settings, load_application(body))
    assess_in_parallel(database, settings, 10)

    def lines() -> list[tuple[str, str]]:
        found = wire(status.read(database, settings, subsidy.receipt, subsidy.access_code))
        assert waiver.receipt not in str(found)  # whose it was is for officers
        rows = found["assessment"]["arithmetic"]
        return [(row["standing"], row["amount"]) for row in rows if row["amount"] != "0.00"]

    assert lines() == [("held", "9000.00")] * 2
    met = [Finding(code, result=True, note="测试") for code in ("1.2", "1.3", "1.4", "1.5")]
    findings.record(database, officer, waiver.receipt, met)
    for _ in range(2):
        assess_in_parallel(database, settings, 10)
    # Eligible is not granted: it still waits for a person.
    assert lines() == [("held", "9000.00")] * 2
    decide(Office(database, settings), waiver.receipt)
    for _ in range(2):
        assess_in_parallel(database, settings, 10)
    assert lines() == [("excluded", "9000.00")] * 2
    review.request(database, settings, waiver.receipt, waiver.access_code, reason="请复核")
    (version,) = column(database, "SELECT version FROM application ORDER BY id LIMIT 1")
    head = Principal("sasac", Role.SUPERVISOR, "测试丙")
    seen = frozenset({version})
    review.decide(database, settings, head, waiver.receipt, seen, upheld=False, reason="重新核对")
    withdraw.withdraw(database, settings, waiver.receipt, waiver.access_code, reason=None)
    assess_in_parallel(database, settings, 10)
    assert lines() == [("counted", "9000.00")] * 2
