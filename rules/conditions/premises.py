"""What is rented, from whom, for what: conditions 1.7 to 1.11, one lease at a time."""

from __future__ import annotations

from datetime import date

from rules.model import Verdict
from rules.provision import View
from rules.rent import covered_days, rent_facts_missing
from rules.verdicts import failed, met, missing, open_question
from rules.vocabulary import District, LeaseForm, Operation, Owner, Use


def leases_in_months(view: View) -> Verdict:
    """1.7 承租: a lease covering a day of the months; a sublease rests on Q10."""
    absent = [n for n in ("lease_no", "lease_form", "starts_on", "ends_on") if not view.item.get(n)]
    if absent:
        return missing(*(view.at(name) for name in absent))
    starts_on, ends_on = view.item["starts_on"], view.item["ends_on"]
    term = {"starts_on": starts_on, "ends_on": ends_on}
    months = view.months("rent.months")
    start, end = date.fromisoformat(starts_on), date.fromisoformat(ends_on)
    if not any(covered_days(month, start, end)[0] for month in months):
        return failed("lease_outside", facts=term)
    if view.item["lease_form"] == LeaseForm.SUBLEASE:
        return open_question(
            "Q10",
            "sublease",
            facts={
                name: view.item[name]
                for name in ("lease_form", "rent", "head_rent")
                if view.item.get(name)
            },
        )
    return met("leased", facts=term)


def in_xicheng(view: View) -> Verdict:
    """1.8 区内: the premises stand in Xicheng (Q2)."""
    place = view.item.get("premises_district")
    if place is None:
        return missing(view.at("premises_district"))
    if place != District.XICHENG:
        return failed(question="Q2", facts={"premises_district": place})
    return met(facts={"premises_district": place})


def owned_by_district_soe(view: View) -> Verdict:
    """1.9 区属国有企业房产; other owners are encouraged, not bound: (一) refers them on."""
    owner = view.item.get("owner")
    if owner is None:
        return missing(view.at("owner"))
    if owner == Owner.DISTRICT_SOE:
        return met(facts={"owner": owner})
    if owner in (Owner.MUNICIPAL_SOE, Owner.OTHER_DISTRICT_SOE):
        return failed("state_owned_elsewhere", referral="city_scheme", facts={"owner": owner})
    return failed("other_owner", referral="m01_other", refers=True, facts={"owner": owner})


def used_for_business(view: View) -> Verdict:
    """1.10 从事生产经营活动 or 用于办公用房: the actual use decides which limb (Q6)."""
    use, stated = view.item.get("use"), view.item.get("stated_use")
    if use is None:
        return missing(view.at("use"))
    if use == Use.MIXED:
        parts = view.item.get("parts") or ()
        if not parts:
            return missing(view.at("parts"))
        if all(part.get("rent") is not None for part in parts):
            return met("split_by_lease", facts={"use": use})
        if all(part.get("area") is not None for part in parts):
            return open_question("Q6", "split_by_area", facts={"use": use})
        return missing(
            *(view.at(f"parts/{n}/area") for n, p in enumerate(parts) if p.get("area") is None)
        )
    if stated is not None and stated != use:
        return open_question("Q6", "use_differs", facts={"use": use, "stated_use": stated})
    return met(f"use_{use}", facts={"use": use})


def operated_as_required(view: View) -> Verdict:
    """1.11 坚持营业 or 关闭停业: printed for the production limb; the office limb rests on Q5."""
    operation, use = view.facts.get("operation"), view.item.get("use")
    if operation is None:
        return missing("/facts/operation")
    if operation in (Operation.OPEN_AS_REQUIRED, Operation.CLOSED_BY_RULE):
        return met(facts={"operation": operation})
    if use == Use.OFFICE:
        return open_question("Q5", "office_neither", facts={"operation": operation})
    return failed(facts={"operation": operation})


def rent_is_known(view: View) -> Verdict:
    """The rent due for March and April can be computed from what was given."""
    absent = rent_facts_missing(view)
    return missing(*(view.at(name) for name in absent)) if absent else met("rent_known")
