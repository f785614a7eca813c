"""(七): government and state-owned enterprises buy more from SMEs; publicity for SMEs.

No right to a contract, no quota, no price preference: an introduction. Clause: (七).
"""

from __future__ import annotations

from rules.conditions.subject import located_if_known, may_be_referred
from rules.provision import Condition, Kind, Provision

PROVISION = Provision(
    code="m07_procurement",
    kind=Kind.SERVICE,
    conditions=(
        Condition("7.1", may_be_referred(None, sme_only=True)),
        Condition("7.2", located_if_known),
    ),
)
