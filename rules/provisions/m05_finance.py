"""(五): introductions between SMEs, private kindergartens and banks.

No amount and no right to a loan: the bank decides. Clause: (五).
"""

from __future__ import annotations

from rules.conditions.subject import located_if_known, may_be_referred
from rules.model import Verdict
from rules.provision import Condition, Kind, Provision, View
from rules.verdicts import met
from rules.vocabulary import School

_firm = may_be_referred("Q41", sme_only=True)


def firm_or_kindergarten(view: View) -> Verdict:
    """5.1 中小微企业、民办幼儿园; who is not named is referred all the same (Q41)."""
    school = view.facts.get("school")
    if school == School.KINDERGARTEN:
        return met("kindergarten", facts={"school": school})
    return _firm(view)


PROVISION = Provision(
    code="m05_finance",
    kind=Kind.SERVICE,
    conditions=(
        Condition("5.1", firm_or_kindergarten),
        Condition("5.2", located_if_known),
    ),
)
