"""(六) first sentence: government guarantee institutions halve their fees for 小微 borrowers.

A duty of the institutions in 2020, not a payment of the district: the borrower is referred to
the bureaus that answer for it. Clause: (六).
"""

from __future__ import annotations

from rules.conditions.service import government_institution, small_or_micro
from rules.provision import Condition, Kind, Provision

PROVISION = Provision(
    code="m06_fee_halving",
    kind=Kind.SERVICE,
    conditions=(
        Condition("6h.1", small_or_micro),
        Condition("6h.2", government_institution),
    ),
)
