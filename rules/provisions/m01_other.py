"""(一) first paragraph, second sentence: tenants of central, private and other premises.

The owner is encouraged to cut March and April 2020 rent, terms by agreement. Nothing is owed by
the district: the answer is a referral and 0.00. Clause: (一)第一段第二句.
"""

from __future__ import annotations

from rules.conditions import premises
from rules.provision import Condition, Kind, Provision

PROVISION = Provision(
    code="m01_other",
    kind=Kind.ENCOURAGEMENT,
    conditions=(),
    items="leases",
    item_conditions=(Condition("1.other", premises.other_premises),),
)
