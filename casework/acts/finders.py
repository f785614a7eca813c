"""Who may find what: the body that the notice's data names for a condition, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rules.notice import Notice

INDUSTRY_DEPARTMENT: Final = "industry_department"

Document = Mapping[str, Any]


def finders(
    notice: Notice, document: Document, lead: str | None, copied: Sequence[str], condition: str
) -> tuple[str, ...]:
    """The bureaus that may find a condition of a case.

    Takes the assessment in force, who leads the case and who is copied. "The lead" is whoever
    leads, also after a transfer; the industry department (行业主管部门) is the lead or whom the
    route names as such. A bureau that is not on the case cannot act: then it is the lead's.
    """
    decider = notice.conditions[condition]["decider"]
    if decider in (*copied, notice.above_bureaus):
        return (decider,)
    leading = (lead,) if lead else ()
    if decider != INDUSTRY_DEPARTMENT:
        return leading
    named = [
        routed["bureau"]
        for routed in document["route"]["copies"]
        if routed["reason"] in notice.industry_reasons and routed["bureau"] in copied
    ]
    return tuple(dict.fromkeys((*leading, *named)))


def waiting(document: Document) -> list[Mapping[str, Any]]:
    """The findings of an assessment that wait for an official."""
    return [
        row
        for row in document["findings"]
        if row["result"] == "unknown" and row.get("cause") != "missing"
    ]
