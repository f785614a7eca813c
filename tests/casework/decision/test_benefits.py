"""What applications take from each other: nothing by asking, a benefit key by a person's grant."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest

from casework.acts import findings, review, withdraw
from casework.acts.determination_rules import BenefitTaken
from casework.acts.determine import Decision
from casework.errors import Conflict
from casework.intake import accept
from config.settings import Settings
from schemas.findings import Finding
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant, tenant_body, uscc
from tests.support.crowd import assess_in_parallel
from tests.support.ledgers import column, scalar
from tests.support.office import HEAD, OFFICER, RENT, YES, Office, decide
from tests.support.packaged import load_application
from vocabulary.cases import State

HELD = "SELECT coalesce(sum(amount), 0) FROM benefit_claim WHERE application_id IS NOT NULL"
IN_FORCE = "SELECT coalesce(sum(amount), 0) FROM determination WHERE state = 'in_force'"


def held(office: Office) -> Decimal:
    """Yuan that grants hold, which is what is granted."""
    yuan = scalar(office.db, HELD)
    assert yuan == scalar(office.db, IN_FORCE)
    return Decimal(yuan)


@pytest.fixture
def office(database: Database, settings: Settings) -> Office:
    return Office(database, replace(settings, determination_approval_yuan=Decimal(10_000_000)))


def test_two_that_ask_for_the_same_take_nothing_from_each_other(office: Office) -> None:
    same = tenant_body()
    both = [office.submit(same), office.submit(same)]
    office.assess_all()
    for each in both:
        found = office.status(each)
        assert (found["state"], found["amount"]) == ("awaiting_determination", RENT)
    assert held(office) == 0


@pytest.mark.parametrize("first", [0, 1])
def test_whichever_is_determined_first_stands_and_the_other_is_computed_anew(
    office: Office, first: int
) -> None:
    same = tenant_body()
    both = [office.submit(same), office.submit(same)]
    won, lost = both[first], both[1 - first]
    assert decide(office, won.receipt).amount == Decimal(RENT)
    office.assess_all()
    assert office.status(won)["determined_amount"] == RENT
    found = office.status(lost)
    assert (found["state"], found["amount"]) == ("awaiting_determination", "0.00")
    # Somebody else may have used the public code: whose it was is for officers.
    assert won.receipt not in str(found["assessment"])
    assert "已由另一份申请获准" in found["assessment"]["summary"]
    [point] = found["assessment"]["waiting"]
    assert (point["kind"], point["who"]) == ("taken", "bureau")
    seen = office.case(lost.receipt)["assessment"]
    assert {line["earlier_receipt"] for line in seen["arithmetic"]} == {won.receipt}
    with pytest.raises(BenefitTaken, match=won.receipt):
        decide(office, lost.receipt)
    assert held(office) == Decimal(RENT)


def test_of_many_assessed_at_once_each_counts_and_knows_the_others(
    database: Database, settings: Settings
) -> None:
    for _ in range(24):
        filing.accept(database, settings, tenant(uscc=uscc(1), lease_no="T-1"))
        filing.accept(database, settings, tenant(uscc=uscc(2), lease_no="T-2"))
    assess_in_parallel(database, settings, 5)
    assert scalar(database, "SELECT count(*) FROM application WHERE amount = 60000") == 48
    assert scalar(database, HELD) == 0
    known = column(
        database,
        "SELECT DISTINCT cardinality(concerned) FROM benefit_claim WHERE key LIKE 'rent:%%'",
    )
    assert known == [24]


def test_two_officers_at_once_grant_it_once(office: Office) -> None:
    shared = Database(office.settings.database_url, pool_size=8)
    crowd = Office(shared, office.settings)
    for _ in range(5):
        same = tenant_body()
        receipts = [office.submit(same).receipt for _ in range(4)]
        office.assess_all()
        start = Barrier(len(receipts))

        def grant(receipt: str, start: Barrier = start) -> str:
            start.wait()
            try:
                return decide(crowd, receipt).state
            except Conflict as error:
                return error.code

        with ThreadPoolExecutor(len(receipts)) as pool:
            became = sorted(pool.map(grant, receipts))
        assert became == ["benefit_taken"] * 3 + ["determined"]
        office.assess_all()
        amounts = column(
            office.db,
            "SELECT amount FROM application WHERE receipt = ANY(%(r)s) ORDER BY amount",
            r=receipts,
        )
        assert amounts == [Decimal("0.00")] * 3 + [Decimal(RENT)]
    shared.close()
    assert held(office) == 5 * Decimal(RENT)


def test_an_application_assessed_while_the_other_is_determined_knows_of_it(office: Office) -> None:
    shared = Database(office.settings.database_url, pool_size=8)
    crowd = Office(shared, office.settings)
    for _ in range(8):
        same = tenant_body()
        first = office.submit(same)
        second = filing.accept(office.db, office.settings, load_application(same))
        start = Barrier(2)

        def run(act: Callable[[], Any], start: Barrier = start) -> None:
            start.wait()
            act()

        with ThreadPoolExecutor(2) as pool:
            list(
                pool.map(
                    run,
                    [crowd.assess, lambda receipt=first.receipt: decide(crowd, receipt)],
                )
            )
        office.assess_all()
        assert office.status(second)["amount"] == "0.00"
    shared.close()


def _refuse(office: Office, receipt: str) -> None:
    no = [Finding("1.4", result=False, note="测试")]
    decide(office, receipt, Decision(granted=False, amount=None, reason="测试", findings=no))


def _reopen(office: Office, made: accept.Accepted) -> None:
    review.request(office.db, office.settings, made.receipt, made.access_code, reason="请再看")
    review.decide(
        office.db,
        office.settings,
        HEAD,
        made.receipt,
        office.seen(made.receipt),
        upheld=False,
        reason="测试",
    )


def test_what_a_review_reopens_is_free_again(office: Office) -> None:
    same = tenant_body()
    won, lost = office.submit(same), office.submit(same)
    decide(office, won.receipt)
    office.assess_all()
    _reopen(office, won)
    office.assess_all()
    assert held(office) == 0
    assert office.status(lost)["amount"] == RENT
    decide(office, lost.receipt)
    office.assess_all()
    assert office.status(won)["amount"] == "0.00"


def test_who_is_refused_or_withdraws_leaves_it_to_the_other(office: Office) -> None:
    same = tenant_body()
    for end in ("refused", "withdrawn", "found"):
        gone, left = office.submit(same), office.submit(same)
        if end == "refused":
            _refuse(office, gone.receipt)
        elif end == "withdrawn":
            withdraw.withdraw(office.db, office.settings, gone.receipt, gone.access_code)
        else:
            no = [Finding("1.4", result=False, note="测试")]
            findings.record(office.db, OFFICER, gone.receipt, no)
        office.assess_all()
        assert office.status(left)["amount"] == RENT
        withdraw.withdraw(office.db, office.settings, left.receipt, left.access_code)
        if end == "found":
            withdraw.withdraw(office.db, office.settings, gone.receipt, gone.access_code)
    assert held(office) == 0


def test_in_any_order_the_same_total_and_never_more(office: Office) -> None:
    order = random.Random(11)  # noqa: S311 -- any order will do
    for _ in range(6):
        same = tenant_body()
        filed = [office.submit(same) for _ in range(3)]
        before = held(office)
        for each in order.sample(filed, 3):
            try:
                decide(office, each.receipt)
            except BenefitTaken:
                continue
            assert held(office) == before + Decimal(RENT)
        office.assess_all()
        states = [State(office.status(each)["state"]) for each in filed]
        assert states.count(State.DETERMINED) == 1
        assert held(office) == before + Decimal(RENT)


def test_a_person_who_grants_less_holds_that_much(office: Office) -> None:
    receipt = office.submit().receipt
    decide(office, receipt, replace(YES, amount=Decimal("20000.00")))
    assert held(office) == Decimal("20000.00")
