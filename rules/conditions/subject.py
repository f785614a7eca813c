"""Who and where, for the measures after (四): 驻区, 辖区, and enterprises that only ask for help.

A service measure gives no money, so a fact nobody gave does not keep anyone from being referred
(Q41: to refer costs nothing); only a known fact outside the words does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.answers import failed, met, missing, to_find
from rules.model import Answer
from rules.provision import Check, View
from rules.size import FIGURES, Sized, classify
from vocabulary.forms import EnterpriseKind, Size

FIRMS = (EnterpriseKind.ENTERPRISE, EnterpriseKind.BRANCH)
_PERSONS = (EnterpriseKind.NATURAL_PERSON, EnterpriseKind.PUBLIC_BODY)


def located(view: View) -> Answer:
    """驻区: in the district. The place of registration stands in for an actual place not given.

    驻区 asks for neither registration nor tax here, so a registration elsewhere
    proves nothing against it.
    """
    place = view.enterprise.get("located_in")
    if place is not None:
        facts = {"located_in": place}
        inside = place == view.notice.district
        return met("located_met", facts=facts) if inside else failed("located_failed", facts=facts)
    if view.enterprise.get("registered_in") == view.notice.district:
        return met("by_registration", facts={"registered_in": view.notice.district})
    return missing("/enterprise/located_in")


def located_if_known(view: View) -> Answer:
    """驻区 for a service: an unknown place is left to the contact who takes the call."""
    answer = located(view)
    return met("left_to_contact") if answer.missing else answer


def any_enterprise(view: View) -> Answer:
    """企业 of any size; 个体工商户 and 民办非企业单位 are not named and not shut out (Q12).

    For discretionary measures only: whoever decides sees the question and decides it too.
    """
    kind = view.enterprise.get("kind")
    if kind is None:
        return missing("/enterprise/kind")
    facts = {"kind": kind}
    if kind in FIRMS:
        return met("enterprise", facts=facts)
    if kind in _PERSONS:
        return failed("not_named", facts=facts)
    return met("kind_open", question="Q12", facts=facts)


def left_to_finding(_: View) -> Answer:
    """The words give no test and the forms ask nothing of it: whoever the data names finds it."""
    return to_find()


def of_size(found: Sized, profile: Mapping[str, Any], question: str | None = None) -> Answer:
    """中小微 or not, where the size is known, with the figures it rests on.

    Takes what `classify` made of the profile; the question a positive answer raises.
    """
    facts = {name: profile[name] for name in FIGURES if profile.get(name) is not None}
    if not found.sme:
        return failed("large", facts=facts)
    if found.size is not None:
        facts["size"] = found.size.value
    return met("sme", question=question, facts=facts)


def sme_stated_or_sized(view: View, *, question: str | None = None) -> Answer:
    """中小微企业 of an item's firm: its figures decide; where they lack, its own statement.

    The item holds ``industry``, ``employees``, ``revenue``, ``assets`` and ``size_statement``.
    """
    found = classify(view.item, view.notice.sizes)
    if found.sme is not None:
        return of_size(found, view.item, question)
    stated = view.item.get("size_statement")
    if stated is None:
        return missing(*(view.at(name) for name in found.missing))
    if stated == Size.LARGE:
        return failed("stated_large", facts={"size_statement": stated})
    return met("stated", question=question, facts={"size_statement": stated})


def may_be_referred(question: str | None, *, sme_only: bool) -> Check:
    """Subject of a service: only who is known to stand outside its words is turned away.

    Takes the question shown where a 个体工商户 or 民办非企业单位 is referred although not named;
    whether the words say 中小微企业 (then a known large enterprise is outside).
    """

    def check(view: View) -> Answer:
        kind = view.enterprise.get("kind")
        if kind is None:
            return missing("/enterprise/kind")
        facts = {"kind": kind}
        if kind in _PERSONS:
            return failed("not_named", facts=facts)
        if kind not in FIRMS:
            return met("referred_anyway", question=question, facts=facts)
        if not sme_only:
            return met("enterprise", facts=facts)
        found = classify(view.enterprise, view.notice.sizes)
        if found.sme is None:
            return met("size_left_to_contact", facts=facts)
        return of_size(found, view.enterprise)

    return check
