"""When each open question of the notice applies: its register, one predicate a question.

A question applies where its subject comes up in an application: where another reading could have
come to another answer or amount, so that the careful one decided. It is shown then, whatever the
answer. Of what is refused only the questions about the words it is refused on are left: what else
might have been asked makes no difference any more. What routes rest on is in ``OF_ROUTES``; a
question of nothing but visits is in ``OF_VISITS``, whose dates say themselves whose practice they
are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from rules.conditions import chains, training
from rules.conditions.subject import FIRMS
from rules.guarantee import term
from rules.model import EXCLUDED, FALSE, TAKEN, Finding, Line
from rules.money import exact, whole_fen
from rules.provision import View
from rules.rent import asked_months, covered_days
from vocabulary.forms import (
    Carrier,
    EnterpriseKind,
    Guarantor,
    Holding,
    LeaseForm,
    Operation,
    Owner,
    RentBasis,
    TenantKind,
    Use,
)
from vocabulary.outcomes import Outcome

When = Callable[[View], bool]
OfLines = Callable[[Sequence[Line]], bool]

OF_ROUTES: Final = ("Q37", "Q38")
OF_VISITS: Final = ("Q35",)

_UNNAMED = (EnterpriseKind.INDIVIDUAL_BUSINESS, EnterpriseKind.PRIVATE_NON_ENTERPRISE)
_CLOSED = (Outcome.INELIGIBLE, Outcome.REFERRED)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a provision: when it applies, and which conditions its words stand in.

    ``each``: asked of every item. ``about``: codes of conditions; where one of them refuses, the
    question is shown with the refusal.
    """

    question: str
    when: When
    about: frozenset[str] = frozenset()
    each: bool = False


@dataclass(frozen=True, slots=True)
class OfAmount:
    """A question that the lines of arithmetic raise, or an answer that names it."""

    question: str
    when: OfLines


def applying(
    provision: str,
    form: View,
    views: Sequence[View],
    findings: Sequence[Sequence[Finding]],
    lines: Sequence[Line],
    outcome: Outcome,
) -> tuple[str, ...]:
    """The questions that apply to an application, in the register's order.

    Takes the form, its items, the findings of the form and then of each item, the arithmetic, what
    it came to. Of a provision outside the register those that its own answers and lines name.
    """
    against = [{found.code for found in group if found.answer.truth is FALSE} for group in findings]
    refused = outcome in _CLOSED and any(against)
    if provision not in REGISTER:
        shown = _named(findings, against, refused=refused)
        shown += [line.question for line in lines if line.question]
    else:
        named = _named(findings, against, refused=refused)
        shown = _of_register(REGISTER[provision], form, views, against, lines, named, refused)
    rounding = form.notice.rounding
    if rounding and not refused and _part_of_a_fen(lines):
        shown.append(rounding)
    # A rule that several notices share raises what only one of them leaves open.
    known = form.notice.questions
    return tuple([each for each in dict.fromkeys(shown) if each in known])


def _of_register(
    register: Sequence[Asked | OfAmount],
    form: View,
    views: Sequence[View],
    against: Sequence[set[str]],
    lines: Sequence[Line],
    named: Sequence[str],
    refused: bool,
) -> list[str]:
    anywhere = set().union(*against)
    live = [] if refused else views
    dead: list[tuple[View, set[str]]] = []
    if anywhere:
        pairs = list(zip(views, against[1:], strict=True))
        live = [view for view, denied in pairs if not (refused or denied)]
        dead = [(view, denied) for view, denied in pairs if denied]
    shown = []
    for asked in register:
        if isinstance(asked, OfAmount):
            if not refused and (asked.question in named or asked.when(lines)):
                shown.append(asked.question)
        elif not asked.each:
            if (not refused or asked.about & anywhere) and asked.when(form):
                shown.append(asked.question)
        elif _any(asked.when, live) or any(
            asked.about & denied and asked.when(view) for view, denied in dead
        ):
            shown.append(asked.question)
    return shown


