"""(十一): fintech firms that serve regulators and financial institutions.

「符合条件」, no amount: always a person's matter, at the park's 产业处. Clause: (十一).
"""

from __future__ import annotations

from rules.conditions import doubts, park
from rules.conditions.subject import any_enterprise, left_to_finding
from rules.provision import Condition, Finder, Kind, Provision

PROVISION = Provision(
    code="m11_fintech",
    kind=Kind.DISCRETIONARY,
    conditions=(
        Condition("11.1", any_enterprise),
        Condition("11.2", left_to_finding, Finder.SETTLES),
        Condition("11.3", park.serves_and_pilots, Finder.SETTLES),
        Condition("11.4", left_to_finding, Finder.SETTLES),
        Condition("legal_form", doubts.kind_fits_code, Finder.OPEN, doubt=True),
    ),
)
