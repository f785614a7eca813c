"""Scenarios of (一), first paragraph: the worked cases T and their neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rules.model import Context, Taken
from tests.support.scenarios.judging import USCC, Scenario

# BASE-T: small, registered and taxed in Xicheng, the four findings on record, premises in Xicheng
# of a district state-owned enterprise, leased directly, open as required, nobody dismissed.
FIRM: dict[str, Any] = {
    "uscc": USCC,
    "name": "测试餐饮甲",
    "kind": "enterprise",
    "registered_in": "xicheng",
    "taxed_in": "xicheng",
    "industry": "catering",
    "employees": 30,
    "revenue": "8000000",
}
FOUND_T = ("1.2", "1.3", "1.4", "1.5")
LEASE: dict[str, Any] = {
    "lease_no": "西租-001",
    "premises_district": "xicheng",
    "owner": "district_soe",
    "lease_form": "direct",
    "starts_on": "2019-01-01",
    "ends_on": "2020-12-31",
    "use": "production",
    "rent_basis": "month",
    "rent": "30000",
}
STAFF = {"staff_before": 30, "staff_after": 30, "dismissed": 0}
MARCH, APRIL = "2020-03", "2020-04"


def altered(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with changes; None takes a fact away."""
    return {name: value for name, value in {**base, **changes}.items() if value is not None}


def firm(**changes: Any) -> dict[str, Any]:
    """BASE-T's enterprise, changed."""
    return altered(FIRM, changes)


def leases(*changes: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """BASE-T's facts with one lease per set of changes."""
    rows = [
        altered(LEASE, {"lease_no": f"西租-{number:03}", **change})
        for number, change in enumerate(changes or ({},), 1)
    ]
    return altered({"operation": "open_as_required", **STAFF, "leases": rows}, facts)


def months(*rows: tuple[str, str | None], **more: Any) -> list[dict[str, Any]]:
    """Months asked for, each with the rent due under the lease (None: by the lease's rent)."""
    return [altered({"month": month, "rent_due": due}, more) for month, due in rows]


def held_by(receipt: str, keys: Mapping[str, str]) -> Context:
    """An earlier application holds these benefit keys with these yuan."""
    return Context(taken={key: Taken(receipt, Decimal(yuan)) for key, yuan in keys.items()})


def t(case: str, words: str, facts: dict[str, Any], **more: Any) -> Scenario:
    """A scenario of a tenant of district state-owned premises."""
    more.setdefault("enterprise", FIRM)
    more.setdefault("found", FOUND_T)
    return Scenario(case, words, more.pop("provision", "m01_tenant"), facts=facts, **more)


def parts(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    """Parts of a mixed lease: (use, ``"rent"`` or ``"area"``, figure)."""
    return [{"use": use, measure: figure} for use, measure, figure in rows]


RETAILER = {"industry": "retail", "employees": 300, "revenue": "200000000"}
ROSE = {
    "revenue_2019": {"feb": "100000", "mar": "100000", "apr": "100000"},
    "revenue_2020": {"feb": "130000", "mar": "130000", "apr": "130000"},
}
GRANTED_BEFORE = held_by(
    "WQ200601-0000001-X",
    {f"rent:{USCC}:西租-001:2020-03": "30000.00", f"rent:{USCC}:西租-001:2020-04": "30000.00"},
)

TENANTS = (
    t("T01", "a restaurant in a shop, 30,000 a month", leases()),
    t(
        "T02",
        "a consulting firm in an office, 20,000 a month",
        leases({"use": "office", "rent": "20000"}),
        enterprise=firm(industry="leasing_business", assets="1000000", revenue=None),
    ),
    t(
        "T04",
        "the lease itemises shop and office",
        leases(
            {
                "use": "mixed",
                "rent": None,
                "parts": parts(("production", "rent", "18000"), ("office", "rent", "6000")),
            }
        ),
    ),
    t(
        "T05",
        "one rent for 150 ㎡ of shop and 50 ㎡ of office",
        leases(
            {
                "use": "mixed",
                "rent": "40000",
                "parts": parts(("production", "area", "150"), ("office", "area", "50")),
            }
        ),
    ),
    t("T07", "the lease ended on 31 March", leases({"ends_on": "2020-03-31"})),
    t(
        "T08",
        "91,000 a quarter",
        leases({"rent_basis": "quarter", "rent": "91000"}),
    ),
    t(
        "T10",
        "registered and taxed in Chaoyang",
        leases(),
        enterprise=firm(registered_in="chaoyang", taxed_in="chaoyang"),
    ),
    t("T11", "a retailer at both large thresholds", leases(), enterprise=firm(**RETAILER)),
    t("T13", "a municipal landlord", leases({"owner": "municipal_soe", "rent": "25000"})),
    t("T14", "a central landlord", leases({"owner": "central_soe", "rent": "50000"})),
    t(
        "T14",
        "a central landlord that agreed to 40 %, filed as other premises",
        {
            "leases": [
                {
                    "lease_no": "央租-1",
                    "owner": "central_soe",
                    "months": [{"month": MARCH, "rent_due": "50000", "reduction": "20000"}],
                }
            ]
        },
        provision="m01_other",
    ),
    t(
        "T16",
        "10 of 25 dismissed",
        leases({"rent": "12000"}, staff_before=25, staff_after=15, dismissed=10),
    ),
    t(
        "T17",
        "1 of 40 dismissed",
        leases({"rent": "12000"}, staff_before=40, staff_after=39, dismissed=1),
    ),
    t(
        "T19",
        "an office neither closed by order nor required to open",
        leases({"use": "office", "rent": "15000"}, operation="neither"),
    ),
    t(
        "T20",
        "revenue rose by 30 % and nobody has recorded why it is in difficulty",
        leases({"rent": "10000"}, **ROSE),
        found=("1.2", "1.3", "1.4"),
    ),
    t(
        "T22",
        "from a private sublessor that rents the rooms from a district SOE for 8,000",
        leases({"lease_form": "sublease", "rent": "10000", "head_rent": "8000"}),
    ),
    t(
        "T23",
        "March is rent-free under the lease",
        leases({"rent": "22000", "months": months((MARCH, "0.00"), (APRIL, None))}),
    ),
    t("T25", "both months are paid already", leases({"rent": "25000", "rent_paid": True})),
    t(
        "T26",
        "February is asked for too",
        leases(
            {
                "rent": "20000",
                "months": months(("2020-02", None), (MARCH, None), (APRIL, None)),
            }
        ),
    ),
    t("T28", "the same lease was granted before", leases(), context=GRANTED_BEFORE),
    t("T29", "two shops", leases({"rent": "10000"}, {"rent": "12000"})),
    t(
        "T32",
        "the premises are on the clearance list, by its own word",
        leases(in_clearance_scope=True),
        found=("1.2", "1.4", "1.5"),
    ),
    t(
        "T34",
        "the lease says production, the rooms are desks",
        leases({"use": "office", "stated_use": "production", "rent": "24000"}),
        enterprise=firm(industry="software", employees=18, revenue="3000000"),
    ),
    t(
        "T35",
        "headcount and revenue are blank",
        leases(),
        enterprise=firm(employees=None, revenue=None),
    ),
    t("T37", "no finding is on record", leases(), found=()),
)
