"""Its provisions: one of the packaged rules as it is, one under another code, one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rules.answers import failed, met, missing, to_find
from rules.keys import identity
from rules.model import Answer, Line
from rules.money import show
from rules.provision import Condition, Finder, Kind, Provision, View
from rules.provisions import m01_tenant, m05_finance

MONTHS = "s02.months"
YUAN = "s02.yuan"


def verified(_: View) -> Answer:
    """2.verified 经核实: the winter office looks."""
    return to_find()


def in_months(view: View) -> Answer:
    """2.month: a stall stood in a month that the notice names."""
    month = view.item.get("month")
    if month is None:
        return missing(view.at("month"))
    return met() if month in view.months(MONTHS) else failed()


def lines(view: View) -> Iterator[Line]:
    """Per month: stalls × yuan."""
    month, count = view.item.get("month"), view.item.get("count")
    if month not in view.months(MONTHS) or count is None:
        return
    yuan = view.number(YUAN)
    steps = f"{count} × {show(yuan)} = {show(count * yuan)}"
    key = f"stall:{identity(view.enterprise)}:{month}"
    yield Line(view.item_id or "", f"{month} 摊位", steps, count * yuan, key=key)


PROVISIONS = {
    "m01_tenant": m01_tenant.PROVISION,
    "s02_stalls": Provision(
        code="s02_stalls",
        kind=Kind.BENEFIT,
        conditions=(Condition("2.verified", verified, Finder.SETTLES),),
        items="stalls",
        items_code="2.items",
        item_conditions=(Condition("2.month", in_months),),
        lines=lines,
        parameters=(MONTHS, YUAN),
    ),
    "s03_loans": replace(m05_finance.PROVISION, code="s03_loans"),
}
