"""(十四) second sentence: other special difficulties, coordinated after a district decision.

No formula and no amount. Nobody below the district government may approve: the decision's
``decider`` in the notice's data is the body above the bureaus, and the engine takes that
finding from no other. Clause: (十四).
"""

from __future__ import annotations

from rules.conditions import difficulty, doubts
from rules.conditions.subject import any_enterprise
from rules.provision import Condition, Finder, Kind, Provision

PROVISION = Provision(
    code="m14_special_difficulty",
    kind=Kind.DISCRETIONARY,
    conditions=(
        Condition("14.1", any_enterprise),
        Condition("14.2", difficulty.in_one_of_four_fields),
        Condition("14.3", difficulty.other_special_difficulty),
        Condition("14.4", difficulty.decided_by_district, Finder.SETTLES),
        Condition("legal_form", doubts.kind_fits_code, Finder.OPEN, doubt=True),
    ),
)
