"""Why an open question applies: predicates on a form or one item of it, from its bare facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from rules.conditions import chains
from rules.conditions.subject import FIRMS
from rules.guarantee import term
from rules.money import exact
from rules.provision import View
from rules.rent import asked_months, covered_days
from vocabulary.forms import EnterpriseKind, Operation, Owner, TenantKind, Use

When = Callable[[View], bool]


def always(_: View) -> bool:
    return True


def form(name: str, *values: Any) -> When:
    return lambda view: view.facts.get(name) in values


def item(name: str, *values: Any) -> When:
    return lambda view: view.item.get(name) in values


def kind(*kinds: EnterpriseKind) -> When:
    return lambda view: view.enterprise.get("kind") in kinds


def either(*predicates: When) -> When:
    return lambda view: any(predicate(view) for predicate in predicates)


def elsewhere(view: View, profile: Mapping[str, Any] | None, *names: str) -> bool:
    """Whether a place that is given is outside the district."""
    places = [(profile or {}).get(name) for name in names]
    return any(place is not None and place != view.notice.district for place in places)


def registered_elsewhere(view: View) -> bool:
    return elsewhere(view, view.enterprise, "registered_in", "taxed_in")


def chain_elsewhere(view: View) -> bool:
    profiles = (chains.branch_of(view.case)[0], chains.parent_of(view.case)[0])
    return any(elsewhere(view, each, "registered_in", "taxed_in") for each in profiles)


def premises_elsewhere(view: View) -> bool:
    return elsewhere(view, view.item, "premises_district")


def approved_elsewhere(view: View) -> bool:
    """Whether another district's 教委 approved a school."""
    return elsewhere(view, view.facts, "approval_district")


def staff_left(view: View) -> bool:
    """Whether some were dismissed, or left otherwise."""
    before, after = view.facts.get("staff_before"), view.facts.get("staff_after")
    fell = before is not None and after is not None and after < before
    return bool(view.facts.get("dismissed")) or fell


def left_though_open(view: View) -> bool:
    return view.facts.get("operation") == Operation.OPEN_AS_REQUIRED and staff_left(view)


def office_limb(view: View) -> bool:
    """Office rooms of a firm that neither stayed open nor closed by rule, or that let staff go."""
    in_question = view.facts.get("operation") == Operation.NEITHER or staff_left(view)
    return in_question and view.item.get("use") in (Use.OFFICE, Use.MIXED)


def use_in_doubt(view: View) -> bool:
    use, stated = view.item.get("use"), view.item.get("stated_use")
    return use == Use.MIXED or (stated is not None and use is not None and stated != use)


def part_of_month(view: View) -> bool:
    """Whether the lease covers only a part of a month of the notice that is asked for."""
    start, end = view.item.get("starts_on"), view.item.get("ends_on")
    if not start or not end:
        return False
    months = view.months("rent.months")
    if start <= min(months) and end >= f"{max(months)}-31":
        return False  # "2020-03" stands before each of its days: most leases end here
    term_of = date.fromisoformat(start), date.fromisoformat(end)
    asked = [month for month in asked_months(view) if month in months]
    days = [covered_days(month, *term_of) for month in asked]
    return any(0 < covered < of for covered, of in days)


def relieved(view: View) -> bool:
    """Whether a month asked for was relieved by somebody before."""
    rows = view.item.get("months") or ()
    return bool(rows) and any(exact(row.get("relief_received") or "0") for row in rows)


def cut_outside(view: View) -> bool:
    covered = view.months("rent.months")
    return any(
        row["month"] not in covered and row.get("reduction") is not None
        for row in view.item.get("months") or ()
    )


def no_firm_lets(view: View) -> bool:
    kind = view.enterprise.get("kind")
    return (kind is not None and kind not in FIRMS) or view.facts.get(
        "landlord"
    ) == Owner.INDIVIDUAL


def resident_no_sme(view: View) -> bool:
    kind = view.item.get("tenant_kind")
    return kind in (TenantKind.UNREGISTERED, TenantKind.OTHER, TenantKind.INDIVIDUAL_BUSINESS)


def shop_relieved(view: View) -> bool:
    """Whether somebody cut a shop's rent: its lease may then be the ground of two claims."""
    rows = view.item.get("months") or ()
    return any(
        exact(row.get(name) or "0") for row in rows for name in ("reduction", "waived_under_m01")
    )


def not_a_year(view: View) -> bool:
    years = term(view.item)
    return years is not None and years != 1


def disbursed_in_another_year(view: View) -> bool:
    day = view.item.get("disbursed_on")
    if not day:
        return False
    return (
        not view.day("m06.disbursed_from")
        <= date.fromisoformat(day)
        <= view.day("m06.disbursed_to")
    )


def training_unfinished(view: View) -> bool:
    hours = view.item.get("class_hours")
    if not hours:
        return False
    return hours < view.number("m13.step_hours") or view.item.get("on_city_list") is False


def city_day_over(view: View) -> bool:
    return view.case.received_on > view.day("m13.apply_by")


def borrower_elsewhere(view: View) -> bool:
    """Whether a borrower is known to be outside the district."""
    return elsewhere(view, view.item, "borrower_district")
