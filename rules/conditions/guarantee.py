"""Conditions of (六), second sentence: the institution, then one guarantee at a time."""

from __future__ import annotations

from datetime import date

from rules.answers import failed, met, missing, open_question, to_find
from rules.conditions.subject import sme_stated_or_sized
from rules.guarantee import Fees, fees, fees_contradict, fees_missing, term
from rules.keys import contract_id
from rules.model import Answer
from rules.money import percent, show
from rules.provision import View
from rules.size import classify
from vocabulary.forms import EnterpriseKind, Guarantor, Size

LIMIT = "m06.rate_limit"


def guarantee_institution(view: View) -> Answer:
    """6.1 (融资)担保机构: the subsidy sentence does not say 政府性 (Q28)."""
    kind, guarantor = view.enterprise.get("kind"), view.facts.get("guarantor")
    if kind in (EnterpriseKind.NATURAL_PERSON, EnterpriseKind.INDIVIDUAL_BUSINESS):
        return failed("not_institution", facts={"kind": kind})
    if guarantor is None:
        return missing(view.at("guarantor"))
    if guarantor == Guarantor.GOVERNMENT:
        return met(facts={"guarantor": guarantor})
    return open_question("Q28", "private", facts={"guarantor": guarantor})


def one_legal_person(view: View) -> Answer:
    """6.6 单家机构: branches and head office are one institution with one running total (Q27).

    What the institution was granted so far is not told here: anybody may name it. Whoever is no
    branch and names another's code would draw on another's total.
    """
    head = view.facts.get("head_office_uscc")
    is_branch = view.enterprise.get("kind") == EnterpriseKind.BRANCH
    if is_branch and not head:
        return missing(view.at("head_office_uscc"))
    facts = {"limit": show(view.number("m06.cap"))}
    if head and not is_branch and head != view.enterprise.get("uscc"):
        return to_find("no_branch", question="Q27", hold=True, facts={"head_office_uscc": head})
    if head:
        return met("with_head_office", question="Q27", facts={"head_office_uscc": head, **facts})
    return met("one_institution", facts=facts)


def contract_named(view: View) -> Answer:
    """The contract number, which keeps one guarantee from being counted twice (Q34)."""
    number = view.item.get("contract_no")
    if not contract_id(view.item):
        return missing(view.at("contract_no"))
    return met("named", facts={"contract_no": number})


def helps_sme(view: View) -> Answer:
    """6.2 帮助中小微企业: the borrower's size; its place is not a condition (Q36)."""
    kind = view.item.get("borrower_kind")
    if kind in (EnterpriseKind.NATURAL_PERSON, EnterpriseKind.PUBLIC_BODY):
        return failed("not_enterprise", facts={"borrower_kind": kind})
    if kind in (EnterpriseKind.INDIVIDUAL_BUSINESS, EnterpriseKind.PRIVATE_NON_ENTERPRISE):
        return open_question("Q12", "kind_open", hold=True, facts={"borrower_kind": kind})
    place = view.item.get("borrower_district")
    elsewhere = place is not None and place != view.notice.district
    return sme_stated_or_sized(view, question="Q36" if elsewhere else None)


def loan_disbursed(view: View) -> Answer:
    """6.3 放款成功的: disbursed, and in 2020 by the careful reading (Q36)."""
    if view.item.get("disbursed") is False:
        return failed("not_disbursed")
    day = view.item.get("disbursed_on")
    if not day:
        return missing(view.at("disbursed_on"))
    facts = {"disbursed_on": day}
    if date.fromisoformat(day) > view.case.received_on:
        return failed("not_yet", facts=facts)
    if (
        not view.day("m06.disbursed_from")
        <= date.fromisoformat(day)
        <= view.day("m06.disbursed_to")
    ):
        return open_question("Q36", "other_year", hold=True, facts=facts)
    return met("disbursed", facts=facts)


