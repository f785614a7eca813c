"""What a landlord or the operator of a 载体 did for its tenants: conditions 2.1 to 2.6 and 2C."""

from __future__ import annotations

from rules.answers import failed, met, missing, open_question, to_find
from rules.conditions.subject import FIRMS, sme_stated_or_sized
from rules.keys import lease_id
from rules.model import Answer
from rules.money import exact, to_fen
from rules.provision import View
from rules.rent import SHARES
from vocabulary.forms import (
    Carrier,
    EnterpriseKind,
    Holding,
    Owner,
    Relief,
    TenantKind,
)


def lawful_enterprise(view: View) -> Answer:
    """2.1 合法经营企业: an enterprise (Q17) with the right to let, not known to break the law."""
    return _lawful(view, other_kinds="Q17", held=True)


def lawful_operator(view: View) -> Answer:
    """2.1 by reference from (二): an operator that is not an enterprise is a reading (Q19)."""
    return _lawful(view, other_kinds="Q19", held=False)


def _lawful(view: View, *, other_kinds: str, held: bool) -> Answer:
    kind, landlord = view.enterprise.get("kind"), view.facts.get("landlord")
    facts = {"kind": kind}
    if kind == EnterpriseKind.NATURAL_PERSON or landlord == Owner.INDIVIDUAL:
        return failed("natural_person", question="Q17")
    if view.facts.get("holding") == Holding.NONE:
        return failed("no_right_to_let")
    if view.facts.get("operates_lawfully") is False:
        return failed("admitted")
    if kind == EnterpriseKind.PUBLIC_BODY and held:
        return failed("public_body", question="Q17", facts=facts)
    if landlord == Owner.MUNICIPAL_SOE:
        return failed("municipal_soe", question="Q15", referral="city_scheme", refers=True)
    if landlord is None:
        return missing("/facts/landlord")
    if landlord == Owner.OTHER_DISTRICT_SOE:
        return open_question("Q15", "other_district_soe", hold=True, referral="city_scheme")
    if kind not in FIRMS:
        return open_question(other_kinds, "not_an_enterprise", hold=held, facts=facts)
    central = "Q15" if landlord == Owner.CENTRAL_SOE else None
    return met(question=central, facts={**facts, "landlord": landlord})


def own_premises(view: View) -> Answer:
    """2.house 其房屋: its own, or sublet; then only what it bore itself counts (Q10)."""
    holding = view.facts.get("holding")
    if holding is None:
        return missing("/facts/holding")
    if holding == Holding.NONE:
        return met("no_right")  # 2.1 refuses it
    if holding != Holding.SUBLET:
        return met(facts={"holding": holding})
    received = view.facts.get("received_from_above")
    if received is None:
        return missing("/facts/received_from_above")
    return open_question("Q10", "sublet", facts={"received_from_above": received})


def kind_of_carrier(view: View) -> Answer:
    """2C.1 特色园 … 等各类载体: the named kinds, or one for a person to accept (等, Q19)."""
    carrier = view.facts.get("carrier")
    if carrier is None:
        return missing("/facts/carrier")
    facts = {"carrier": carrier}
    if carrier == Carrier.OTHER:
        return open_question("Q19", "other_carrier", facts=facts)
    return met(facts=facts)


def cut_in_months(view: View) -> Answer:
    """2.2 在疫情期间, 2C.2 延长至4月: a cut of March or April rent (Q13), which the rent bounds."""
    rows = view.item.get("months") or ()
    if not rows:
        return missing(view.at("months"))
    absent = [n for n, row in enumerate(rows) if row.get("reduction") is None]
    if absent:
        return missing(*(view.at(f"months/{n}/reduction") for n in absent))
    earlier = view.months("rent.earlier_months")
    february = "february_rent" if any(row["month"] in earlier for row in rows) else None
    months = {"months": "、".join(sorted(row["month"] for row in rows))}
    covered = view.months("rent.months")
    unbounded = [
        view.at(f"months/{n}/rent_due")
        for n, row in enumerate(rows)
        if row["month"] in covered and exact(row["reduction"]) and row.get("rent_due") is None
    ]
    if unbounded:
        return missing(*unbounded)
    given = [exact(row["reduction"]) for row in rows if row["month"] in covered]
    if not given:
        return failed("months_outside", question="Q13", referral=february, facts=months)
    if not any(given):
        return failed("nothing_cut", facts=months)
    if agreed_outside(view):
        agreed = {"agreed_on": view.item["agreed_on"]}
        return open_question("Q13", "agreed_outside", hold=True, referral=february, facts=agreed)
    return met(referral=february, facts=months)


