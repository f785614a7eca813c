"""(六) second sentence: guarantee institutions that lent SMEs their guarantee below 2 %.

50 % of the real cut of fees below 2 % (Q24, reading R2), summed over guarantees, at most
5,000,000 yuan per legal person as a running total (Q27). Clause: (六).
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.conditions import doubts, guarantee, subject
from rules.guarantee import fees, fees_missing
from rules.keys import contract_id, guarantee_account, guarantee_key, guarantee_particulars
from rules.model import Line
from rules.money import percent, show
from rules.provision import Cap, Condition, Finder, Kind, Provision, View

SHARE = "m06.share"


def lines(view: View) -> Iterator[Line]:
    """One line per guarantee: the cut in yuan × the share."""
    if fees_missing(view.item) or not contract_id(view.item):
        return
    found, share = fees(view.item, view.number(guarantee.LIMIT)), view.number(SHARE)
    limit = f"按{percent(view.number(guarantee.LIMIT))}计算的费用{show(found.benchmark)}"
    if found.before is not None:
        limit = f"降费前费用{show(found.before)}与{limit}中的较小者"
    gap = f"{limit} － 现收费用{show(found.charged)}"
    if not found.cut:
        gap += "，不低于0"
    yield Line(
        view.item_id or "",
        f"担保合同{view.item['contract_no']}",
        f"（{gap}）× {percent(share)} = {show(found.cut * share)}",
        found.cut * share,
        key=guarantee_key(view.case, view.item),
        particulars=guarantee_particulars(view.item),
        reason=None if found.cut else "no_fee_cut",
    )


PROVISION = Provision(
    code="m06_guarantee",
    kind=Kind.BENEFIT,
    conditions=(
        Condition("6.place", subject.located, Finder.REFUTES),
        Condition("6.1", guarantee.guarantee_institution, Finder.OPEN),
        Condition("6.4", subject.left_to_finding, Finder.SETTLES),
        Condition("6.6", guarantee.one_legal_person, Finder.OPEN),
        Condition("legal_form", doubts.kind_fits_code, Finder.OPEN, doubt=True),
    ),
    items="guarantees",
    items_code="6.items",
    item_conditions=(
        Condition("6.contract", guarantee.contract_named),
        Condition("6.2", guarantee.helps_sme, Finder.OPEN),
        Condition("6.3", guarantee.loan_disbursed, Finder.OPEN),
        Condition("6.term", guarantee.one_fee_year, Finder.OPEN),
        Condition("6.half", guarantee.fees_halved, Finder.OPEN),
        Condition("6.5", guarantee.rate_below_limit, Finder.OPEN),
        Condition("6.7", guarantee.cut_is_real, Finder.OPEN),
        Condition("6.form", doubts.borrower_fits_code, Finder.OPEN, doubt=True),
    ),
    lines=lines,
    parameters=(guarantee.LIMIT, SHARE, "m06.cap", "m06.disbursed_from", "m06.disbursed_to"),
    cap=Cap(guarantee_account, "m06.cap"),
)
