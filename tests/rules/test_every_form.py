"""Whatever a form accepts is decided, explained and routed; nothing raises."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cli.measures import questions_of
from rules import PROVISIONS
from rules.engine import assess
from rules.explain import explain
from rules.model import Assessment, Case, Context, OfficialFinding
from rules.provision import Kind
from rules.routing import route
from schemas.forms import FORMS
from schemas.kit.format_errors import FormatErrors
from tests.support import forms
from tests.support.packaged import WORDS, load_application
from tests.support.scenarios.judging import NOTICE
from vocabulary.outcomes import Outcome, Truth

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
        {
            code: OfficialFinding(good, bureau, date(2020, 6, 1))
            for code, (good, bureau) in found.items()
        },
        Context(cap_used=draw(st.sampled_from([Decimal("0.00"), Decimal("4999999.99")]))),
    )


def decide(provision: str, case: Case) -> Assessment:
    """Assess a case."""
    return assess(PROVISIONS[provision], case, NOTICE)


def test_every_provision_has_a_form_a_text_and_a_route() -> None:
    assert set(PROVISIONS) == set(FORMS) == set(NOTICE.provisions) == set(NOTICE.routing)


@pytest.mark.parametrize("provision", sorted(PROVISIONS))
def test_anything_the_form_takes_is_decided_in_words(provision: str) -> None:
    @QUICK
    @given(submitted(provision))
    def check(case: Case) -> None:
        assessment = decide(provision, case)
        document = assessment.document()
        again = json.loads(json.dumps(document, ensure_ascii=False))
        assert again == document
        explained = explain(again, NOTICE, WORDS)
        assert json.loads(json.dumps(explained, ensure_ascii=False)) == explained
        assert all(finding["explanation"] for finding in explained["findings"])
        assert set(assessment.questions) <= set(questions_of(PROVISIONS[provision], NOTICE))
        assert route(provision, case, NOTICE).lead.contact in NOTICE.contacts
        if PROVISIONS[provision].kind is Kind.BENEFIT:
            assert assessment.amount is None or assessment.amount >= 0
        if assessment.outcome is Outcome.INELIGIBLE:
            assert any(f.answer.truth is Truth.FALSE for f in assessment.findings)
        if assessment.outcome is Outcome.INCOMPLETE:
            assert assessment.missing
            assert assessment.amount is None

    check()


@pytest.mark.parametrize("provision", sorted(PROVISIONS))
def test_an_unknown_fact_of_the_enterprise_never_denies(provision: str) -> None:
    @QUICK
    @given(submitted(provision), st.data())
    def check(case: Case, data: Any) -> None:
        known = sorted(set(case.enterprise) - {"kind", "uscc", "name"})
        assume(known)
        name = data.draw(st.sampled_from(known))
        less = {key: value for key, value in case.enterprise.items() if key != name}
        before = decide(provision, case).outcome
        after = decide(provision, replace(case, enterprise=less)).outcome
        if before is not Outcome.INELIGIBLE:
            assert after is not Outcome.INELIGIBLE

    check()


@pytest.mark.parametrize("provision", sorted(PROVISIONS))
def test_a_condition_found_to_be_met_never_denies(provision: str) -> None:
    declared = PROVISIONS[provision]
    codes = [c.code for c in (*declared.conditions, *declared.item_conditions)]

    @QUICK
    @given(submitted(provision), st.sampled_from(codes), BUREAUS)
    def check(case: Case, code: str, bureau: str) -> None:
        assume(code not in case.findings)
        before = decide(provision, case).outcome
        met = {**case.findings, code: OfficialFinding(True, bureau, date(2020, 6, 1))}
        after = decide(provision, replace(case, findings=met)).outcome
        if before is not Outcome.INELIGIBLE:
            assert after is not Outcome.INELIGIBLE
        if before is Outcome.ELIGIBLE:
            assert after is Outcome.ELIGIBLE

    check()
