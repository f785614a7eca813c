"""Conditions of (十) and (十一): the park, its certificates, and what only a person can find."""

from __future__ import annotations

from rules.answers import failed, met, missing, to_find
from rules.model import Answer
from rules.money import exact, show
from rules.provision import View
from vocabulary.forms import Certificate, Client, Investor, Technology


def in_park_to_be_coached(view: View) -> Answer:
    """10a.1 园区企业: a firm outside is shown where the certificates are asked for instead."""
    in_park = view.facts.get("in_park")
    if in_park is None:
        return met("park_left_to_contact")
    return met() if in_park else failed(referral="m10_outside", refers=True)


def in_park(view: View) -> Answer:
    """10c.1 园区: a firm of the park."""
    inside = view.facts.get("in_park")
    if inside is None:
        return missing(view.at("in_park"))
    return met() if inside else failed()


def certified(view: View) -> Answer:
    """10c.2 高新技术企业: a national or Zhongguancun certificate."""
    certificate = view.facts.get("certificate")
    if certificate is None:
        return missing(view.at("certificate"))
    facts = {"certificate": certificate}
    if certificate == Certificate.NONE:
        return failed(referral="m10_certificate", facts=facts)
    return met(facts=facts)


def research_raised(view: View) -> Answer:
    """10c.3 加大研发投入: the two years are compared; without them a person looks."""
    before, after = view.facts.get("research_2019"), view.facts.get("research_2020")
    if before is None or after is None:
        return to_find()
    facts = {"before": show(exact(before)), "after": show(exact(after))}
    return met(facts=facts) if exact(after) > exact(before) else to_find("not_up", facts=facts)


def investor(view: View) -> Answer:
    """10b.1 风投和创投机构、金融机构: the kind of institution."""
    institution = view.facts.get("institution")
    if institution is None:
        return missing(view.at("institution"))
    facts = {"institution": institution}
    return failed(facts=facts) if institution == Investor.OTHER else met(facts=facts)


def risk_support(view: View) -> Answer:
    """10b.2 参照有关政策给予必要的…支持: no rate and no test in the text; the loss is shown."""
    loss = view.facts.get("loss")
    if loss is None:
        return to_find()
    return to_find("loss_stated", facts={"loss": show(exact(loss))})


def serves_and_pilots(view: View) -> Answer:
    """11.3 为金融监管机构和金融机构提供服务，开展…示范应用: shown as stated, found by a person."""
    clients = "、".join(Client(name).label for name in view.facts.get("clients") or ())
    technologies = "、".join(
        Technology(name).label for name in view.facts.get("technologies") or ()
    )
    if not clients and not technologies:
        return to_find()
    return to_find(
        "stated", facts={"clients": clients or "未填报", "technologies": technologies or "未填报"}
    )
