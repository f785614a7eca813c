"""Conditions of (十三): the firm and its revenue, then one trained employee at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from rules.answers import failed, met, missing, open_question, to_find
from rules.conditions.enterprise import sized
from rules.conditions.subject import FIRMS
from rules.keys import trainee_id
from rules.model import Answer
from rules.money import Exact, exact, percent, show
from rules.provision import View
from vocabulary.forms import EnterpriseKind, Sector

_MONTHS = ("feb", "mar", "apr")
_BASIS_POINTS = 10_000


def key_industry(view: View) -> Answer:
    """13.1 重点行业: sector and district list are found by a person; 等 leaves it open."""
    sector = view.facts.get("sector")
    if sector is None:
        return missing(view.at("sector"))
    facts = {"sector": sector}
    if sector == Sector.OTHER:
        return to_find("not_listed", hold=True, facts=facts)
    return to_find("listed", facts=facts)


def revenue_fell(view: View) -> Answer:
    """13.2 2-4月同比下降80%(含)以上: R2020 ≤ (1 − 80%) × R2019 by cross-multiplication.

    The months' sum is compared (Q29); a base of zero, below zero or of part of the months is
    never divided by, and takings below zero are no revenue: a person's matter (Q30).
    """
    before, absent = _total(view, "revenue_2019")
    after, absent_after = _total(view, "revenue_2020")
    if before is None or after is None:
        return missing(*absent, *absent_after)
    drop = view.number("m13.drop")
    facts = {"before": show(before), "after": show(after), "drop": percent(drop)}
    if before <= 0:
        return open_question("Q30", "no_base", hold=True, facts=facts)
    if after < 0:
        return open_question("Q30", "negative_now", hold=True, facts=facts)
    if _opened_during(view):
        return open_question("Q30", "part_of_base", hold=True, facts=facts)
    facts["ceiling"] = show(before * (1 - drop))
    facts["fell"] = _fell(before, after)
    reached = after * drop.denominator <= before * (drop.denominator - drop.numerator)
    return met(facts=facts) if reached else failed(facts=facts)


def named_subject(view: View) -> Answer:
    """13.3 中小微企业; 个体工商户 and 民办非企业单位 are not named: sent for a ruling (Q12)."""
    kind = view.enterprise.get("kind")
    if kind is None:
        return missing("/enterprise/kind")
    facts = {"kind": kind}
    if kind in (EnterpriseKind.INDIVIDUAL_BUSINESS, EnterpriseKind.PRIVATE_NON_ENTERPRISE):
        return open_question("Q12", "kind_open", facts=facts)
    if kind not in FIRMS:
        return failed("not_named", facts=facts)
    return sized(view.enterprise, view.notice.sizes, "/enterprise")


def trained_as_required(view: View) -> Answer:
    """13.4 按要求组织员工开展相关培训: what is required stands in the city's rules; found. A firm's
    own word that it trained nobody is a fact."""
    if view.facts.get("training_organised") is False:
        return failed("trained_nobody")
    first, last = view.day("m13.training_from"), view.day("m13.training_to")
    return to_find(facts={"window_from": first.isoformat(), "window_to": last.isoformat()})


def in_unemployment_insurance(view: View) -> Answer:
    """The city's own condition: insured against unemployment."""
    insured = view.facts.get("unemployment_insured")
    if insured is None:
        return missing(view.at("unemployment_insured"))
    return met() if insured else failed()


def city_deadline(view: View) -> Answer:
    """The city's last day to apply; this notice prints none and none is enforced (Q33); whether
    the city still pays may be found otherwise."""
    last = view.day("m13.apply_by")
    facts = {"apply_by": last.isoformat(), "received_on": view.case.received_on.isoformat()}
    if view.case.received_on > last:
        return met("late", question="Q33", facts=facts)
    return met(facts=facts)


def person_named(view: View) -> Answer:
    """The trainee's number: one person is paid for once (Q34)."""
    if not trainee_id(view.item):
        return missing(view.at("trainee_no"))
    return met("named")


def took_part(view: View) -> Answer:
    """参训: in training; short of the city's first step it rests on the city's list (Q40)."""
    hours, listed = view.item.get("class_hours"), view.item.get("on_city_list")
    if hours is None:
        return missing(view.at("class_hours"))
    step = view.number("m13.step_hours")
    facts = {"class_hours": hours, "step": str(step)}
    if hours == 0:
        return failed("not_started", facts=facts)
    if listed is False:
        return failed("not_on_list", facts=facts)
    if hours < step:
        return open_question("Q40", "unfinished", facts=facts)
    return met(facts=facts)


def _total(view: View, name: str) -> tuple[Exact | None, list[str]]:
    """(February to April revenue in yuan or None, pointers of what is missing)."""
    stated: Mapping[str, Any] = view.facts.get(name) or {}
    if stated.get("total") is not None:
        return exact(stated["total"]), []
    absent = [month for month in _MONTHS if stated.get(month) is None]
    if absent:
        return None, [view.at(f"{name}/{month}") for month in absent]
    return sum([exact(stated[month]) for month in _MONTHS]), []


def _opened_during(view: View) -> bool:
    """Whether the firm was not yet open in all months of 2019 that are compared.

    By its opening date; where that is not given, by a first month without any revenue.
    """
    opened = view.facts.get("opened_on")
    if opened:
        return date.fromisoformat(opened) > view.day("m13.base_from")
    stated = view.facts.get("revenue_2019") or {}
    first = stated.get(_MONTHS[0])
    return first is not None and Decimal(first) == 0


def _fell(before: Exact, after: Exact) -> str:
    """The drop in per cent for reading, cut off (never rounded up to the threshold)."""
    points = (before - after) * _BASIS_POINTS // before
    return f"{Decimal(int(points)) / 100:.2f}%"


def base_in_doubt(view: View) -> bool:
    """Whether a sum below zero, none at all or a part of the months makes the comparison a
    person's matter (Q30)."""
    before, _ = _total(view, "revenue_2019")
    after, _ = _total(view, "revenue_2020")
    if before is not None and (before <= 0 or _opened_during(view)):
        return True
    return after is not None and after < 0
