"""Who settles a condition, and who decides a case: said once, for texts, answers and rights.

The notice's data names a decider of every provision and condition, and for a single reason of a
condition another one. "The lead" is whoever leads, also after a transfer; 行业主管部门 is the lead
or whom the route names as such; a bureau that is not on the case cannot act, then it is the lead's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rules.notice import Notice

COMPUTER: Final = "computer"
INDUSTRY_DEPARTMENT: Final = "industry_department"

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OnCase:
    """The bureaus of a case: the lead (None before there is a route), those copied, and of these
    the ones that the route names as the industry's department."""

    lead: str | None
    copied: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides: as the notice's data calls it, and the bureaus which that comes to."""

    role: str
    bureaus: tuple[str, ...]

    def name(self, notice: Notice) -> str:
        """Its Chinese name, as it stands in sentences and answers."""
        named = notice.name_of(self.role)
        if self.role == COMPUTER:
            return named  # whoever leads may still refute it, but nobody needs to settle it
        names = "、".join(notice.name_of(bureau) for bureau in self.bureaus)
        return named if not names or names == named else f"{named}（{names}）"


def on_case(
    document: Document, notice: Notice, lead: str | None = None, copied: Sequence[str] | None = None
) -> OnCase:
    """The bureaus of an assessed case; lead and copied as they are by now, else by its route."""
    route = document.get("route")
    if route is None:
        return OnCase(lead, tuple(copied or ()))
    told = [copy["bureau"] for copy in route["copies"]] if copied is None else copied
    leads = lead or route["lead"]["bureau"]
    industry = [
        copy["bureau"]
        for copy in route["copies"]
        if copy["reason"] in notice.industry_reasons and copy["bureau"] in told
    ]
    return OnCase(leads, tuple(told), tuple(industry))


def of_condition(notice: Notice, condition: str, reason: str | None, bureaus: OnCase) -> Decider:
    """Who finds a condition that was answered for this reason."""
    text = notice.conditions[condition]
    return _resolved(text.get("deciders", {}).get(reason, text["decider"]), notice, bureaus)


def of_provision(notice: Notice, provision: str, bureaus: OnCase) -> Decider:
    """Who decides a case of a provision: one bureau, or the body above them."""
    found = _resolved(notice.provisions[provision]["decider"], notice, bureaus)
    return Decider(found.role, found.bureaus[:1])


def of_row(notice: Notice, row: Document, bureaus: OnCase) -> Decider:
    """Who finds the condition of a finding in an assessment's document."""
    return of_condition(notice, row["code"], row.get("asked", row["reason"]), bureaus)


def finders(
    notice: Notice, document: Document, bureaus: OnCase, condition: str, item: str | None
) -> tuple[str, ...]:
    """The bureaus that may find a condition of a case, for one item or for all that ask it.

    For all: those that may for each. None, where different bodies must find different items.
    """
    rows = [
        row
        for row in document["findings"]
        if row["code"] == condition and item in (None, row.get("item"))
    ]
    found = [of_row(notice, row, bureaus).bureaus for row in rows]
    if not found:
        return of_condition(notice, condition, None, bureaus).bureaus
    first, *others = found
    return tuple(bureau for bureau in first if all(bureau in other for other in others))


def _resolved(decider: str, notice: Notice, bureaus: OnCase) -> Decider:
    if decider == notice.above_bureaus or decider in bureaus.copied or decider == bureaus.lead:
        return Decider(decider, (decider,))
    leading = (bureaus.lead,) if bureaus.lead else ()
    if decider == INDUSTRY_DEPARTMENT:
        return Decider(decider, tuple(dict.fromkeys((*leading, *bureaus.industry))))
    if decider in notice.bureaus and bureaus.lead is None:
        return Decider(decider, (decider,))
    # A computer's answer may still be refuted: by whoever leads.
    return Decider(decider if decider not in notice.bureaus else "lead", leading)
