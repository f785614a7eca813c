"""The publicity list: decided grants only, names masked, read through its index."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from casework.acts import approval, determine, findings, review
from casework.acts.determine import Decision
from casework.people.access import Principal
from casework.reporting import publicity
from casework.reporting.publicity import masked
from rules.workdays import add_working_days
from schemas.findings import Finding
from tests.support.ledgers import column, scalar
from tests.support.office import COLLEAGUE, HEAD, OFFICER, RENT, Office, decide
from tests.support.packaged import example
from tests.support.wire import wire
from vocabulary.forms import EnterpriseKind
from vocabulary.people import Role


def listed(office: Office, **filters: Any) -> Any:
    return wire(publicity.list_grants(office.db, **filters))["items"]


def grant(office: Office, receipt: str, amount: str = RENT) -> None:
    decision = Decision(granted=True, amount=Decimal(amount), reason="经核属实")
    seen = office.seen(receipt)
    determine.determine(office.db, office.settings, OFFICER, receipt, seen, decision)


def refuse(office: Office, receipt: str) -> None:
    found = [Finding("1.2", result=False, note="不符合")]
    decision = Decision(granted=False, amount=None, reason="不符合", findings=found)
    seen = office.seen(receipt)
    determine.determine(office.db, office.settings, OFFICER, receipt, seen, decision)


def test_only_decided_grants_are_listed(office: Office) -> None:
    granted, refused, reviewed, _ = (office.submit() for _ in range(4))
    large = office.submit(rent="60000.00")
    office.submit(registered_in="chaoyang")
    grant(office, granted.receipt, "50000.00")
    refuse(office, refused.receipt)
    grant(office, reviewed.receipt)
    grant(office, large.receipt, "120000.00")  # waits for a second person
    assert len(listed(office)) == 2
    review.request(
        office.db, office.settings, reviewed.receipt, reviewed.access_code, reason="请复核"
    )
    assert listed(office) == [
        {
            "grant": listed(office)[0]["grant"],
            "receipt_tail": granted.receipt[-6:],
            "enterprise": "测试***有限公司",
            "provision": "m01_tenant",
            "measure": "一",
            "title": listed(office)[0]["title"],
            "amount": "50000.00",
            "decided_on": str(office.today()),
            "publicised_until": str(
                add_working_days(office.today(), office.settings.practice.publicity)[0]
            ),
            "automatic": False,
        }
    ]
    approval.decide_proposal(
        office.db,
        office.settings,
        HEAD,
        large.receipt,
        office.seen(large.receipt),
        approved=True,
        note="同意",
    )
    assert [item["amount"] for item in listed(office)] == ["120000.00", "50000.00"]


def test_what_the_rules_alone_find_eligible_is_not_listed_before_it_is_determined(
    office: Office,
) -> None:
    receipt = office.submit().receipt
    met = [Finding(code, result=True, note="测试") for code in ("1.2", "1.3", "1.4", "1.5")]
    findings.record(office.db, OFFICER, receipt, met)
    office.assess()
    case = office.case(receipt)
    assert (case["state"], case["outcome"]) == ("awaiting_determination", "eligible")
    assert listed(office) == []
    decide(office, receipt)
    assert [item["amount"] for item in listed(office)] == [RENT]


def test_a_grant_without_a_figure_is_listed_and_what_counts_elsewhere_is_not(
    office: Office,
) -> None:
    for amount in ("3.00", "0.00"):
        grant(office, office.submit().receipt, amount)
    park = Principal("park", Role.SUPERVISOR, "测试庚")
    supported = Decision(granted=True, amount=None, reason="经核属实")
    decide(office, office.submit(example("m11_fintech")).receipt, supported, park)
    assert [item["amount"] for item in listed(office)] == [None, "3.00"]


def test_the_list_is_paged_and_filtered(office: Office) -> None:
    tails = []
    for _ in range(5):
        receipt = office.submit().receipt
        grant(office, receipt)
        tails.append(receipt[-6:])
    seen: list[str] = []
    before = None
    while True:
        page = publicity.list_grants(office.db, before=before, limit=2)
        seen += [grant.receipt_tail for grant in page.items]
        before = page.next
        if before is None:
            break
    assert seen == tails[::-1]
    assert len(listed(office, provision="m01_tenant")) == 5
    assert listed(office, provision="m02_carrier") == []
    assert listed(office, provision="nothing") == []


ENTERPRISE, PERSON = EnterpriseKind.ENTERPRISE, EnterpriseKind.NATURAL_PERSON
TRADER = EnterpriseKind.INDIVIDUAL_BUSINESS


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("测试餐饮有限公司", ENTERPRISE, "测试***有限公司"),
        ("北京测试甲乙丙丁科技股份有限公司", ENTERPRISE, "北京***有限公司"),
        ("测试甲店", ENTERPRISE, "测***店"),
        ("甲公司", ENTERPRISE, "甲***"),
        ("测试甲", PERSON, "测***"),
        ("测试甲乙丙丁戊己庚辛", PERSON, "测***"),
        ("测试甲小吃店西城分店", TRADER, "测***店"),
        ("甲", None, "甲***"),
    ],
)
def test_names_are_masked_and_persons_names_harder(name: str, kind: str, shown: str) -> None:
    assert masked(name, kind) == shown


def test_the_length_of_what_is_masked_does_not_show() -> None:
    assert len({masked("测试" + "甲" * n + "有限公司", ENTERPRISE) for n in range(2, 30)}) == 1


def test_nothing_identifying_leaves_the_house(office: Office) -> None:
    accepted = office.submit()
    grant(office, accepted.receipt)
    told = json.dumps(listed(office), ensure_ascii=False)
    uscc = scalar(office.db, "SELECT uscc FROM application")
    for secret in (accepted.receipt, uscc, "测试餐饮", "测试甲", "13800000000", COLLEAGUE.label):
        assert secret not in told


def test_days_are_walked_through_their_own_index_page_by_page(office: Office) -> None:
    days, tails = [], []
    for _ in range(3):
        office.go_to(office.today() + timedelta(days=1))
        days.append(office.today())
        receipt = office.submit().receipt
        grant(office, receipt)
        tails.append(receipt[-6:])
    between: dict[str, Any] = {"decided_from": days[0], "decided_to": days[1], "limit": 1}
    first = publicity.list_grants(office.db, **between)
    rest = publicity.list_grants(office.db, **between, before=first.next)
    assert [each.receipt_tail for each in (*first.items, *rest.items)] == tails[1::-1]
    assert rest.next is None
    assert len(listed(office, decided_from=days[2])) == 1
    assert len(listed(office, decided_to=days[0], provision="m01_tenant")) == 1
    assert listed(office, decided_to=days[0], provision="m02_carrier") == []
    with office.db.transaction() as conn:
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = conn.exec_driver_sql(
            "EXPLAIN " + publicity._LIST_BY_DAY,
            {
                "provisions": ["m01_tenant"],
                "first": days[0],
                "last": days[1],
                "before": None,
                "limit": 51,
            },
        ).scalars()
        assert "ix_determination_granted_by_day" in "\n".join(plan)


def test_a_page_is_read_through_the_index_of_grants(office: Office) -> None:
    with office.db.transaction() as conn:
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = conn.exec_driver_sql(
            "EXPLAIN " + publicity._LIST,
            {"provisions": ["m01_tenant"], "before": 10, "limit": 51},
        ).scalars()
        assert "ix_application_determined" in "\n".join(plan)
    assert column(office.db, "SELECT id FROM application") == []
