"""(二): operators of parks, incubators and other 载体 that cut rent for March and April 2020.

参照中小微企业房租减免政策执行: conditions and share of (一) second paragraph, kinds of its own.
"""

from __future__ import annotations

from rules.conditions import reliefs
from rules.provision import Condition, Finder
from rules.provisions.m01_landlord import subsidised

PROVISION = subsidised(
    "m02_carrier",
    Condition("2C.1", reliefs.kind_of_carrier, Finder.OPEN),
    lawful=reliefs.lawful_operator,
    in_months="2C.2",
    tenant=reliefs.resident_is_sme,
)
