"""Decide a case as the service would: form first, then rules, words and route."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from config.notices import load_notice
from rules import PROVISIONS
from rules.engine import assess
from rules.explain import explain
from rules.model import Assessment, Case, Context, OfficialFinding
from rules.notice import Notice
from rules.routing import Route, route
from tests.support.packaged import WORDS, load_application

NOTICE = Notice(load_notice("xicheng-2020-6").content)
RECEIVED = date(2020, 6, 20)
USCC = "91110102MA00A001XU"
"""Made up, with a right check character."""

OUTCOMES: Mapping[str, str] = {
    "GRANT": "eligible",
    "GRANT (part)": "eligible",
    "GRANT (capped)": "eligible",
    "GRANT (zero)": "eligible",
    "GRANT both": "eligible",
    "DENY": "ineligible",
    "HUMAN": "needs_determination",
    "REFER": "referred",
    "INCOMPLETE": "incomplete",
}
"""A worked case's decision -> the outcome that says it."""


def cases() -> dict[str, dict[str, Any]]:
    """The worked cases by id."""
    path = Path(__file__).parents[2] / "data" / "cases.json"
    return {row["id"]: row for row in json.loads(path.read_text(encoding="utf-8"))}


@dataclass(frozen=True)
class Judged:
    """An assessment with its words and its route."""

    assessment: Assessment
    explained: dict[str, Any]
    route: Route

    @property
    def told(self) -> dict[str, str]:
        """Bureau contacts reached: contact id -> telephone as printed, the lead first."""
        reached = (self.route.lead, *self.route.copies)
        return {routed.contact: NOTICE.contacts[routed.contact]["phone"] for routed in reached}

    def finding(self, code: str) -> dict[str, Any]:
        """The first finding of a condition, in words."""
        return next(f for f in self.explained["findings"] if f["condition"] == code)


@dataclass(frozen=True)
class Scenario:
    """A case in plain words. ``found``: conditions an official found true (or false with ``!``)."""

    id: str
    words: str
    provision: str
    enterprise: Mapping[str, Any]
    facts: Mapping[str, Any]
    found: tuple[str, ...] = ()
    day: date = RECEIVED
    context: Context = field(default_factory=Context)
    outcome: str = ""
    amount: str | None = None
    phones: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.id}: {self.words}"


def neighbour(
    make: Callable[..., Scenario],
    case: str,
    words: str,
    outcome: str,
    amount: str | None,
    facts: Mapping[str, Any],
    **more: Any,
) -> Scenario:
    """A case next to a worked one (``case~``), with the answer expected."""
    return make(f"{case}~", words, facts, outcome=outcome, amount=amount, **more)


def judge(  # noqa: PLR0913 -- each a circumstance of a case
    provision: str,
    enterprise: Mapping[str, Any],
    facts: Mapping[str, Any],
    *,
    found: tuple[str, ...] = (),
    bureau: str = "development_reform",
    day: date = RECEIVED,
    context: Context | None = None,
    note: str = "",
    officer: bool = False,
) -> Judged:
    """Load, assess, explain and route.

    ``found`` as in :class:`Scenario`; ``note``: its reason; ``officer``: who reads it.
    """
    sent = {"provision": provision, "enterprise": dict(enterprise), "facts": dict(facts)}
    loaded = load_application(json.loads(json.dumps(sent), parse_float=Decimal))
    findings = {
        code.removeprefix("!"): OfficialFinding(not code.startswith("!"), bureau, note)
        for code in found
    }
    case = Case(loaded.enterprise, loaded.facts, day, findings, context or Context())
    assessment = assess(PROVISIONS[provision], case, NOTICE)
    routed = route(provision, case, NOTICE)
    document = routed.added_to(assessment.document())
    return Judged(assessment, explain(document, NOTICE, WORDS, officer=officer), routed)