def _any(when: When, views: Sequence[View]) -> bool:
    """Whether it holds of any; a loop, as a generator costs more than most predicates."""
    for view in views:  # noqa: SIM110
        if when(view):
            return True
    return False


def of_provision(provision: str) -> tuple[str, ...]:
    """Every question about a provision's own words that can apply under it."""
    return tuple(dict.fromkeys(asked.question for asked in REGISTER.get(provision, ())))


def _named(
    findings: Sequence[Sequence[Finding]], against: Sequence[set[str]], *, refused: bool
) -> list[str]:
    """What the answers themselves name."""
    return [
        found.answer.question
        for group, denied in zip(findings, against, strict=True)
        for found in group
        if found.answer.question and (found.code in denied or not (refused or denied))
    ]


def _always(_: View) -> bool:
    return True


def _form(name: str, *values: Any) -> When:
    return lambda view: view.facts.get(name) in values


def _item(name: str, *values: Any) -> When:
    return lambda view: view.item.get(name) in values


def _kind(*kinds: EnterpriseKind) -> When:
    return lambda view: view.enterprise.get("kind") in kinds


def _either(*predicates: When) -> When:
    return lambda view: any(predicate(view) for predicate in predicates)


def _elsewhere(view: View, profile: Mapping[str, Any] | None, *names: str) -> bool:
    """Whether a place that is given is outside the district."""
    places = [(profile or {}).get(name) for name in names]
    return any(place is not None and place != view.notice.district for place in places)


def _registered_elsewhere(view: View) -> bool:
    return _elsewhere(view, view.enterprise, "registered_in", "taxed_in")


def _chain_elsewhere(view: View) -> bool:
    profiles = (chains.branch_of(view.case)[0], chains.parent_of(view.case)[0])
    return any(_elsewhere(view, each, "registered_in", "taxed_in") for each in profiles)


def _premises_elsewhere(view: View) -> bool:
    return _elsewhere(view, view.item, "premises_district")


def _staff_left(view: View) -> bool:
    """Whether some were dismissed, or left otherwise."""
    before, after = view.facts.get("staff_before"), view.facts.get("staff_after")
    fell = before is not None and after is not None and after < before
    return bool(view.facts.get("dismissed")) or fell


def _left_though_open(view: View) -> bool:
    return view.facts.get("operation") == Operation.OPEN_AS_REQUIRED and _staff_left(view)


def _office_limb(view: View) -> bool:
    """Office rooms of a firm that neither stayed open nor closed by rule, or that let staff go."""
    in_question = view.facts.get("operation") == Operation.NEITHER or _staff_left(view)
    return in_question and view.item.get("use") in (Use.OFFICE, Use.MIXED)


def _use_in_doubt(view: View) -> bool:
    use, stated = view.item.get("use"), view.item.get("stated_use")
    return use == Use.MIXED or (stated is not None and use is not None and stated != use)


def _part_of_month(view: View) -> bool:
    """Whether the lease covers only a part of a month of the notice that is asked for."""
    start, end = view.item.get("starts_on"), view.item.get("ends_on")
    if not start or not end:
        return False
    months = view.months("rent.months")
    if start <= min(months) and end >= f"{max(months)}-31":
        return False  # "2020-03" stands before each of its days: most leases end here
    term_of = date.fromisoformat(start), date.fromisoformat(end)
    asked = [month for month in asked_months(view) if month in months]
    days = [covered_days(month, *term_of) for month in asked]
    return any(0 < covered < of for covered, of in days)


def _relieved(view: View) -> bool:
    """Whether a month asked for was relieved by somebody before."""
    rows = view.item.get("months") or ()
    return bool(rows) and any(exact(row.get("relief_received") or "0") for row in rows)


def _cut_outside(view: View) -> bool:
    covered = view.months("rent.months")
    return any(
        row["month"] not in covered and row.get("reduction") is not None
        for row in view.item.get("months") or ()
    )


def _no_firm_lets(view: View) -> bool:
    kind = view.enterprise.get("kind")
    return (kind is not None and kind not in FIRMS) or view.facts.get(
        "landlord"
    ) == Owner.INDIVIDUAL


