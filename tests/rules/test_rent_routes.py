"""(一) to (四) share one list of contacts; who leads and who is told, by facts A5."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.scenarios.chain import BRANCH, shop
from tests.support.scenarios.judging import judge
from tests.support.scenarios.landlord import INDIVIDUAL, LANDLORD, one, tenants
from tests.support.scenarios.rent import FIRM, firm, leases
from tests.support.scenarios.school import KINDERGARTEN, rooms

FINANCE, REFORM, SASAC, EDUCATION = "66218055", "83926742", "66112569", "66201155-26042"
SCIENCE, RETAIL_DESK, LIFE_DESK, CULTURE = "83976217", "83509352", "83509369", "58562997"
MARKET, PARK = "18811262060", "82205558"
SOFTWARE = firm(industry="software")
OWNER: dict[str, Any] = {"owner": "private"}
CUT = one("1000")
SCHOOL = {"tenant_kind": "school", "size_statement": None}
SIZED = {"size_statement": None, "employees": 5, "revenue": "100"}

ROUTES: list[tuple[str, str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("a tenant of a district SOE", "m01_tenant", SOFTWARE, leases(), [SASAC]),
    ("a restaurant there", "m01_tenant", FIRM, leases(), [SASAC, LIFE_DESK]),
    ("a shop there", "m01_tenant", firm(industry="retail"), leases(), [SASAC, RETAIL_DESK]),
    ("a private owner's tenant", "m01_tenant", SOFTWARE, leases(OWNER), [REFORM]),
    (
        "a 个体工商户 there",
        "m01_tenant",
        firm(kind="individual_business", industry="software"),
        leases(OWNER),
        [REFORM, MARKET],
    ),
    ("other premises", "m01_other", SOFTWARE, {"leases": [OWNER]}, [REFORM]),
    ("in the park", "m01_other", SOFTWARE, {"leases": [OWNER], "in_park": True}, [PARK]),
    ("R04: no listed sector", "m01_landlord", LANDLORD, tenants(CUT), [REFORM, FINANCE]),
    (
        "a landlord that is a district SOE",
        "m01_landlord",
        LANDLORD,
        tenants(CUT, landlord="district_soe"),
        [SASAC, FINANCE],
    ),
    (
        "in the park, a restaurant as tenant",
        "m01_landlord",
        LANDLORD,
        tenants({**CUT, **SIZED, "industry": "catering"}, in_park=True),
        [PARK, LIFE_DESK, FINANCE],
    ),
    (
        "a shop as tenant",
        "m01_landlord",
        LANDLORD,
        tenants({**CUT, **SIZED, "industry": "retail"}),
        [RETAIL_DESK, FINANCE],
    ),
    (
        "tenants in services for life",
        "m01_landlord",
        LANDLORD,
        tenants(CUT, business="commerce"),
        [LIFE_DESK, FINANCE],
    ),
    (
        "a 个体工商户 and a school as tenants",
        "m01_landlord",
        LANDLORD,
        tenants({**CUT, **INDIVIDUAL}, {**CUT, **SCHOOL}),
        [REFORM, EDUCATION, MARKET, FINANCE],
    ),
    ("an incubator", "m02_carrier", LANDLORD, {"carrier": "incubator"}, [SCIENCE, FINANCE]),
    (
        "an incubator in the park",
        "m02_carrier",
        LANDLORD,
        {"carrier": "incubator", "in_park": True},
        [PARK, SCIENCE, FINANCE],
    ),
    ("a culture park", "m02_carrier", LANDLORD, {"carrier": "culture_park"}, [CULTURE, FINANCE]),
    ("another park", "m02_carrier", LANDLORD, {"carrier": "featured_park"}, [REFORM, FINANCE]),
    ("a kindergarten", "m03_school", KINDERGARTEN, rooms(), [EDUCATION, SASAC]),
    ("a kindergarten elsewhere", "m03_school", KINDERGARTEN, rooms(OWNER), [EDUCATION]),
    ("a restaurant chain", "m04_chain_shop", BRANCH, shop([], shops=[]), [LIFE_DESK, FINANCE]),
    (
        "a convenience store",
        "m04_chain_shop",
        BRANCH,
        shop([], shops=[], trade="convenience"),
        [RETAIL_DESK, FINANCE],
    ),
]


@pytest.mark.parametrize(
    ("provision", "enterprise", "facts", "phones"),
    [row[1:] for row in ROUTES],
    ids=[row[0] for row in ROUTES],
)
def test_route(
    provision: str, enterprise: dict[str, Any], facts: dict[str, Any], phones: list[str]
) -> None:
    assert list(judge(provision, enterprise, facts).told.values()) == phones
