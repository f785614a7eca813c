"""What applications take from each other: benefit keys and the cap of (六), under concurrency."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from casework import accept, assess, findings, status
from casework.access import Principal
from casework.dispatch import Stage
from config.settings import Settings
from schemas.application import Submission, load_application
from store.db import Database
from store.vocabulary import Role
from tests.support.applications import guarantee_body, tenant, uscc
from tests.support.ledgers import claim_ids, column, scalar

WORKERS = 8
CAP = Decimal("5000000.00")


def guarantees(institution: int, contract: int, subsidy: str) -> Submission:
    """One guarantee of an institution that comes to `subsidy` yuan by (六)'s formula."""
    return load_application(guarantee_body(uscc(institution), contract, Decimal(subsidy)))


def file_all(database: Database, settings: Settings, submissions: list[Submission]) -> None:
    """Accept many applications in one statement."""
    drafts = [
        accept.prepare(settings, each, idempotency_key=None, source="import", request_id=None)
        for each in submissions
    ]
    with database.statement() as conn:
        accept.file(conn, drafts)


def assess_in_parallel(database: Database, settings: Settings, chunk: int) -> None:
    """Assess everything due in shuffled chunks by several workers at once."""
    ids = claim_ids(database, settings, Stage.ASSESS, 10_000)
    random.Random(6).shuffle(ids)  # noqa: S311 -- any order will do
    chunks = [ids[start : start + chunk] for start in range(0, len(ids), chunk)]
    # A connection for each worker, as separate processes would have.
    shared = Database(settings.database_url, pool_size=WORKERS)
    with ThreadPoolExecutor(WORKERS) as pool:
        reports = list(pool.map(lambda chunk: assess.run(shared, settings, chunk), chunks))
    shared.close()
    assert [report.failures for report in reports] == [[]] * len(chunks)


def test_a_repeat_is_linked_to_the_earlier_receipt_and_counts_nothing_twice(
    database: Database, settings: Settings
) -> None:
    same = {"uscc": uscc(1), "lease_no": "T-1"}
    first = accept.accept(database, settings, tenant(**same))
    assess_in_parallel(database, settings, 10)
    second = accept.accept(database, settings, tenant(**same))
    assess_in_parallel(database, settings, 10)
    found = status.read(database, settings, second.receipt, second.access_code)
    assert found["amount"] == "0.00"
    assert found["outcome"] == "needs_determination"
    assert {line["earlier_receipt"] for line in found["assessment"]["arithmetic"]} == {
        first.receipt
    }


def test_of_many_repeats_assessed_at_once_exactly_one_counts(
    database: Database, settings: Settings
) -> None:
    for _ in range(24):
        accept.accept(database, settings, tenant(uscc=uscc(1), lease_no="T-1"))
        accept.accept(database, settings, tenant(uscc=uscc(2), lease_no="T-2"))
    assess_in_parallel(database, settings, 5)
    assert scalar(database, "SELECT sum(amount) FROM application") == Decimal("120000.00")
    assert scalar(database, "SELECT count(*) FROM application WHERE amount > 0") == 2
    assert scalar(database, "SELECT sum(amount) FROM benefit_claim") == Decimal("120000.00")


def test_a_denied_application_gives_its_keys_to_whoever_asks_next(
    database: Database, settings: Settings
) -> None:
    officer = Principal("sasac", Role.OFFICER, "测试甲")
    same = {"uscc": uscc(1), "lease_no": "T-1"}
    first = accept.accept(database, settings, tenant(**same))
    assess_in_parallel(database, settings, 10)
    findings.record(
        database, officer, first.receipt, [{"condition": "1.4", "result": False, "note": "测试"}]
    )
    assess_in_parallel(database, settings, 10)
    second = accept.accept(database, settings, tenant(**same))
    assess_in_parallel(database, settings, 10)
    found = status.read(database, settings, second.receipt, second.access_code)
    assert found["amount"] == "60000.00"


def test_the_running_total_of_an_institution_reaches_its_cap_exactly_and_never_passes_it(
    database: Database, settings: Settings
) -> None:
    loans = [guarantees(3, contract, "2999.97") for contract in range(1900)]
    loans += [guarantees(4, contract, "1000.01") for contract in range(1900, 2000)]
    file_all(database, settings, loans)
    assess_in_parallel(database, settings, 11)
    totals = dict(
        zip(
            column(database, "SELECT account FROM cap_account ORDER BY account"),
            column(database, "SELECT granted FROM cap_account ORDER BY account"),
            strict=True,
        )
    )
    assert totals == {
        f"guarantee:{uscc(3)}": CAP,
        f"guarantee:{uscc(4)}": Decimal("100001.00"),
    }
    granted = column(
        database,
        "SELECT sum(amount) FROM application GROUP BY uscc ORDER BY sum(amount) DESC",
    )
    assert granted == [CAP, Decimal("100001.00")]
    assert scalar(database, "SELECT sum(amount) FROM cap_grant") == CAP + Decimal("100001.00")


def test_assessing_again_does_not_draw_on_the_cap_twice(
    database: Database, settings: Settings
) -> None:
    accepted = accept.accept(database, settings, guarantees(5, 1, "4000000.00"))
    assess_in_parallel(database, settings, 10)
    for _ in range(2):
        with database.statement() as conn:
            conn.exec_driver_sql(
                "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
                " SELECT 'assess', id, app_now(), app_now() FROM application"
            )
        assess_in_parallel(database, settings, 10)
    found = status.read(database, settings, accepted.receipt, accepted.access_code)
    assert (found["amount"], found["assessment"]["serial"]) == ("4000000.00", 3)
    assert column(database, "SELECT granted FROM cap_account") == [Decimal("4000000.00")]
