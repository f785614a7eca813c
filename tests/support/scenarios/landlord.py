"""Scenarios of (一), second paragraph, and (二): the worked cases L and P and their neighbours."""

from __future__ import annotations

from typing import Any

from tests.support.scenarios.judging import USCC, Scenario
from tests.support.scenarios.rent import altered, firm, held_by

# BASE-L: a lawful enterprise, its own property in Xicheng, real and documented cuts for SME
# tenants, 认定 on record, not funded elsewhere.
LANDLORD = firm(name="测试物业甲", industry="real_estate", assets="50000000", employees=None)
FOUND_L = ("2.6",)
TENANT: dict[str, Any] = {
    "tenant_kind": "enterprise",
    "tenant_name": "测试承租甲",
    "size_statement": "small",
    "lease_no": "租-01",
    "premises_district": "xicheng",
    "relief": "reduced",
}
SOE = {"landlord": "district_soe"}


RENT = "200000"


def cuts(*rows: str | None, due: str | None = RENT) -> list[dict[str, Any]]:
    """Cuts of March, April (and so on), yuan; ``due``: the rent due in each of these months."""
    return [
        altered({"month": f"2020-{number:02}", "reduction": cut}, {"rent_due": due})
        for number, cut in enumerate(rows, 3)
        if cut is not None
    ]


def tenants(*rows: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """BASE-L's facts with one tenant per row of changes."""
    listed = [
        altered(TENANT, {"tenant_name": f"测试承租{number}", "lease_no": f"租-{number}", **row})
        for number, row in enumerate(rows, 1)
    ]
    base = {"landlord": "private", "holding": "owned", "tenants": listed}
    return {**base, **facts}


def one(march: str, april: str | None = None, **row: Any) -> dict[str, Any]:
    """One tenant's row with its cuts of March and April."""
    due = row.pop("due", RENT)
    return {"months": cuts(march, april, due=due), **row}


def landlord(case: str, words: str, facts: dict[str, Any], **more: Any) -> Scenario:
    """A scenario of a landlord."""
    more.setdefault("enterprise", LANDLORD)
    more.setdefault("found", FOUND_L)
    return Scenario(case, words, more.pop("provision", "m01_landlord"), facts=facts, **more)


def carrier(case: str, words: str, facts: dict[str, Any], **more: Any) -> Scenario:
    """A scenario of the operator of a 载体."""
    return landlord(
        case, words, altered({"carrier": "incubator"}, facts), provision="m02_carrier", **more
    )


PERSON = {"name": "测试甲", "kind": "natural_person"}
LARGE = {"size_statement": "large"}
INDIVIDUAL = {"tenant_kind": "individual_business", "size_statement": None}
TEAM = {"tenant_kind": "unregistered", "size_statement": None}
FEBRUARY = {"month": "2020-02", "reduction": "10000"}
CLAIMED = held_by(
    "WQ200601-0000002-X",
    {f"cut:{USCC}:测试承租1:租-1:{month}": "24000.00" for month in ("2020-03", "2020-04")},
)

LANDLORDS = (
    landlord("L01", "10,000 cut in each month", tenants(one("10000", "10000"))),
    landlord(
        "L03",
        "two SMEs and a large tenant",
        tenants(one("12000", "12000"), one("5000", "0"), one("20000", "20000", **LARGE)),
    ),
    landlord(
        "L04",
        "an SME and a 个体工商户",
        tenants(one("12000", "12000"), one("6000", "6000", **INDIVIDUAL)),
    ),
    landlord(
        "L06",
        "a natural person lets the rooms",
        tenants(one("10000"), landlord="individual"),
        enterprise=PERSON,
    ),
    landlord("L07", "deferred, not cut", tenants(one("20000", relief="deferred"))),
    landlord(
        "L09",
        "February is claimed too",
        tenants({"months": [FEBRUARY, *cuts("10000", "10000")]}),
    ),
    landlord(
        "L10",
        "a district SOE gave a shop half",
        tenants(one("15000", "15000", due="30000", use="production"), **SOE),
    ),
    landlord(
        "L12",
        "a sublessor passes on more than it was waived",
        tenants(one("10000", "10000"), holding="sublet", received_from_above="16000"),
    ),
    landlord("L13", "12,345.67 in all", tenants(one("12345.67"))),
    landlord("L15", "认定 is not on record", tenants(one("30000")), found=()),
    landlord("L16", "an illegal structure", tenants(one("10000"), holding="none")),
    landlord(
        "L18", "the building is in Chaoyang", tenants(one("40000", premises_district="chaoyang"))
    ),
    landlord("L19", "subsidised elsewhere", tenants(one("10000", subsidised_elsewhere=True))),
    landlord(
        "E09",
        "the SOE that waived a kindergarten's rent",
        tenants(
            one(
                "50000",
                "50000",
                due="50000",
                use="teaching",
                tenant_kind="school",
                size_statement=None,
            ),
            **SOE,
        ),
    ),
)
CARRIERS = (
    carrier("P01", "80,000 a month for residents", tenants(one("80000", "80000"))),
    carrier(
        "P02", "a culture park, April only", tenants(one("0", "50000"), carrier="culture_park")
    ),
    carrier("P04", "SMEs and founder teams", tenants(one("30000"), one("10000", **TEAM))),
    landlord(
        "P05", "the cut of P01 again under (一)", tenants(one("80000", "80000")), context=CLAIMED
    ),
    carrier("P07", "May only", tenants({"months": [{"month": "2020-05", "reduction": "20000"}]})),
    carrier(
        "P08",
        "a sublessor passes on 120,000 of 100,000 waived",
        tenants(one("60000", "60000"), holding="sublet", received_from_above="100000"),
    ),
)