def agreed_outside(view: View) -> bool:
    """Whether a cut was agreed before the year of the months it is of, or is not agreed yet."""
    agreed = view.item.get("agreed_on")
    year = min(view.months("rent.months"))[:4]
    return agreed is not None and (agreed[:4] < year or agreed > view.case.received_on.isoformat())


def as_required(view: View) -> Answer:
    """2.3 按要求: a district state-owned landlord must have given the full share (Q14)."""
    landlord = view.facts.get("landlord")
    if landlord is None:
        return missing("/facts/landlord")
    if landlord != Owner.DISTRICT_SOE:
        return met("agreed", facts={"landlord": landlord})
    covered = view.months("rent.months")
    rows = [
        (n, row) for n, row in enumerate(view.item.get("months") or ()) if row["month"] in covered
    ]
    absent = [
        view.at(f"months/{n}/{name}")
        for n, row in rows
        for name in ("rent_due", "reduction")
        if row.get(name) is None
    ]
    use = view.item.get("use")
    if use is None:
        absent.append(view.at("use"))
    if absent:
        return missing(*absent)
    due = sum([exact(row["rent_due"]) for _, row in rows])
    cut = sum([exact(row["reduction"]) for _, row in rows])
    share = view.number(SHARES[use]) if use in SHARES else 1
    given = all(exact(row["reduction"]) >= exact(row["rent_due"]) * share for _, row in rows)
    raised = view.item.get("raised_amount") or "0"
    facts = {"use": use, "rent_due": str(to_fen(due)), "reduction": str(to_fen(cut))}
    if given and not exact(raised):
        return met("in_full", question="Q14", facts=facts)
    if use not in SHARES:
        return open_question("Q6", "mixed_use", hold=True, facts=facts)
    if given:
        again = {**facts, "raised_amount": raised}
        return open_question("Q14", "raised_again", hold=True, facts=again)
    return open_question("Q14", "less_than_required", hold=True, facts=facts)


def tenant_is_sme(view: View) -> Answer:
    """2.4 为承租其房屋的中小微企业: by 300号 or by statement; others are a ruling's (Q12)."""
    return _tenant(view, others=None)


def resident_is_sme(view: View) -> Answer:
    """2.4 by reference from (二): residents that are not enterprises are a ruling's (Q19)."""
    return _tenant(view, others="Q19")


def _tenant(view: View, *, others: str | None) -> Answer:
    kind = view.item.get("tenant_kind")
    absent = [] if lease_id(view.item) else [view.at("lease_no")]
    if not view.item.get("tenant_uscc") and not view.item.get("tenant_name"):
        absent.append(view.at("tenant_uscc"))
    if kind is None:
        absent.append(view.at("tenant_kind"))
    facts = {"tenant_kind": kind}
    if kind in (TenantKind.OTHER, TenantKind.UNREGISTERED) and others is None:
        return failed("not_an_enterprise", facts=facts)
    if absent:
        return missing(*absent)
    if kind == TenantKind.INDIVIDUAL_BUSINESS:
        return open_question("Q12", "individual", hold=True, facts=facts)
    if kind == TenantKind.SCHOOL:
        state_owned = view.facts.get("landlord") == Owner.DISTRICT_SOE
        reason = "school" if state_owned else "school_elsewhere"
        return open_question("Q11", reason, hold=not state_owned, facts=facts)
    if kind in (TenantKind.ENTERPRISE, TenantKind.BRANCH):
        return sme_stated_or_sized(view)
    return open_question(others or "Q12", "unregistered", hold=True, facts=facts)


def really_reduced(view: View) -> Answer:
    """2.5 减免租金: a real reduction, not a deferral, not recovered later.

    What a later rise brings in is asked for and taken off; whether anything was really cut waits.
    """
    relief = view.item.get("relief")
    if relief is None:
        return missing(view.at("relief"))
    if relief != Relief.REDUCED:
        return failed(facts={"relief": relief})
    if not view.item.get("rent_raised_later"):
        return met(facts={"relief": relief})
    raised = view.item.get("raised_amount")
    if raised is None:
        return missing(view.at("raised_amount"))
    return to_find("raised_later", hold=True, facts={"relief": relief, "raised_amount": raised})


def premises_in_district(view: View) -> Answer:
    """2.place: no place is printed; district money for district property until ruled (Q16)."""
    place = view.item.get("premises_district")
    if place is None:
        return missing(view.at("premises_district"))
    facts = {"premises_district": place}
    if place != view.notice.district:
        return open_question("Q16", "elsewhere", hold=True, facts=facts)
    return met(facts=facts)


def subsidised_once(view: View) -> Answer:
    """2.once: the same cut is not subsidised by another public body too (Q34)."""
    if view.item.get("subsidised_elsewhere"):
        return failed(question="Q34")
    return met("not_subsidised")
