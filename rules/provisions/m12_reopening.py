"""(十二): unreasonable restrictions on reopening are cleared away; help to reopen in order.

A channel for complaints and help: no benefit, nine bureaus, the route by sector. Clause: (十二).
"""

from __future__ import annotations

from rules.conditions.service import restriction_described
from rules.conditions.subject import located_if_known, may_be_referred
from rules.provision import Condition, Kind, Provision

PROVISION = Provision(
    code="m12_reopening",
    kind=Kind.SERVICE,
    conditions=(
        Condition("12.1", may_be_referred(None, sme_only=False)),
        Condition("12.2", located_if_known),
        Condition("12.3", restriction_described),
    ),
)
