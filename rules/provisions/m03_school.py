"""(三): private kindergartens and training institutions in district state-owned premises.

参照中小微企业房租减免政策执行: teaching rooms 100 %, office rooms 50 % of March and April 2020
rent. The benefit and the procedure of (一) come along, its subject tests do not (Q20).
"""

from __future__ import annotations

from rules.conditions import doubts, enterprise, premises, schools
from rules.provision import Condition, Finder, Kind, Provision
from rules.rent import PARAMETERS, same_leases, waived_rent, whose_leases
from vocabulary.forms import Use

PROVISION = Provision(
    code="m03_school",
    kind=Kind.BENEFIT,
    conditions=(
        Condition("3.1", schools.private_school, Finder.OPEN),
        Condition("3.2", schools.approved_by_education, Finder.OPEN),
        Condition("3.5", schools.opening_delayed, Finder.OPEN),
        Condition("3.6", enterprise.few_dismissals, Finder.OPEN),
        Condition("legal_form", doubts.kind_fits_code, Finder.OPEN, doubt=True),
    ),
    items="leases",
    items_code="3.items",
    item_conditions=(
        Condition("3.lease", premises.leases_in_months, Finder.OPEN),
        Condition("3.3", premises.school_owned_by_district_soe, Finder.OPEN),
        Condition("3.4", schools.used_for_teaching, Finder.OPEN),
        Condition("1.rent", premises.rent_is_known, Finder.OPEN),
        Condition("1.same", doubts.lease_listed_once, Finder.OPEN, doubt=True),
        Condition("1.itself", doubts.owner_is_another, Finder.OPEN, doubt=True),
    ),
    lines=waived_rent(Use.TEACHING, Use.OFFICE),
    parameters=PARAMETERS,
    resembles=same_leases,
    shares=whose_leases,
)
