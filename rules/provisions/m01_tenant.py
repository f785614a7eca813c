"""(一) first paragraph: tenants of district state-owned premises.

100 % of March and April 2020 rent for production use, 50 % for office use, waived by the
state-owned landlord. Clause: (一)第一段.
"""

from __future__ import annotations

from rules.conditions import doubts, enterprise, premises
from rules.provision import Condition, Finder, Kind, Provision
from rules.rent import PARAMETERS, same_leases, waived_rent, whose_leases
from vocabulary.forms import Use

PROVISION = Provision(
    code="m01_tenant",
    kind=Kind.BENEFIT,
    conditions=(
        Condition("1.1", enterprise.registered_and_taxed, Finder.REFUTES),
        Condition("1.2", enterprise.fits_capital_function, Finder.SETTLES),
        Condition("1.3", enterprise.outside_clearance, Finder.SETTLES),
        Condition("1.4", enterprise.operates_lawfully, Finder.SETTLES),
        Condition("1.5", enterprise.in_difficulty, Finder.SETTLES),
        Condition("1.6", enterprise.sme_or_individual),
        Condition("1.12", enterprise.few_dismissals, Finder.OPEN),
        Condition("legal_form", doubts.kind_fits_code, Finder.OPEN, doubt=True),
    ),
    items="leases",
    item_conditions=(
        Condition("1.7", premises.leases_in_months, Finder.OPEN),
        Condition("1.8", premises.in_district),
        Condition("1.9", premises.owned_by_district_soe, Finder.OPEN),
        Condition("1.10", premises.actual_use, Finder.OPEN),
        Condition("1.11", premises.operated_as_required, Finder.OPEN),
        Condition("1.rent", premises.rent_is_known, Finder.OPEN),
        Condition("1.same", doubts.lease_listed_once, Finder.OPEN, doubt=True),
        Condition("1.itself", doubts.owner_is_another, Finder.OPEN, doubt=True),
    ),
    lines=waived_rent(Use.PRODUCTION, Use.TEACHING, Use.OFFICE),
    parameters=PARAMETERS,
    resembles=same_leases,
    shares=whose_leases,
)