def _resident_no_sme(view: View) -> bool:
    kind = view.item.get("tenant_kind")
    return kind in (TenantKind.UNREGISTERED, TenantKind.OTHER, TenantKind.INDIVIDUAL_BUSINESS)


def _shop_relieved(view: View) -> bool:
    """Whether somebody cut a shop's rent: its lease may then be the ground of two claims."""
    rows = view.item.get("months") or ()
    return any(
        exact(row.get(name) or "0") for row in rows for name in ("reduction", "waived_under_m01")
    )


def _not_a_year(view: View) -> bool:
    years = term(view.item)
    return years is not None and years != 1


def _disbursed_in_another_year(view: View) -> bool:
    day = view.item.get("disbursed_on")
    if not day:
        return False
    return (
        not view.day("m06.disbursed_from")
        <= date.fromisoformat(day)
        <= view.day("m06.disbursed_to")
    )


def _training_unfinished(view: View) -> bool:
    hours = view.item.get("class_hours")
    if not hours:
        return False
    return hours < view.number("m13.step_hours") or view.item.get("on_city_list") is False


def _city_day_over(view: View) -> bool:
    return view.case.received_on > view.day("m13.apply_by")


def _line(question: str) -> OfAmount:
    """A question that a line of arithmetic names."""
    return OfAmount(question, lambda lines: any(line.question == question for line in lines))


def _repeated(lines: Sequence[Line]) -> bool:
    return any(
        line.standing is TAKEN or line.reason == "repeated_item" or line.question == "Q34"
        for line in lines
    )


def _part_of_a_fen(lines: Sequence[Line]) -> bool:
    return any(line.standing is not EXCLUDED and not whole_fen(line.amount) for line in lines)


_REPEATED = OfAmount("Q34", _repeated)

_DISMISSALS = Asked("Q4", _staff_left, frozenset({"1.12", "3.6"}))
_STAFF = (
    _DISMISSALS,
    Asked("Q3", _left_though_open, frozenset({"1.12"})),
)
_DIFFICULTY = Asked("Q39", lambda view: "1.5" not in view.case.findings)
_LEASE = (
    Asked("Q6", _use_in_doubt, frozenset({"1.10", "3.4"}), each=True),
    Asked("Q7", _part_of_month, each=True),
    Asked("Q8", _item("rent_basis", RentBasis.QUARTER, RentBasis.YEAR), each=True),
    Asked("Q9", _item("rent_paid", True), each=True),
    Asked("Q10", _item("lease_form", LeaseForm.SUBLEASE), frozenset({"1.7"}), each=True),
    Asked("Q32", _item("fees_included", True), each=True),
    Asked("Q34", _relieved, each=True),
    _REPEATED,
)  # fmt: skip
_CUTS = (
    Asked("Q10", _form("holding", Holding.SUBLET), frozenset({"2.house"})),
    Asked("Q11", _form("landlord", Owner.DISTRICT_SOE)),
    Asked("Q11", _item("tenant_kind", TenantKind.SCHOOL), frozenset({"2.4"}), each=True),
    Asked("Q12", _item("tenant_kind", TenantKind.INDIVIDUAL_BUSINESS), frozenset({"2.4"}),
          each=True),
    Asked("Q13", _cut_outside, frozenset({"2.2", "2C.2"}), each=True),
    Asked("Q14", _always, frozenset({"2.3"})),
    Asked("Q6", _item("use", Use.MIXED), frozenset({"2.3"}), each=True),
    Asked("Q15", _form("landlord", Owner.MUNICIPAL_SOE, Owner.CENTRAL_SOE,
                       Owner.OTHER_DISTRICT_SOE), frozenset({"2.1"})),
    Asked("Q16", _registered_elsewhere),
    Asked("Q16", _premises_elsewhere, frozenset({"2.place"}), each=True),
    Asked("Q18", _always),
    Asked("Q23", _item("tenant_kind", TenantKind.BRANCH), each=True),
    Asked("Q34", _item("subsidised_elsewhere", True), frozenset({"2.once"}), each=True),
    _REPEATED,
)  # fmt: skip
_UNNAMED_ENTERPRISE = Asked("Q12", _kind(*_UNNAMED))

