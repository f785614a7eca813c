"""(十) second part: support for the investment risk of investors and financial institutions.

「参照有关政策给予必要的」: no rate, no test and no amount in the text; a person decides.
Clause: (十).
"""

from __future__ import annotations

from rules.conditions import doubts, park
from rules.provision import Condition, Finder, Kind, Provision

PROVISION = Provision(
    code="m10_investment_risk",
    kind=Kind.DISCRETIONARY,
    conditions=(
        Condition("10b.1", park.investor),
        Condition("10b.2", park.risk_support, Finder.SETTLES),
        Condition("legal_form", doubts.kind_fits_code, Finder.OPEN, doubt=True),
    ),
)
