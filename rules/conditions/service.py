"""Conditions of single services: (五) banks, (六) halved fees, (十二) reopening."""

from __future__ import annotations

from rules.answers import failed, met, missing
from rules.conditions.subject import may_be_referred
from rules.model import Answer
from rules.provision import View
from rules.size import FIGURES, classify
from vocabulary.forms import EnterpriseKind, Guarantor, School, Size


def firm_or_kindergarten(view: View) -> Answer:
    """5.1 中小微企业、民办幼儿园; who is not named is referred all the same (Q41)."""
    school = view.facts.get("school")
    if school == School.KINDERGARTEN:
        return met("kindergarten", facts={"school": school})
    return may_be_referred("Q41", sme_only=True)(view)


def small_or_micro(view: View) -> Answer:
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
    known = {name: view.enterprise[name] for name in FIGURES if name in view.enterprise}
    known["size"] = size.value
    if size in (Size.LARGE, Size.MEDIUM):
        return failed("too_big", facts=known)
    return met("micro_or_small", facts=known)


def government_institution(view: View) -> Answer:
    """6h.2 政府性融资担保机构: only these are bound; one not chosen yet is found with help."""
    guarantor = view.facts.get("guarantor")
    if guarantor is None:
        return met("unknown_institution")
    facts = {"guarantor": guarantor}
    return met(facts=facts) if guarantor == Guarantor.GOVERNMENT else failed(facts=facts)


def restriction_described(view: View) -> Answer:
    """12.3 不合理限制和简单管控规定: without saying what is restricted nobody can help."""
    if not view.facts.get("restriction"):
        return missing(view.at("restriction"))
    return met("described")
