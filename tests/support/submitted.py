"""Whatever a form accepts, as a case with any findings on any day, and what the rules say of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

from rules import PROVISIONS
from rules.engine import assess
from rules.model import Assessment, Case, Context, OfficialFinding
from schemas.kit.format_errors import FormatErrors
from tests.support import forms
from tests.support.packaged import load_application
from tests.support.scenarios.judging import NOTICE

DAYS = st.sampled_from([date(2020, 5, 10), date(2020, 5, 11), date(2020, 9, 1), date(2026, 11, 23)])
QUICK = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
BUREAUS = st.sampled_from(["finance", "park", "district_government"])


@st.composite
def submitted(draw: st.DrawFn, provision: str) -> Case:
    """A case of a provision as it comes out of the form, with any findings and context."""
    sent = {
        "provision": provision,
        "enterprise": draw(forms.enterprises()),
        "facts": draw(forms.facts(provision)),
    }
    try:
        loaded = load_application(sent)
    except FormatErrors:
        assume(False)
    declared = PROVISIONS[provision]
    codes = [c.code for c in (*declared.conditions, *declared.item_conditions)]
    found = draw(st.dictionaries(st.sampled_from(codes), st.tuples(st.booleans(), BUREAUS)))
    return Case(
        loaded.enterprise,
        loaded.facts,
        draw(DAYS),
        {code: OfficialFinding(good, bureau) for code, (good, bureau) in found.items()},
        Context(cap_used=draw(st.sampled_from([Decimal("0.00"), Decimal("4999999.99")]))),
    )


def decide(provision: str, case: Case) -> Assessment:
    """Assess a case."""
    return assess(PROVISIONS[provision], case, NOTICE)
