"""What is rented, from whom, for what: conditions 1.7 to 1.11, one lease at a time."""

from __future__ import annotations

from datetime import date

from rules.answers import failed, met, missing, open_question, to_find
from rules.keys import lease_id
from rules.model import Answer
from rules.money import exact
from rules.provision import View
from rules.rent import (
    asked_months,
    covered_days,
    due_then,
    most_due,
    rent_facts_missing,
    split_rent,
)
from vocabulary.credit_codes import FIRM, registered_as
from vocabulary.forms import District, LeaseForm, Operation, Owner, Use
from vocabulary.outcomes import Truth


def leases_in_months(view: View) -> Answer:
    """1.7 承租: a lease covering a day of the months asked for; a sublease rests on Q10."""
    asked = asked_months(view)
    months = [month for month in view.months("rent.months") if month in asked]
    if not months:
        return failed("months_outside", facts={"months": "、".join(sorted(asked))})
    absent = [n for n in ("lease_form", "starts_on", "ends_on") if not view.item.get(n)]
    if not lease_id(view.item):
        absent.insert(0, "lease_no")
    if absent:
        return missing(*(view.at(name) for name in absent))
    starts_on, ends_on = view.item["starts_on"], view.item["ends_on"]
    term = {"starts_on": starts_on, "ends_on": ends_on}
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


def in_district(view: View) -> Answer:
    """1.8 区内: the premises stand in the district (Q2)."""
    place = view.item.get("premises_district")
    if place is None:
        return missing(view.at("premises_district"))
    if place != view.notice.district:
        city = None if place == District.OUTSIDE else "city_rule"
        return failed(question="Q2", referral=city, facts={"premises_district": place})
    return met(facts={"premises_district": place})


def owned_by_district_soe(view: View) -> Answer:
    """1.9 区属国有企业房产; other owners are encouraged, not bound: (一) refers them on."""
    return _district_soe(view, city_denies=True)


def school_owned_by_district_soe(view: View) -> Answer:
    """3.3 承租区属国有企业房产: no 区内 here (Q2); a municipal owner is referred on."""
    answer = _district_soe(view, city_denies=False)
    return answer._replace(question="Q2") if answer.truth is Truth.TRUE else answer


def other_premises(view: View) -> Answer:
    """(一), second sentence: premises of central, private or other owners; the owner is free."""
    owner = view.item.get("owner")
    if owner is None:
        return missing(view.at("owner"))
    facts = {"owner": owner}
    if owner == Owner.DISTRICT_SOE:
        return failed("district_soe", referral="m01_tenant", refers=True, facts=facts)
    if owner == Owner.MUNICIPAL_SOE:
        return met("municipal", referral="city_rule", facts=facts)
    return met("encouraged", referral="m01_other", facts=facts)


def _district_soe(view: View, *, city_denies: bool) -> Answer:
    owner = view.item.get("owner")
    if owner is None:
        return missing(view.at("owner"))
    if owner == Owner.DISTRICT_SOE:
        code = str(view.item.get("owner_uscc") or FIRM)
        if not code.startswith(FIRM):
            facts = {"owner": owner, "uscc": code, "registered": registered_as(code)}
            return to_find("owner_no_firm", hold=True, facts=facts)
        return met(facts={"owner": owner})
    if owner in (Owner.MUNICIPAL_SOE, Owner.OTHER_DISTRICT_SOE):
        return failed(
            "state_owned_elsewhere",
            referral="city_rule",
            refers=not city_denies,
            facts={"owner": owner},
        )
    return failed("other_owner", referral="m01_other", refers=True, facts={"owner": owner})


def actual_use(view: View) -> Answer:
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


def operated_as_required(view: View) -> Answer:
    """1.11 坚持营业 or 关闭停业: printed for the production limb; the office limb rests on Q5."""
    operation, use = view.facts.get("operation"), view.item.get("use")
    if operation is None:
        return missing("/facts/operation")
    if operation in (Operation.OPEN_AS_REQUIRED, Operation.CLOSED_BY_RULE):
        return met(facts={"operation": operation})
    if use == Use.OFFICE:
        return open_question("Q5", "office_neither", facts={"operation": operation})
    if use is None and view.item_id is not None:
        return missing(view.at("use"))
    if use == Use.MIXED:
        return open_question("Q5", "mixed_neither", hold=True, facts={"operation": operation})
    return failed(facts={"operation": operation})


def rent_is_known(view: View) -> Answer:
    """The rent due for the asked months can be computed; earlier months are referred on.

    Figures that bound each other and do not fit are a person's matter; nothing counts till then.
    """
    absent = rent_facts_missing(view)
    if absent:
        return missing(*(view.at(name) for name in absent))
    if (contradiction := _contradiction(view)) is not None:
        return contradiction
    earlier = view.months("rent.earlier_months")
    asks_earlier = any(month in earlier for month in asked_months(view))
    return met("rent_known", referral="february_rent" if asks_earlier else None)


def _contradiction(view: View) -> Answer | None:
    """The figures of a lease that bound each other and do not fit, if any; none of them absent."""
    lease = view.item
    if lease.get("fees_included") is False and exact(lease.get("other_fees") or "0"):
        return to_find("fees_not_included", hold=True)
    if lease.get("head_rent") is not None and lease.get("lease_form") == LeaseForm.DIRECT:
        return to_find("head_rent_of_direct", hold=True)
    split = split_rent(lease)
    if split is not None and lease.get("rent") is not None and split > exact(lease["rent"]):
        return to_find("parts_above_rent", hold=True)
    for row in lease.get("months") or ():
        month, due, relief = row["month"], row.get("rent_due"), row.get("relief_received")
        if month not in view.months("rent.months"):
            continue
        if due is not None and exact(due) > most_due(lease, month):
            return to_find("due_above_rent", hold=True)
        if relief is not None and exact(relief) > due_then(lease, row):
            return to_find("relief_above_rent", hold=True)
    return None