REGISTER: Final[Mapping[str, tuple[Asked | OfAmount, ...]]] = {
    "m01_tenant": (
        Asked("Q1", _registered_elsewhere, frozenset({"1.1"})),
        Asked("Q2", _premises_elsewhere, frozenset({"1.8"}), each=True),
        *_STAFF,
        Asked("Q5", _office_limb, frozenset({"1.11", "1.12"}), each=True),
        _DIFFICULTY,
        *_LEASE,
    ),
    "m01_other": (),
    "m01_landlord": (Asked("Q17", _no_firm_lets, frozenset({"2.1"})), *_CUTS),
    "m02_carrier": (
        Asked("Q17", _either(_kind(EnterpriseKind.NATURAL_PERSON),
                             _form("landlord", Owner.INDIVIDUAL)), frozenset({"2.1"})),
        Asked("Q19", _either(_no_firm_lets, _form("carrier", Carrier.OTHER)),
              frozenset({"2.1", "2C.1"})),
        Asked("Q19", _resident_no_sme, frozenset({"2.4"}), each=True),
        *_CUTS,
    ),
    "m03_school": (
        Asked("Q20", _always, frozenset({"3.1", "3.5"})),
        Asked("Q2", _always, frozenset({"3.3"})),
        _DISMISSALS,
        *_LEASE,
    ),
    "m04_chain_shop": (
        Asked("Q21", _always, frozenset({"4.2", "4.7", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6",
                                         "1.11", "1.12"})),
        Asked("Q1", _chain_elsewhere, frozenset({"4.2", "1.1"})),
        *_STAFF,
        _DIFFICULTY,
        Asked("Q22", _always),
        Asked("Q23", _shop_relieved, each=True),
        _line("Q23"),
        _REPEATED,
    ),
    "m05_finance": (
        Asked("Q41", lambda view: view.enterprise.get("kind") in _UNNAMED
              and view.facts.get("school") != "kindergarten", frozenset({"5.1"})),
    ),
    "m06_fee_halving": (Asked("Q41", _kind(*_UNNAMED), frozenset({"6h.1"})),),
    "m06_guarantee": (
        Asked("Q28", _form("guarantor", Guarantor.PRIVATE), frozenset({"6.1"})),
        Asked("Q12", lambda view: view.item.get("borrower_kind") in _UNNAMED,
              frozenset({"6.2"}), each=True),
        Asked("Q36", lambda view: _elsewhere(view, view.item, "borrower_district"), each=True),
        Asked("Q36", _disbursed_in_another_year, frozenset({"6.3"}), each=True),
        Asked("Q25", _not_a_year, frozenset({"6.term"}), each=True),
        Asked("Q24", _always, frozenset({"6.7"})),
        Asked("Q26", lambda view: len(view.facts.get("guarantees") or ()) > 1),
        Asked("Q27", _always),
        _REPEATED,
    ),
    "m07_procurement": (),
    "m08_vouchers": (),
    "m09_culture": (),
    "m10_hightech": (),
    "m10_investment_risk": (),
    "m10_research": (_UNNAMED_ENTERPRISE,),
    "m11_fintech": (_UNNAMED_ENTERPRISE,),
    "m12_reopening": (),
    "m13_training": (
        Asked("Q12", _kind(*_UNNAMED), frozenset({"13.3"})),
        Asked("Q29", _always, frozenset({"13.2"})),
        Asked("Q30", training.base_in_doubt, frozenset({"13.2"})),
        Asked("Q33", _city_day_over, frozenset({"13.deadline"})),
        Asked("Q40", _training_unfinished, frozenset({"13.took_part"}), each=True),
        _REPEATED,
    ),
    "m14_special_difficulty": (_UNNAMED_ENTERPRISE,),
}  # fmt: skip
"""Provision -> what the notice leaves open of it."""
