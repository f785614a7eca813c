"""(九): consumption vouchers, and culture vouchers for bookshops.

The vouchers go to consumers; a shop can ask to take part. No amount. Clause: (九).
"""

from __future__ import annotations

from rules.conditions.subject import may_be_referred
from rules.provision import Condition, Kind, Provision

PROVISION = Provision(
    code="m09_culture",
    kind=Kind.SERVICE,
    conditions=(Condition("9.1", may_be_referred(None, sme_only=False)),),
)
