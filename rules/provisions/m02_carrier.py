"""(二): operators of parks, incubators and other 载体 that cut rent for March and April 2020.

参照中小微企业房租减免政策执行: conditions and share of (一) second paragraph, kinds of its own.
"""

from __future__ import annotations

from rules.conditions import reliefs
from rules.provision import Condition, Finder, Kind, Provision
from rules.reductions import PARAMETERS, cut_lines, net_of_received

PROVISION = Provision(
    code="m02_carrier",
    kind=Kind.BENEFIT,
    conditions=(
        Condition("2C.1", reliefs.kind_of_carrier, Finder.OPEN),
        Condition("2.1", reliefs.lawful_operator, Finder.OPEN),
        Condition("2.house", reliefs.own_premises, Finder.OPEN),
        Condition("2.6", reliefs.recognised, Finder.SETTLES),
    ),
    items="tenants",
    items_code="2.items",
    item_conditions=(
        Condition("2C.2", reliefs.cut_in_months),
        Condition("2.3", reliefs.as_required, Finder.OPEN),
        Condition("2.4", reliefs.resident_is_sme, Finder.OPEN),
        Condition("2.5", reliefs.really_reduced, Finder.OPEN),
        Condition("2.place", reliefs.premises_in_district, Finder.OPEN),
        Condition("2.once", reliefs.subsidised_once, Finder.REFUTES),
    ),
    lines=cut_lines,
    deductions=net_of_received,
    parameters=PARAMETERS,
)
