"""(四): directly run chain shops of four trades, set up as branches.

30 % of the rent actually borne and paid for March and April 2020 (Q22). Rent that (一) or (三)
waived for the same lease and month is not borne (Q23), whether the branch or the enterprise it
belongs to is the tenant there, and whichever was granted first. What is only asked for there has
waived nothing yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rules.conditions import chains, doubts, enterprise, premises
from rules.conditions.subject import left_to_finding
from rules.keys import (
    differ,
    identity,
    lease_id,
    lease_particulars,
    leases_at,
    rent_key,
    shared_leases,
    shop_key,
)
from rules.model import Case, Line, Share, Taken
from rules.money import Exact, exact, percent, show
from rules.provision import Condition, Finder, Kind, Provision, View
from rules.rent import leased, month_label, outside_reason
from vocabulary.outcomes import Standing

SHARE = "m04.share"


def lines(view: View) -> Iterator[Line]:
    """Per month: rent borne and paid × the share; unpaid rent held, waived rent and what was paid
    beyond the rent borne shown apart."""
    branch, _ = chains.branch_of(view.case)
    shop = shop_key(branch or {}, view.item)
    covered, share = view.months("rent.months"), view.number(SHARE)
    for row in view.item.get("months") or ():
        if row.get("paid") is None:
            continue
        month = row["month"]
        label = month_label(month)
        if month in covered and chains.bounds_missing(view, row):
            continue
        paid, borne = exact(row["paid"]), _borne(row)
        actual = min(paid, borne)
        reason = outside_reason(view, month) if month not in covered else None
        if reason is None and not leased(view.item, month):
            reason = "no_lease"
        if reason is not None:
            yield _line(view, label, actual, share, standing=Standing.EXCLUDED, reason=reason)
            continue
        if paid > borne:
            yield _line(
                view,
                f"{label}（多缴部分）",
                paid - borne,
                share,
                standing=Standing.EXCLUDED,
                reason="paid_beyond",
                question="Q22",
            )
        waiver = _waiver(view.case, view.item, month)
        unseen = _unseen(row, waiver)
        waived = min(unseen, actual)
        yield _line(
            view,
            label,
            actual - waived,
            share,
            key=f"{shop}:{month}",
            earlier=waiver.receipt if waiver and not waived else None,
            particulars=lease_particulars(view.item, row),
            reason=_why_nothing(borne, paid, actual - waived),
            of=_declared(row),
        )
        if waived and waiver:
            standing, why = _of_waived(waiver, lease_particulars(view.item, row))
            yield _line(
                view,
                f"{label}（已免收）",
                waived,
                share,
                standing=standing,
                reason=why,
                question="Q23",
                earlier=waiver.receipt,
            )
        unpaid = borne - paid - (unseen - waived)
        if unpaid > 0:
            yield _line(
                view,
                f"{label}（未缴部分）",
                unpaid,
                share,
                standing=Standing.HELD,
                reason="unpaid",
                question="Q22",
            )


def _of_waived(waiver: Taken, told_by: str) -> tuple[Standing, str]:
    """How rent stands that was waived under the same number, and the name of the sentence."""
    if differ(told_by, waiver.particulars):
        return Standing.HELD, "same_number_before"
    return Standing.EXCLUDED, "waived_already"


def _why_nothing(borne: Exact, paid: Exact, counted: Exact) -> str | None:
    """The sentence that says why a month comes to nothing."""
    if counted:
        return None
    if not borne:
        return "nothing_borne"
    return "waived_elsewhere" if paid else "nothing_paid"


def _line(view: View, label: str, rent: Exact, share: Exact, of: str = "", **standing: Any) -> Line:
    steps = f"{show(rent)}{of} × {percent(share)} = {show(rent * share)}"
    return Line(view.item_id or "", label, steps, rent * share, **standing)


def _declared(row: Mapping[str, Any]) -> str:
    """The rent, the cut and what was paid as declared, where they are more than one figure."""
    if row.get("rent_due") is None:
        return ""
    cut = exact(row.get("reduction") or "0")
    less = f" － 减免{show(cut)}" if cut else ""
    return f"（应付{show(exact(row['rent_due']))}{less}，已缴{show(exact(row['paid']))}）"


def _borne(row: Mapping[str, Any]) -> Exact:
    """Rent due less every cut; what was paid where a month outside the notice has no rent due."""
    if row.get("rent_due") is None:
        return exact(row["paid"])
    return max(0, exact(row["rent_due"]) - exact(row.get("reduction") or "0"))


def _rent_keys(case: Case, shop: Mapping[str, Any], month: str) -> tuple[str, ...]:
    """The keys under which (一) or (三) waives a shop's rent: the tenant in the lease is the branch
    or, as a branch is no legal person, the enterprise it belongs to."""
    tenants = [chains.branch_of(case)[0] or {}]
    parent, _ = chains.parent_of(case)
    # Without a number or an address every lease of a chain would be the same one.
    if parent and lease_id(shop):
        tenants.append(parent)
    return tuple(dict.fromkeys(f"{rent_key(tenant, shop)}:{month}" for tenant in tenants))


def _waiver(case: Case, shop: Mapping[str, Any], month: str) -> Taken | None:
    """The waiver of the same rent under (一) or (三), if one was granted."""
    taken = case.context.taken
    found = [taken[key] for key in _rent_keys(case, shop, month) if key in taken]
    return max(found, key=lambda each: each.amount, default=None)


def _unseen(row: Mapping[str, Any], waiver: Taken | None) -> Exact:
    """Yuan waived elsewhere that the row's own reduction does not show yet."""
    if waiver is None:
        return 0
    return max(0, exact(str(waiver.amount)) - exact(row.get("waived_under_m01") or "0"))


