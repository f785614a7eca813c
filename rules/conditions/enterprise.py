"""Who the applicant is: conditions 1.1 to 1.6 and 1.12 of (一), also used by (三) and (四)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.answers import failed, met, missing, open_question, to_find
from rules.conditions.subject import FIRMS, of_size
from rules.model import Answer
from rules.money import Exact, exact, percent_of, to_fen
from rules.provision import View
from rules.size import classify
from vocabulary.forms import EnterpriseKind, Owner

_PLACES = ("registered_in", "taxed_in")
_STATE_OWNED = (Owner.DISTRICT_SOE, Owner.MUNICIPAL_SOE, Owner.OTHER_DISTRICT_SOE)


def registered_and_taxed(view: View) -> Answer:
    """1.1 在西城区注册纳税: registered and taxed in the district, both (Q1)."""
    return places_of(view, view.enterprise, "/enterprise", city=state_owned(view, "leases"))


def state_owned(view: View, items: str) -> bool:
    """Whether any premises of the form are state-owned, as the city rule asks of them."""
    return any(item.get("owner") in _STATE_OWNED for item in view.facts.get(items) or ())


def places_of(view: View, profile: Mapping[str, Any], pointer: str, *, city: bool) -> Answer:
    """在西城区注册纳税 of any profile.

    Takes the profile, the JSON pointer where it stands, whether a denial points to the city rule.
    """
    places = {name: profile[name] for name in _PLACES if profile.get(name) is not None}
    if any(place != view.notice.district for place in places.values()):
        stated = {name: profile.get(name) for name in _PLACES}
        referral = "city_rule" if city else None
        reason = "failed" if city else "elsewhere"
        return failed(reason, question="Q1", referral=referral, facts=stated)
    absent = [name for name in _PLACES if name not in places]
    if absent:
        return missing(*(f"{pointer}/{name}" for name in absent))
    return met(facts=places)


def fits_capital_function(view: View) -> Answer:
    """1.2 符合首都城市战略定位: a human finding; an applicant's own 'no' is a fact."""
    return _found_or_admitted(view, "fits_capital_function", admits=False)


def outside_clearance(view: View) -> Answer:
    """1.3 不在疏解整治范围内: a human finding; an applicant's own 'yes' is a fact."""
    return _found_or_admitted(view, "in_clearance_scope", admits=True)


def operates_lawfully(view: View) -> Answer:
    """1.4 合法规范经营: a human finding on licence, tax and dishonesty records."""
    return _found_or_admitted(view, "operates_lawfully", admits=False)


def in_difficulty(view: View) -> Answer:
    """1.5 受疫情影响经营困难: no figure in the text (Q39); rising revenue is shown, not judged."""
    before, after = revenue_pair(view.facts)
    if before is None or after is None:
        return to_find(question="Q39")
    facts = {"revenue_2019": str(to_fen(before)), "revenue_2020": str(to_fen(after))}
    if after > before:
        return open_question("Q39", "revenue_rose", facts=facts)
    return to_find("revenue_fell", question="Q39", facts=facts)


def sme_or_individual(view: View) -> Answer:
    """1.6 中小微企业、个体工商户: the size by 300号; 个体工商户 need none."""
    kind = view.enterprise.get("kind")
    if kind == EnterpriseKind.INDIVIDUAL_BUSINESS:
        return met("individual", facts={"kind": kind})
    return sme(view)


def sme(view: View) -> Answer:
    """中小微企业: an enterprise that is not large by 300号."""
    kind = view.enterprise.get("kind")
    if kind is None:
        return missing("/enterprise/kind")
    if kind == EnterpriseKind.PRIVATE_NON_ENTERPRISE:
        return failed("not_an_enterprise", referral="m03_school", facts={"kind": kind})
    if kind not in FIRMS:
        return failed("not_an_enterprise", facts={"kind": kind})
    return sized(view.enterprise, view.notice.sizes, "/enterprise")


def sized(
    profile: Mapping[str, Any], sizes: Mapping[str, Mapping[str, Any]], pointer: str
) -> Answer:
    """Whether a profile's size is 中小微 by the row of 300号 that ``explain`` shows.

    Takes profile with industry, employees, revenue, assets; ``pointer``: where it stands.
    """
    result = classify(profile, sizes)
    if result.sme is None:
        return missing(*(f"{pointer}/{name}" for name in result.missing))
    return of_size(result, profile)


def few_dismissals(view: View) -> Answer:
    """1.12 不裁员、少裁员: none is met; some shows the rate and waits for a finding (Q4).

    Staff who left otherwise are not obviously 裁员: then someone asks.
    """
    dismissed, before = view.facts.get("dismissed"), view.facts.get("staff_before")
    after = view.facts.get("staff_after")
    if dismissed is None:
        return missing("/facts/dismissed")
    if dismissed == 0:
        if before is not None and after is not None and after < before:
            staff = {"staff_before": before, "staff_after": after}
            return open_question("Q4", "staff_fell", facts=staff)
        return met("no_dismissals", facts={"dismissed": 0})
    if not before:
        return missing("/facts/staff_before")
    return open_question(
        "Q4",
        "some_dismissed",
        facts={
            "dismissed": dismissed,
            "staff_before": before,
            "rate": percent_of(dismissed, before),
        },
    )


def revenue_pair(facts: Mapping[str, Any]) -> tuple[Exact | None, Exact | None]:
    """February to April revenue of 2019 and 2020, yuan, each None where a month is absent."""
    return _sum(facts.get("revenue_2019")), _sum(facts.get("revenue_2020"))


def _sum(months: Mapping[str, Any] | None) -> Exact | None:
    if not months:
        return None
    stated = [months.get(name) for name in ("feb", "mar", "apr")]
    given = [exact(revenue) for revenue in stated if revenue is not None]
    return sum(given) if len(given) == len(stated) else None


def _found_or_admitted(view: View, name: str, *, admits: bool) -> Answer:
    declared = view.facts.get(name)
    if declared is admits:
        return failed("admitted", facts={name: declared})
    return to_find()