def rate_below_limit(view: View) -> Answer:
    """6.5 综合费率不足2%: fees compared with what the limit rate comes to, in yuan."""
    if absent := fees_missing(view.item):
        return missing(*(view.at(name) for name in absent))
    found = fees(view.item, view.number(LIMIT))
    facts = _shown(found, view)
    if fees_contradict(view.item):
        rate = {"rate_percent": view.item["rate_percent"]}
        return to_find("fees_differ", hold=True, facts={**facts, **rate})
    return met(facts=facts) if found.below else failed(facts=facts)


def cut_is_real(view: View) -> Answer:
    """6.7 根据综合费用降低额度: the cut below the limit that really happened (Q24, R2)."""
    if absent := fees_missing(view.item):
        return missing(*(view.at(name) for name in absent))
    found = fees(view.item, view.number(LIMIT))
    facts = _shown(found, view)
    if found.before is None:
        return open_question("Q24", "old_unknown", facts=facts)
    facts["before"] = show(found.before)
    if fees_contradict(view.item, "old_"):
        rate = {"old_rate_percent": view.item["old_rate_percent"]}
        return to_find("old_fees_differ", hold=True, facts={**facts, **rate})
    if not found.below or found.before >= found.benchmark:
        return met("full_gap", facts=facts)
    if found.before <= found.charged:
        return open_question("Q24", "no_cut", facts=facts)
    return open_question("Q24", "started_below", facts=facts)


def fees_halved(view: View) -> Answer:
    """(六), first sentence: a government institution halves the fees of 小微 borrowers in 2020.

    The composite rate holds more than the guarantee's fee, so a smaller cut is shown and checked;
    no cut at all, or the institution's own word, is no halving.
    """
    guarantor, day = view.facts.get("guarantor"), view.item.get("disbursed_on")
    if guarantor is not None and guarantor != Guarantor.GOVERNMENT:
        return met("not_bound", facts={"guarantor": guarantor})
    if day and not view.day("m06.disbursed_from").isoformat() <= day <= _last_day(view):
        return met("other_year", facts={"disbursed_on": day})
    kind = view.item.get("borrower_kind")
    if kind in (EnterpriseKind.INDIVIDUAL_BUSINESS, EnterpriseKind.PRIVATE_NON_ENTERPRISE):
        return met("not_named", facts={"borrower_kind": kind})
    size = classify(view.item, view.notice.sizes).size or view.item.get("size_statement")
    if size in (Size.MEDIUM, Size.LARGE):
        return met("not_small", facts={"size": str(size)})
    if view.item.get("fee_halved") is False:
        return failed("not_halved", referral="m06_fee_halving")
    if absent := fees_missing(view.item):
        return missing(*(view.at(name) for name in absent))
    found = fees(view.item, view.number(LIMIT))
    if found.before is None:
        return to_find("before_unknown")
    facts = {"charged": show(found.charged), "before": show(found.before)}
    if found.charged >= found.before:
        return failed("nothing_cut", referral="m06_fee_halving", facts=facts)
    return met("halved" if 2 * found.charged <= found.before else "cut_by_less", facts=facts)


def _last_day(view: View) -> str:
    return view.day("m06.disbursed_to").isoformat()


def one_fee_year(view: View) -> Answer:
    """The term: a year is a fee-year; shorter is annualised, longer counts its first year (Q25)."""
    years = term(view.item)
    if years is None:
        return missing(view.at("term_months"))
    whole, part = divmod(years * 12, 1)
    facts = {"term": f"{whole}个月{'余' if part else ''}"}
    if years > 1:
        return open_question("Q25", "longer", facts=facts)
    if years < 1:
        return met("shorter", question="Q25", facts=facts)
    return met("one_year", facts=facts)


def _shown(found: Fees, view: View) -> dict[str, str]:
    """What an answer shows of a guarantee's fees."""
    return {
        "charged": show(found.charged),
        "benchmark": show(found.benchmark),
        "limit": percent(view.number(LIMIT)),
    }
