"""What a careful officer would ask before the same yuan goes out twice, or goes in a circle.

Each of these is asked only where the form gives cause, and waits for an official's finding; it
never denies by itself. Where the yuan may not be there at all, they wait too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rules.answers import met, open_question, to_find
from rules.conditions.chains import branch_of, parent_of
from rules.keys import is_same_party, lease_id
from rules.model import TRUE, Answer
from rules.provision import View
from vocabulary.credit_codes import contradicts, registered_as
from vocabulary.forms import EnterpriseKind
from vocabulary.writing import number_form

Item = Mapping[str, Any]


def lease_listed_once(view: View) -> Answer:
    """Another lease of this form is the same one under another number: same premises and owner,
    same figures in the same months (Q34). The first of them stands, those after it wait."""
    return _listed_once(view, "leases", "owner")


def shop_listed_once(view: View) -> Answer:
    """The same of a chain's shops."""
    return _listed_once(view, "shops", "owner")


def cut_listed_once(view: View) -> Answer:
    """The same of a landlord's rows: one tenant's cut under two numbers of its lease."""
    return _listed_once(view, "tenants", "tenant")


def _listed_once(view: View, items: str, party: str) -> Answer:
    for other in view.facts[items]:
        if other is view.item:
            break
        if lease_id(other) != lease_id(view.item) and _is_same_lease(other, view.item, party):
            numbers = {"lease_no": view.item.get("lease_no"), "as_lease_no": other.get("lease_no")}
            return open_question("Q34", "same_lease", hold=True, facts=numbers)
    return met()


def _is_same_lease(one: Item, two: Item, party: str) -> bool:
    """Whether two items differ in nothing but what their lease is called."""
    return (
        number_form(one.get("address") or "") == number_form(two.get("address") or "")
        and is_same_party(one, two, party, unknown=True)
        and all(one.get(name) == two.get(name) for name in ("rent", "rent_basis", "parts", "use"))
        and _figures(one) == _figures(two)
    )


def _figures(item: Item) -> list[Mapping[str, Any]]:
    return sorted(item.get("months") or (), key=lambda row: str(row["month"]))


def owner_is_another(view: View) -> Answer:
    """The owner of the rented premises is the tenant itself: rent paid to oneself."""
    tenants = [profile for profile, _ in (branch_of(view.case), parent_of(view.case)) if profile]
    return _another([view.enterprise, *tenants], view.item, "owner")


def tenant_is_another(view: View) -> Answer:
    """The tenant whose rent was cut is the landlord itself."""
    return _another([view.enterprise], view.item, "tenant")


def _another(parties: list[Item], item: Item, name: str) -> Answer:
    for party in parties:
        if is_same_party({f"{name}_{each}": party.get(each) for each in _NAMED}, item, name):
            return to_find("itself", hold=True, facts={n: item.get(f"{name}_{n}") for n in _NAMED})
    return met()


_NAMED = ("uscc", "name")


def kind_fits_code(view: View) -> Answer:
    """The applicant's code says that it is something else than it states (GB 32100)."""
    return _fits(view.enterprise.get("uscc"), view.enterprise.get("kind"))


def chain_fits_codes(view: View) -> Answer:
    """The same of a chain's branch and of the enterprise that it belongs to."""
    answer = kind_fits_code(view)
    for name in ("branch", "parent"):
        if answer.truth is TRUE and (profile := view.facts.get(name)):
            answer = _fits(profile.get("uscc"), EnterpriseKind.BRANCH)
    return answer


def tenant_fits_code(view: View) -> Answer:
    """The same of a tenant whose rent was cut."""
    return _fits(view.item.get("tenant_uscc"), view.item.get("tenant_kind"), hold=True)


def borrower_fits_code(view: View) -> Answer:
    """The same of a borrower; who states no kind is an enterprise."""
    kind = view.item.get("borrower_kind") or EnterpriseKind.ENTERPRISE
    return _fits(view.item.get("borrower_uscc"), kind, hold=True)


def _fits(code: str | None, kind: str | None, *, hold: bool = False) -> Answer:
    if not contradicts(code, kind):
        return met()
    facts = {"kind": kind, "uscc": code, "registered": registered_as(str(code))}
    return to_find("another_kind", hold=hold, facts=facts)


def trainees_within_staff(view: View) -> Answer:
    """(十三): more people in training than the firm has insured, or employs."""
    staff = view.facts.get("insured_staff")
    if staff is None:
        staff = view.enterprise.get("employees")
    trainees = len(view.facts.get("trainees") or ())
    if staff is None or trainees <= staff:
        return met()
    return to_find("more_than_staff", hold=True, facts={"trainees": trainees, "staff": staff})


def training_in_window(view: View) -> Answer:
    """(十三): training on days that the city's rules do not cover."""
    started, ended = view.facts.get("training_from"), view.facts.get("training_to")
    first, last = view.day("m13.training_from"), view.day("m13.training_to")
    days = [date.fromisoformat(day) for day in (started, ended) if day]
    if all(first <= day <= last for day in days):
        return met()
    return to_find(
        "outside_window",
        facts={
            "window_from": first.isoformat(),
            "window_to": last.isoformat(),
            "training_from": started or "",
            "training_to": ended or "",
        },
    )
