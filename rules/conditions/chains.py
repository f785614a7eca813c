"""Directly run chain shops of four trades: conditions 4.1 to 4.7 of (四).

(四) asks the conditions of (一) of the branch or shop, and the registration of the enterprise it
belongs to (Q21). Either may apply, so the two are told apart here once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rules.answers import failed, met, missing, open_question, to_find
from rules.conditions.enterprise import places_of, sized, state_owned
from rules.keys import lease_id
from rules.model import Answer, Case
from rules.money import exact
from rules.provision import View
from rules.rent import leased
from vocabulary.forms import Chain, EnterpriseKind, Outlet, Payer, Trade
from vocabulary.outcomes import Truth

Profile = Mapping[str, Any]


def branch_of(case: Case) -> tuple[Profile | None, str]:
    """(the branch's profile or None, the JSON pointer where it stands or would stand)."""
    branch = case.facts.get("branch")
    if branch is not None:
        return branch, "/facts/branch"
    if case.enterprise.get("kind") == EnterpriseKind.BRANCH:
        return case.enterprise, "/enterprise"
    if case.facts.get("outlet") in (Outlet.SUBSIDIARY, Outlet.INDIVIDUAL_BUSINESS):
        return case.enterprise, "/enterprise"
    return None, "/facts/branch"


def parent_of(case: Case) -> tuple[Profile | None, str]:
    """(the chain enterprise's profile or None, the JSON pointer where it stands)."""
    parent = case.facts.get("parent")
    if parent is not None:
        return parent, "/facts/parent"
    if case.enterprise.get("kind") == EnterpriseKind.BRANCH:
        return None, "/facts/parent"
    return case.enterprise, "/enterprise"


def parent_in_district(view: View) -> Answer:
    """4.2 在本区注册纳税: grammatically of the enterprise the branch belongs to (Q21)."""
    parent, pointer = parent_of(view.case)
    if parent is None:
        return missing(pointer)
    answer = places_of(view, parent, pointer, city=False)
    if answer.truth is not Truth.FALSE:
        return answer
    return open_question("Q21", "parent_elsewhere", facts=answer.facts)


def branch_in_district(view: View) -> Answer:
    """1.1 asked of the branch too, by 本条 (Q21)."""
    branch, pointer = branch_of(view.case)
    if branch is None:
        return missing(pointer)
    answer = places_of(view, branch, pointer, city=state_owned(view, "shops"))
    return answer._replace(question="Q21") if answer.truth is Truth.FALSE else answer


def branch_is_sme(view: View) -> Answer:
    """1.6 asked of the branch's own size (Q21): the enterprise behind it may be large."""
    branch, pointer = branch_of(view.case)
    return missing(pointer) if branch is None else sized(branch, view.notice.sizes, pointer)


def one_of_four_trades(view: View) -> Answer:
    """4.3 餐饮、便利店、美容美发、家政4类: a closed list."""
    trade = view.facts.get("trade")
    if trade is None:
        return missing("/facts/trade")
    return failed(facts={"trade": trade}) if trade == Trade.OTHER else met(facts={"trade": trade})


def a_branch(view: View) -> Answer:
    """4.4 以分公司形式设立: not a subsidiary, not a 个体工商户."""
    outlet = view.facts.get("outlet")
    if outlet is None:
        return missing("/facts/outlet")
    facts = {"outlet": outlet}
    if outlet != Outlet.BRANCH:
        return failed(referral="m01_tenant", facts=facts)
    branch, pointer = branch_of(view.case)
    if branch is None or not branch.get("uscc"):
        return missing(pointer if branch is None else f"{pointer}/uscc")
    return met(facts=facts)


def directly_run_chain(view: View) -> Answer:
    """4.5 连锁直营门店: franchise is out; how many shops make a chain is not said."""
    chain, shops = view.facts.get("chain"), view.facts.get("shops_total")
    if chain is None:
        return missing("/facts/chain")
    if chain != Chain.DIRECT:
        return failed(facts={"chain": chain})
    if shops is None:
        return missing("/facts/shops_total")
    facts = {"chain": chain, "shops_total": shops}
    if shops < view.number("m04.chain_shops"):
        return to_find("few_shops", facts=facts)
    return met(facts=facts)


def bears_the_rent(view: View) -> Answer:
    """4.7 且承担房租费用: the branch or shop bears it, not head office (Q21)."""
    payer = view.item.get("rent_borne_by")
    if payer is None:
        return missing(view.at("rent_borne_by"))
    facts = {"rent_borne_by": payer}
    if payer == Payer.BRANCH:
        return met(facts=facts)
    if payer == Payer.PARENT_FOR_BRANCH:
        return open_question("Q21", "paid_for_branch", facts=facts)
    return failed(question="Q21", facts=facts)


def actual_rent_known(view: View) -> Answer:
    """The rent actually paid for March and April can be told from what was given.

    More paid than was due at all counts no further than what was due, and is asked about.
    """
    rows = view.item.get("months") or ()
    absent = [] if lease_id(view.item) else [view.at("lease_no")]
    if not rows:
        absent.append(view.at("months"))
    absent += [view.at(f"months/{n}/paid") for n, row in enumerate(rows) if row.get("paid") is None]
    for n, row in enumerate(rows):
        absent += [view.at(f"months/{n}/{name}") for name in bounds_missing(view, row)]
    if absent:
        return missing(*absent)
    covered = [row["month"] for row in rows if row["month"] in view.months("rent.months")]
    if not covered:
        return failed("months_outside", facts={"months": "、".join(r["month"] for r in rows)})
    if not any(leased(view.item, month) for month in covered):
        return failed(
            "lease_outside", facts={n: view.item.get(n) for n in ("starts_on", "ends_on")}
        )
    if any(row["month"] in covered and _paid_beyond(row) for row in rows):
        return to_find("paid_above_due")
    return met()


def _paid_beyond(row: Profile) -> bool:
    due = row.get("rent_due")
    return due is not None and exact(row["paid"]) > exact(due)


def bounds_missing(view: View, row: Profile) -> list[str]:
    """Names of the facts that bound what was paid, absent of a month that counts."""
    if row["month"] not in view.months("rent.months") or not leased(view.item, row["month"]):
        return []
    absent = [] if row.get("rent_due") is not None else ["rent_due"]
    if exact(row.get("waived_under_m01") or "0") and row.get("reduction") is None:
        absent.append("reduction")
    return absent