def waivers(case: Case) -> tuple[str, ...]:
    """The keys under which (一) or (三) would waive the same rent."""
    return tuple(
        key
        for shop in case.facts.get("shops") or ()
        for row in shop.get("months") or ()
        for key in _rent_keys(case, shop, row["month"])
    )


def same_leases(case: Case) -> tuple[str, ...]:
    """Keys of the shops' leases by their address, whoever of the two is the tenant."""
    shops = case.facts.get("shops") or ()
    tenants = (chains.branch_of(case)[0], chains.parent_of(case)[0])
    return tuple(key for each in tenants if each for key in leases_at(each, shops))


def _whose_leases(case: Case) -> tuple[Share, ...]:
    both = (chains.branch_of(case)[0], chains.parent_of(case)[0])
    tenants = [identity(each) for each in both if each]
    return shared_leases(case.facts.get("shops") or (), *tenants)


PROVISION = Provision(
    code="m04_chain_shop",
    kind=Kind.BENEFIT,
    conditions=(
        Condition("4.1", left_to_finding, Finder.SETTLES),
        Condition("4.2", chains.parent_in_district, Finder.OPEN),
        Condition("4.3", chains.one_of_four_trades),
        Condition("4.4", chains.a_branch),
        Condition("4.5", chains.directly_run_chain, Finder.OPEN),
        Condition("1.1", chains.branch_in_district, Finder.REFUTES),
        Condition("1.2", enterprise.fits_capital_function, Finder.SETTLES),
        Condition("1.3", enterprise.outside_clearance, Finder.SETTLES),
        Condition("1.4", enterprise.operates_lawfully, Finder.SETTLES),
        Condition("1.5", enterprise.in_difficulty, Finder.SETTLES),
        Condition("1.6", chains.branch_is_sme),
        Condition("1.11", premises.operated_as_required, Finder.OPEN),
        Condition("1.12", enterprise.few_dismissals, Finder.OPEN),
        Condition("4.8", left_to_finding, Finder.SETTLES),
        Condition("legal_form", doubts.chain_fits_codes, Finder.OPEN, doubt=True),
    ),
    items="shops",
    items_code="4.items",
    item_conditions=(
        Condition("4.7", chains.bears_the_rent, Finder.OPEN),
        Condition("4.rent", chains.actual_rent_known, Finder.OPEN),
        Condition("1.same", doubts.shop_listed_once, Finder.OPEN, doubt=True),
        Condition("1.itself", doubts.owner_is_another, Finder.OPEN, doubt=True),
    ),
    lines=lines,
    parameters=("rent.months", SHARE, "m04.chain_shops"),
    rests_on=waivers,
    resembles=same_leases,
    shares=_whose_leases,
)
