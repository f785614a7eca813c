"""Landlords' rent cuts, (一) second paragraph and (二): a share of what was really given up.

Exact yuan. Q13: March and April rent only; Q18: a flat share without a cap, as printed; Q10: a
sublessor's cut counts net of what it received from above itself. A cut counts net of what a later
rise of the rent brought back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.keys import cut_key, lease_particulars
from rules.model import COUNTED, EXCLUDED, Line
from rules.money import Exact, exact, percent, show
from rules.provision import View
from rules.rent import month_label, outside_reason
from vocabulary.forms import Holding

SHARE = "m01.landlord_share"
PARAMETERS = ("rent.months", SHARE)


def cut_lines(view: View) -> Iterator[Line]:
    """One line per month of a tenant's row: the cut, less what a rise brought back, × the share.

    Lines carry their one-benefit key (Q34); months outside the notice are EXCLUDED with what they
    would come to.
    """
    covered, share = view.months("rent.months"), view.number(SHARE)
    key = cut_key(view.enterprise, view.item)
    who = view.item.get("tenant_name") or view.item.get("tenant_uscc") or "承租方"
    raised = exact(view.item.get("raised_amount") or "0")
    for row in view.item.get("months") or ():
        if row.get("reduction") is None:
            continue
        month, cut = row["month"], exact(row["reduction"])
        outside = month not in covered
        if cut and not outside and row.get("rent_due") is None:
            continue  # nothing bounds it yet
        back = 0 if outside else min(raised, cut)
        raised -= back
        net = cut - back
        of = f"({show(cut)} － 上调后多收{show(back)})" if back else show(cut)
        yield Line(
            view.item_id or "",
            f"{who} {month_label(month)}",
            f"{of} × {percent(share)} = {show(net * share)}",
            net * share,
            EXCLUDED if outside else COUNTED,
            key=None if outside else f"{key}:{month}",
            reason=outside_reason(view, month) if outside else _why_nothing(cut, net),
            question="Q13" if outside else "Q18",
            particulars=lease_particulars(view.item, row),
        )


def _why_nothing(cut: Exact, net: Exact) -> str | None:
    """The sentence that says why a month comes to nothing."""
    if net:
        return None
    return "raised_back" if cut else "nothing_cut_then"


def net_of_received(view: View, lines: Sequence[Line]) -> Iterator[Line]:
    """A sublessor's deduction (Q10): what it received from above × the share, down to nothing.

    Takes view of the whole form, the lines of all tenants. Returns at most one line below zero.
    """
    received = view.facts.get("received_from_above")
    if view.facts.get("holding") != Holding.SUBLET or received is None:
        return
    counted = sum([line.amount for line in lines if line.standing is COUNTED])
    share = view.number(SHARE)
    less = min(exact(received) * share, counted)
    if less:
        limit = "，以计入金额为限" if less < exact(received) * share else ""
        yield Line(
            "",
            "减：上游产权单位给予的减免",
            f"－ {show(exact(received))} × {percent(share)}{limit} = －{show(less)}",
            -less,
            reason="received_as_much" if less == counted else None,
            question="Q10",
        )
