"""(六) first sentence: government guarantee institutions halve their fees for 小微 borrowers.

A duty of the institutions in 2020, not a payment of the district: the borrower is referred to
the bureaus that answer for it. Clause: (六).
"""

from __future__ import annotations

from rules.model import Verdict
from rules.provision import Condition, Kind, Provision, View
from rules.size import classify
from rules.verdicts import failed, met, missing
from rules.vocabulary import EnterpriseKind, Guarantor, Size


def small_or_micro(view: View) -> Verdict:
    """6h.1 小微企业: medium and large are outside; who is not known to be is referred."""
    kind = view.enterprise.get("kind")
    if kind is None:
        return missing("/enterprise/kind")
    facts = {"kind": kind}
    if kind in (EnterpriseKind.NATURAL_PERSON, EnterpriseKind.PUBLIC_BODY):
        return failed("not_named", facts=facts)
    if kind in (EnterpriseKind.INDIVIDUAL_BUSINESS, EnterpriseKind.PRIVATE_NON_ENTERPRISE):
        return met("referred_anyway", question="Q41", facts=facts)
    size = classify(view.enterprise, view.notice.sizes).size
    if size is None:
        return met("size_left_to_contact", facts=facts)
    known = {"size": size.value, "industry": view.enterprise["industry"]}
    if size in (Size.LARGE, Size.MEDIUM):
        return failed("too_big", facts=known)
    return met("micro_or_small", facts=known)


def government_institution(view: View) -> Verdict:
    """6h.2 政府性融资担保机构: only these are bound; one not chosen yet is found with help."""
    guarantor = view.facts.get("guarantor")
    if guarantor is None:
        return met("unknown_institution")
    facts = {"guarantor": guarantor}
    return met(facts=facts) if guarantor == Guarantor.GOVERNMENT else failed(facts=facts)


PROVISION = Provision(
    code="m06_fee_halving",
    kind=Kind.SERVICE,
    conditions=(
        Condition("6h.1", small_or_micro),
        Condition("6h.2", government_institution),
    ),
)
