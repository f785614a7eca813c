"""(十) third part: research funding for the park's high-tech enterprises.

「对符合条件的企业」: the conditions are not in the text, nor an amount; a person decides.
Clause: (十).
"""

from __future__ import annotations

from rules.conditions import doubts, park
from rules.conditions.subject import any_enterprise, left_to_finding
from rules.provision import Condition, Finder, Kind, Provision

PROVISION = Provision(
    code="m10_research",
    kind=Kind.DISCRETIONARY,
    conditions=(
        Condition("10c.0", any_enterprise),
        Condition("10c.1", park.in_park, Finder.REFUTES),
        Condition("10c.2", park.certified, Finder.REFUTES),
        Condition("10c.3", park.research_raised, Finder.OPEN),
        Condition("10c.4", left_to_finding, Finder.SETTLES),
        Condition("legal_form", doubts.kind_fits_code, Finder.OPEN, doubt=True),
    ),
)
