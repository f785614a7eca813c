"""One enterprise against the whole notice: what each provision would say. Pure.

What is said of a denial (which single change would lift it) is computed by the same engine that
denies; nothing here is written by hand for a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.engine import assess
from rules.explain import Words, explain
from rules.model import Assessment, Case
from rules.notice import Notice
from rules.provision import Provision
from rules.routing import Route, route
from vocabulary.outcomes import Truth


@dataclass(frozen=True, slots=True)
class Screened:
    """What one provision would say, and who would be asked."""

    assessment: Assessment
    route: Route


def screen(
    enterprise: Mapping[str, Any],
    facts: Mapping[str, Mapping[str, Any]],
    notice: Notice,
    provisions: Mapping[str, Provision],
    day: date,
) -> tuple[Screened, ...]:
    """Assess one enterprise under every provision, in the notice's order.

    Takes the normalised enterprise block; provision code -> normalised facts (a provision left out
    has none); the notice's data; its provisions by code; the day on which it would be received.
    Returns one entry per provision that the notice has. No finding is on record and nothing else
    has been granted.
    """
    screened = []
    for code, provision in provisions.items():
        if code not in notice.provisions:
            continue
        case = Case(enterprise, facts.get(code, {}), day)
        screened.append(Screened(assess(provision, case, notice), route(code, case, notice)))
    return tuple(screened)


def render(screened: Screened, notice: Notice, words: Words) -> dict[str, Any]:
    """What one provision says in Chinese, JSON-ready: outcome, clause, reasons, what is missing,
    who must find what, the lines of its sum, which single change would lift a denial, where else to
    turn."""
    document = screened.route.added_to(screened.assessment.document())
    explained = explain(document, notice, words)
    provision = notice.provisions[screened.assessment.provision]
    against = [f for f in explained["findings"] if f["result"] == Truth.FALSE]
    return {
        "provision": screened.assessment.provision,
        "title": provision["title"],
        "clause": explained["clause"],
        **{name: explained[name] for name in ("outcome", "outcome_text", "amount", "summary")},
        "against": [
            {name: f[name] for name in ("condition", "item", "label", "words", "explanation")}
            for f in against
        ],
        "arithmetic": explained["arithmetic"],
        "missing": explained["missing"],
        "needs_finding": explained["needs_finding"],
        "waiting": explained["waiting"],
        "would_alter": explained["would_alter"],
        "referrals": explained["referrals"],
        "questions": explained["questions"],
        "amount_note": provision.get("amount_note"),
    }
