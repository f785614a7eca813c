"""Applications for tests: fictional, well-formed, with one handle per outcome."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from stdnum.cn.uscc import calc_check_digit

from schemas.application import Submission
from tests.support.packaged import load_application

_serial = itertools.count(1)


def uscc(number: int) -> str:
    """A well-formed, made-up code of a Xicheng enterprise (GB 32100 check character)."""
    stem = f"91110102MA{number:07d}"[:17]
    return stem + calc_check_digit(stem)


def tenant_body(**changes: Any) -> dict[str, Any]:
    """A request body under (一) first paragraph that waits only for the officials' findings.

    Two months' rent of 30,000 yuan for a shop: 60,000 yuan. `uscc`, `lease_no`, `rent`, `email`,
    `registered_in` vary it; None leaves a fact out.
    """
    number = next(_serial)
    given = {
        "uscc": uscc(number),
        "lease_no": f"T-{number}",
        "rent": "30000.00",
        "email": None,
        "registered_in": "xicheng",
        **changes,
    }
    contact = {"name": "测试甲", "phone": "13800000000", "email": given["email"]}
    lease = {
        "lease_no": given["lease_no"],
        "address": "西城区测试路1号",
        "premises_district": "xicheng",
        "owner": "district_soe",
        "owner_name": "测试国有资产公司",
        "lease_form": "direct",
        "starts_on": "2019-01-01",
        "ends_on": "2021-12-31",
        "use": "production",
        "stated_use": "production",
        "rent_basis": "month",
        "rent": given["rent"],
        "rent_paid": False,
    }
    return {
        "provision": "m01_tenant",
        "enterprise": {
            "uscc": given["uscc"],
            "name": "测试餐饮有限公司",
            "kind": "enterprise",
            "registered_in": given["registered_in"],
            "taxed_in": "xicheng",
            "located_in": "xicheng",
            "industry": "catering",
            "employees": 30,
            "revenue": "8000000.00",
            "assets": "2000000.00",
            "contact": _given(contact),
        },
        "facts": {
            "fits_capital_function": True,
            "in_clearance_scope": False,
            "operates_lawfully": True,
            "difficulty": "客流大减",
            "operation": "open_as_required",
            "staff_before": 30,
            "staff_after": 30,
            "dismissed": 0,
            "leases": [_given(lease)],
        },
    }


def guarantee_body(institution: str, contract: int, subsidy: Decimal) -> dict[str, Any]:
    """One guarantee of an institution (its code) that comes to `subsidy` yuan by (六)'s formula."""
    guarantee = {
        "contract_no": f"D-{contract}",
        "borrower_name": "测试借款有限公司",
        "borrower_uscc": uscc(7_000_000 + contract),
        "industry": "catering",
        "employees": 30,
        "revenue": "8000000.00",
        "borrower_district": "xicheng",
        "bank": "测试银行",
        "amount": str(subsidy * 200),  # 2 % before, 1 % after, half of the difference
        "disbursed": True,
        "disbursed_on": "2020-06-01",
        "term_months": 12,
        "rate_percent": "1.00",
        "old_rate_percent": "2.00",
    }
    return {
        "provision": "m06_guarantee",
        "enterprise": {
            "uscc": institution,
            "name": "测试融资担保有限公司",
            "kind": "enterprise",
            "located_in": "xicheng",
        },
        "facts": {
            "guarantor": "government",
            "licence_no": "测试0001",
            "guarantees": [guarantee],
        },
    }


def tenant(**changes: Any) -> Submission:
    """The same as a submission, as `accept` takes it."""
    return load_application(tenant_body(**changes))


def _given(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
