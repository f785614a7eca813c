"""Which leases are one lease: by number however typed; where the rest contradicts, a question."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from casework.people.access import Principal
from casework.views import cases, status
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant, tenant_body, uscc
from tests.support.crowd import assess_in_parallel
from tests.support.ledgers import scalar
from tests.support.office import Office, decide
from tests.support.packaged import load_application
from tests.support.wire import wire
from vocabulary.people import Role


def _two_leases(first: dict[str, Any], second: dict[str, Any]) -> Any:
    body = tenant_body()
    lease = body["facts"]["leases"][0]
    body["facts"]["leases"] = [{**lease, **first}, {**lease, **second}]
    return load_application(body)


def _filed(database: Database, settings: Settings, submission: Any) -> dict[str, Any]:
    accepted = filing.accept(database, settings, submission)
    assess_in_parallel(database, settings, 10)
    found: dict[str, Any] = wire(
        status.read(database, settings, accepted.receipt, accepted.access_code)
    )
    return {**found, "receipt": accepted.receipt}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"lease_no": "甲-4-51"}, {"lease_no": "甲-45-1", "address": "示例胡同7号"}),
        ({"lease_no": "2018/3/11"}, {"lease_no": "2018/31/1", "rent": "30001.00"}),
        (
            {"lease_no": None, "address": "示例胡同3-12"},
            {"lease_no": None, "address": "示例胡同31-2"},
        ),
        (
            {"lease_no": "无", "address": "示例胡同3号"},
            {"lease_no": "暂无", "address": "示例胡同5号"},
        ),
    ],
)
def test_leases_whose_separators_stand_elsewhere_are_two(
    database: Database, settings: Settings, first: dict[str, Any], second: dict[str, Any]
) -> None:
    leases = [{key: value for key, value in each.items() if value} for each in (first, second)]
    body = tenant_body()
    lease = body["facts"]["leases"][0]
    if "lease_no" not in leases[0]:
        del lease["lease_no"]
    body["facts"]["leases"] = [{**lease, **each} for each in leases]
    assert _filed(database, settings, load_application(body))["amount"] in (
        "120000.00",
        "120002.00",
    )


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        ({"lease_no": "ｑ－７ / ３"}, "repeated_item"),
        ({"lease_no": "Q-7/3", "address": "西城区测试路9号"}, "same_number"),
        ({"lease_no": "Q-7/3", "rent": "41000.00"}, "same_number"),
    ],
)
def test_one_number_twice_in_an_application_waits_for_a_person(
    database: Database, settings: Settings, second: dict[str, Any], kind: str
) -> None:
    found = _filed(database, settings, _two_leases({"lease_no": "Q-7/3"}, second))
    assert (found["outcome"], found["amount"]) == ("needs_determination", "60000.00")
    [point] = found["assessment"]["waiting"]
    assert (point["kind"], point["who"]) == (kind, "bureau")


def test_a_lease_typed_by_another_hand_is_the_lease_that_was_granted_before(
    database: Database, settings: Settings
) -> None:
    code = uscc(71)
    first = _filed(database, settings, tenant(uscc=code, lease_no="乙租-2018-07"))
    decide(Office(database, settings), first["receipt"])
    second = _filed(database, settings, tenant(uscc=code, lease_no="乙租－２０１８ —０７\u200b"))
    assert first["amount"] == "60000.00"
    assert second["amount"] == "0.00"
    assert {line["standing"] for line in second["assessment"]["arithmetic"]} == {"taken"}


@pytest.mark.parametrize("change", [{"rent": "45000.00"}, {"address": "西城区示例胡同8号"}])
def test_the_same_number_with_another_address_or_rent_is_a_question(
    database: Database, settings: Settings, change: dict[str, str]
) -> None:
    code = uscc(72)
    first = _filed(database, settings, tenant(uscc=code, lease_no="丙-1"))
    decide(Office(database, settings), first["receipt"])
    body = tenant_body(uscc=code, lease_no="丙-1")
    body["facts"]["leases"][0].update(change)
    second = _filed(database, settings, load_application(body))
    assert second["outcome"] == "needs_determination"
    [point] = second["assessment"]["waiting"]
    assert point["kind"] == "same_number_before"
    assert "不重复计算" not in str(second["assessment"])
    officer = Principal("sasac", Role.OFFICER, "测试甲")
    seen = wire(cases.read(database, settings, officer, second["receipt"]))["assessment"]
    assert seen["waiting"][0]["earlier_receipts"] == [first["receipt"]]
    total = scalar(database, "SELECT sum(amount) FROM benefit_claim")
    assert total == Decimal("60000.00")
