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
from typing import Final

from rules import question_grounds as grounds
from rules.conditions import training
from rules.conditions.reliefs import agreed_outside
from rules.model import EXCLUDED, FALSE, TAKEN, Finding, Line
from rules.money import whole_fen
from rules.provision import View
from rules.question_grounds import When
from vocabulary.forms import (
    Carrier,
    EnterpriseKind,
    Guarantor,
    Holding,
    LeaseForm,
    Owner,
    RentBasis,
    TenantKind,
    Use,
)
from vocabulary.outcomes import Outcome

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

_DISMISSALS = Asked("Q4", grounds.staff_left, frozenset({"1.12", "3.6"}))
_STAFF = (
    _DISMISSALS,
    Asked("Q3", grounds.left_though_open, frozenset({"1.12"})),
)
_DIFFICULTY = Asked("Q39", lambda view: "1.5" not in view.case.findings)
_LEASE = (
    Asked("Q6", grounds.use_in_doubt, frozenset({"1.10", "3.4"}), each=True),
    Asked("Q7", grounds.part_of_month, each=True),
    Asked("Q8", grounds.item("rent_basis", RentBasis.QUARTER, RentBasis.YEAR), each=True),
    Asked("Q9", grounds.item("rent_paid", True), each=True),
    Asked("Q10", grounds.item("lease_form", LeaseForm.SUBLEASE), frozenset({"1.7", "3.lease"}),
          each=True),
    Asked("Q32", grounds.item("fees_included", True), each=True),
    Asked("Q34", grounds.relieved, each=True),
    _REPEATED,
)  # fmt: skip
_CUTS = (
    Asked("Q10", grounds.form("holding", Holding.SUBLET), frozenset({"2.house"})),
    Asked("Q11", grounds.form("landlord", Owner.DISTRICT_SOE)),
    Asked("Q11", grounds.item("tenant_kind", TenantKind.SCHOOL), frozenset({"2.4"}), each=True),
    Asked("Q12", grounds.item("tenant_kind", TenantKind.INDIVIDUAL_BUSINESS), frozenset({"2.4"}),
          each=True),
    Asked("Q13", grounds.either(grounds.cut_outside, agreed_outside),
          frozenset({"2.2", "2C.2"}), each=True),
    Asked("Q14", grounds.always, frozenset({"2.3"})),
    Asked("Q6", grounds.item("use", Use.MIXED), frozenset({"2.3"}), each=True),
    Asked("Q15", grounds.form("landlord", Owner.MUNICIPAL_SOE, Owner.CENTRAL_SOE,
                       Owner.OTHER_DISTRICT_SOE), frozenset({"2.1"})),
    Asked("Q16", grounds.registered_elsewhere),
    Asked("Q16", grounds.premises_elsewhere, frozenset({"2.place"}), each=True),
    Asked("Q18", grounds.always),
    Asked("Q23", grounds.item("tenant_kind", TenantKind.BRANCH), each=True),
    Asked("Q34", grounds.item("subsidised_elsewhere", True), frozenset({"2.once"}), each=True),
    _REPEATED,
)  # fmt: skip
_UNNAMED_ENTERPRISE = Asked("Q12", grounds.kind(*_UNNAMED))

REGISTER: Final[Mapping[str, tuple[Asked | OfAmount, ...]]] = {
    "m01_tenant": (
        Asked("Q1", grounds.registered_elsewhere, frozenset({"1.1"})),
        Asked("Q2", grounds.premises_elsewhere, frozenset({"1.8"}), each=True),
        *_STAFF,
        Asked("Q5", grounds.office_limb, frozenset({"1.11", "1.12"}), each=True),
        _DIFFICULTY,
        *_LEASE,
    ),
    "m01_other": (),
    "m01_landlord": (Asked("Q17", grounds.no_firm_lets, frozenset({"2.1"})), *_CUTS),
    "m02_carrier": (
        Asked("Q17", grounds.either(grounds.kind(EnterpriseKind.NATURAL_PERSON),
                             grounds.form("landlord", Owner.INDIVIDUAL)), frozenset({"2.1"})),
        Asked("Q19", grounds.either(grounds.no_firm_lets, grounds.form("carrier", Carrier.OTHER)),
              frozenset({"2.1", "2C.1"})),
        Asked("Q19", grounds.resident_no_sme, frozenset({"2.4"}), each=True),
        *_CUTS,
    ),
    "m03_school": (
        Asked("Q20", grounds.always, frozenset({"3.1", "3.5"})),
        Asked("Q2", grounds.always, frozenset({"3.3"})),
        Asked("Q42", grounds.approved_elsewhere, frozenset({"3.2"})),
        _DISMISSALS,
        *_LEASE,
    ),
    "m04_chain_shop": (
        Asked("Q21", grounds.always, frozenset(
            {"4.2", "4.7", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.11", "1.12"}
        )),
        Asked("Q1", grounds.chain_elsewhere, frozenset({"4.2", "1.1"})),
        *_STAFF,
        _DIFFICULTY,
        Asked("Q22", grounds.always),
        Asked("Q23", grounds.shop_relieved, each=True),
        _line("Q23"),
        _REPEATED,
    ),
    "m05_finance": (
        Asked("Q41", lambda view: view.enterprise.get("kind") in _UNNAMED
              and view.facts.get("school") != "kindergarten", frozenset({"5.1"})),
    ),
    "m06_fee_halving": (Asked("Q41", grounds.kind(*_UNNAMED), frozenset({"6h.1"})),),
    "m06_guarantee": (
        Asked("Q28", grounds.form("guarantor", Guarantor.PRIVATE), frozenset({"6.1"})),
        Asked("Q12", lambda view: view.item.get("borrower_kind") in _UNNAMED,
              frozenset({"6.2"}), each=True),
        Asked("Q36", grounds.borrower_elsewhere, each=True),
        Asked("Q36", grounds.disbursed_in_another_year, frozenset({"6.3"}), each=True),
        Asked("Q25", grounds.not_a_year, frozenset({"6.term"}), each=True),
        Asked("Q24", grounds.always, frozenset({"6.7"})),
        Asked("Q26", lambda view: len(view.facts.get("guarantees") or ()) > 1),
        Asked("Q27", grounds.always),
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
        Asked("Q12", grounds.kind(*_UNNAMED), frozenset({"13.3"})),
        Asked("Q29", grounds.always, frozenset({"13.2"})),
        Asked("Q30", training.base_in_doubt, frozenset({"13.2"})),
        Asked("Q33", grounds.city_day_over, frozenset({"13.deadline"})),
        Asked("Q40", grounds.training_unfinished, frozenset({"13.took_part"}), each=True),
        _REPEATED,
    ),
    "m14_special_difficulty": (_UNNAMED_ENTERPRISE,),
}  # fmt: skip
"""Provision -> what the notice leaves open of it."""
