"""All worked cases and all cases next to one."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.scenarios import (
    chain,
    finance,
    landlord,
    landlord_neighbours,
    rent,
    rent_neighbours,
    school,
    services,
    training,
)
from tests.support.scenarios.judging import Judged, Scenario, judge

LISTED = [*rent.TENANTS, *landlord.LANDLORDS, *landlord.CARRIERS, *school.SCHOOLS, *chain.CHAINS]
"""The worked cases about rent."""
NEIGHBOURS = [
    *rent_neighbours.TENANT_NEIGHBOURS,
    *landlord_neighbours.LANDLORD_NEIGHBOURS,
    *landlord_neighbours.CARRIER_NEIGHBOURS,
    *school.SCHOOL_NEIGHBOURS,
    *chain.CHAIN_NEIGHBOURS,
]
MODULES = (
    chain,
    finance,
    landlord,
    landlord_neighbours,
    rent,
    rent_neighbours,
    school,
    services,
    training,
)


def scenarios() -> Iterator[Scenario]:
    """Every worked case and every case next to one, each once."""
    seen: set[int] = set()
    for module in MODULES:
        for value in vars(module).values():
            for one in value if isinstance(value, tuple) else ():
                if isinstance(one, Scenario) and id(one) not in seen:
                    seen.add(id(one))
                    yield one


def run(scenario: Scenario) -> Judged:
    """Judge a scenario."""
    return judge(
        scenario.provision,
        scenario.enterprise,
        scenario.facts,
        found=scenario.found,
        day=scenario.day,
        context=scenario.context,
    )
