"""Which bureau leads an application and which are told, as data with reasons.

The notice's data holds, per provision, ordered rules: a predicate, the contact that leads when
it holds, and the reason shown. The first that holds leads; later ones that hold are copied; each
list ends with a rule that always holds, so a route to nobody cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rules.model import Case
from rules.notice import Notice


@dataclass(frozen=True, slots=True)
class Routed:
    """One contact on the route: bureau id, contact id of the notice's data, reason id."""

    bureau: str
    contact: str
    reason: str

    def document(self) -> dict[str, str]:
        """JSON-ready form."""
        return {"bureau": self.bureau, "contact": self.contact, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Route:
    """Exactly one lead, and the bureaus that are told as well (never the lead again).

    ``questions``: the open questions it rests on.
    """

    lead: Routed
    copies: tuple[Routed, ...]
    questions: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """JSON-ready form, stored with the assessment."""
        return {
            "lead": self.lead.document(),
            "copies": [copy.document() for copy in self.copies],
        }

    def added_to(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """An assessment's document with the route and the questions the route rests on."""
        whole = {**document, "route": self.document()}
        if self.questions:
            whole["questions"] = [*document.get("questions", ()), *self.questions]
        return whole


class NoRoute(LookupError):
    """The routing data leads nowhere; the loader's checks make this unreachable."""


def route(provision: str, case: Case, notice: Notice) -> Route:
    """The route of a case. Raises :class:`NoRoute` if the data names no lead."""
    found: list[Routed] = []
    matched = 0
    always: list[Routed] = []
    for rule in notice.routing[provision]:
        residual = rule["when"] == "otherwise" and not rule.get("only_copy")
        if residual and found:
            continue  # the residual bureau stands in for a rule that matches; it is not another
        if not PREDICATES[rule["when"]](case):
            continue
        named = [
            Routed(notice.contacts[contact]["bureau"], contact, rule["reason"])
            for contact in rule["to"]
        ]
        (always if rule.get("only_copy") else found).extend(named)
        matched += not rule.get("only_copy")
    if not found:
        raise NoRoute(provision)
    lead, *rest = found
    copies: dict[str, Routed] = {}
    for routed in (*rest, *always):
        if routed.contact != lead.contact:
            copies.setdefault(routed.contact, routed)
    return Route(
        lead, tuple(copies.values()), _questions(notice, (lead, *copies.values()), matched)
    )


def _questions(notice: Notice, reached: Sequence[Routed], matched: int) -> tuple[str, ...]:
    """The questions a route rests on: several bureaus' fields match, a bureau has two desks."""
    asked = (notice.several_lead,) if matched > 1 else ()
    if any(routed.reason in notice.desk_reasons for routed in reached):
        asked = (*asked, notice.two_desks)
    return tuple([each for each in asked if each])


def residual(provision: str, notice: Notice) -> Routed:
    """The contact that leads when no other rule holds, and takes over what the rules could not
    decide; without a reason of the notice's. Raises :class:`NoRoute`."""
    for rule in reversed(notice.routing[provision]):
        if rule["when"] == "otherwise" and not rule.get("only_copy"):
            contact = rule["to"][0]
            return Routed(notice.contacts[contact]["bureau"], contact, "")
    raise NoRoute(provision)


Predicate = Callable[[Case], bool]


def _any_lease(name: str, *values: str) -> Predicate:
    def holds(case: Case) -> bool:
        items = (*(case.facts.get("leases") or ()), *(case.facts.get("shops") or ()))
        return any(item.get(name) in values for item in items)

    return holds


def _any_tenant(name: str, *values: str) -> Predicate:
    return lambda case: any(t.get(name) in values for t in case.facts.get("tenants") or ())


def _fact(name: str, *values: Any) -> Predicate:
    return lambda case: case.facts.get(name) in values


def _lists(name: str, value: str) -> Predicate:
    return lambda case: value in (case.facts.get(name) or ())


def _enterprise(name: str, *values: Any) -> Predicate:
    return lambda case: case.enterprise.get(name) in values


def _any_of(*predicates: Predicate) -> Predicate:
    return lambda case: any(predicate(case) for predicate in predicates)


PREDICATES: Mapping[str, Predicate] = {
    "otherwise": lambda _: True,
    "lease_from_district_soe": _any_lease("owner", "district_soe"),
    "landlord_is_district_soe": _fact("landlord", "district_soe"),
    "in_park": _fact("in_park", True),
    "culture_park": _fact("carrier", "culture_park"),
    "technology_carrier": _fact("carrier", "incubator", "makerspace"),
    "commerce": _any_of(
        _enterprise("industry", "catering", "accommodation"),
        _fact("business", "commerce"),
    ),
    "retail": _any_of(_enterprise("industry", "retail", "wholesale"), _fact("business", "retail")),
    "tenants_commerce": _any_of(
        _any_tenant("industry", "catering", "accommodation"), _fact("business", "commerce")
    ),
    "tenants_retail": _any_of(
        _any_tenant("industry", "retail", "wholesale"), _fact("business", "retail")
    ),
    "tenant_school": _any_tenant("tenant_kind", "school"),
    "trade_convenience": _fact("trade", "convenience"),
    "of_individual": _any_of(
        _enterprise("kind", "individual_business"),
        _fact("outlet", "individual_business"),
        _any_tenant("tenant_kind", "individual_business"),
    ),
    "culture_tourism": _fact("business", "culture_tourism"),
    "finance": _fact("business", "finance"),
    "sector_technology": _fact("sector", "technology"),
    "sector_life_service": _fact("sector", "life_service"),
    "sector_without_bureau": _fact("sector", "city_operation", "other"),
    "kindergarten": _fact("school", "kindergarten"),
    "buys_government": _lists("purchases", "government"),
    "buys_state_owned": _lists("purchases", "state_owned"),
    "publicity": _lists("purchases", "publicity"),
    "voucher_gift_pack": _fact("voucher", "gift_pack"),
    "voucher_culture": _any_of(_fact("voucher", "culture"), _fact("bookshop", True)),
    "building_site": _any_of(
        _fact("business", "construction"), _enterprise("industry", "construction")
    ),
    "shops": _any_of(
        _fact("business", "commerce", "retail"),
        _enterprise("industry", "catering", "accommodation", "retail", "wholesale"),
    ),
    "technology_firm": _any_of(
        _fact("business", "technology"), _enterprise("industry", "software", "information")
    ),
    "licence_matter": _any_of(_fact("business", "market"), _fact("obstacle", "licence")),
    "staff_matter": _fact("obstacle", "staff"),
    "field_rent": _fact("field", "rent"),
    "field_finance": _fact("field", "finance"),
    "field_reopening": _fact("field", "reopening"),
}
"""Predicate name in the notice's routing -> test on the case."""
