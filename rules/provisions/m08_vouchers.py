"""(八): the capital's science platform and innovation vouchers.

Any 企业; amounts and conditions stand in city rules: an introduction. Clause: (八).
"""

from __future__ import annotations

from rules.conditions.subject import may_be_referred
from rules.provision import Condition, Kind, Provision

PROVISION = Provision(
    code="m08_vouchers",
    kind=Kind.SERVICE,
    conditions=(Condition("8.1", may_be_referred(None, sme_only=False)),),
)
