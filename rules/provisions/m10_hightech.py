"""(十) first part: park enterprises are coached towards high-tech certificates.

The certificates open doors to other bodies' funds (凭证书申请): an introduction. Clause: (十).
"""

from __future__ import annotations

from rules.conditions.park import in_park_to_be_coached
from rules.conditions.subject import may_be_referred
from rules.provision import Condition, Kind, Provision

PROVISION = Provision(
    code="m10_hightech",
    kind=Kind.SERVICE,
    conditions=(
        Condition("10a.0", may_be_referred(None, sme_only=False)),
        Condition("10a.1", in_park_to_be_coached),
    ),
)
