"""(五): introductions between SMEs, private kindergartens and banks.

No amount and no right to a loan: the bank decides. Clause: (五).
"""

from __future__ import annotations

from rules.conditions.service import firm_or_kindergarten
from rules.conditions.subject import located_if_known
from rules.provision import Condition, Kind, Provision

PROVISION = Provision(
    code="m05_finance",
    kind=Kind.SERVICE,
    conditions=(
        Condition("5.1", firm_or_kindergarten),
        Condition("5.2", located_if_known),
    ),
)
