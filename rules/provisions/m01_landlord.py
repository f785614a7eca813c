"""(一) second paragraph: enterprises that cut the rent of their SME tenants.

30 % of the accepted cuts of March and April 2020 rent. Clause: (一)第二段.
"""

from __future__ import annotations

from rules.conditions import reliefs
from rules.provision import Condition, Finder, Kind, Provision
from rules.reductions import PARAMETERS, cut_lines, net_of_received

PROVISION = Provision(
    code="m01_landlord",
    kind=Kind.BENEFIT,
    conditions=(
        Condition("2.1", reliefs.lawful_enterprise, Finder.OPEN),
        Condition("2.house", reliefs.own_premises, Finder.OPEN),
        Condition("2.6", reliefs.recognised, Finder.SETTLES),
    ),
    items="tenants",
    items_code="2.items",
    item_conditions=(
        Condition("2.2", reliefs.cut_in_months),
        Condition("2.3", reliefs.as_required, Finder.OPEN),
        Condition("2.4", reliefs.tenant_is_sme, Finder.OPEN),
        Condition("2.5", reliefs.really_reduced, Finder.OPEN),
        Condition("2.place", reliefs.premises_in_district, Finder.OPEN),
        Condition("2.once", reliefs.subsidised_once, Finder.REFUTES),
    ),
    lines=cut_lines,
    deductions=net_of_received,
    parameters=PARAMETERS,
)
