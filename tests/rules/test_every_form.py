"""Whatever a form accepts is decided, explained and routed; nothing raises."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cli.measures import questions_of
from rules import PROVISIONS
from rules.explain import explain
from rules.model import Case, OfficialFinding
from rules.provision import Kind
from rules.routing import route
from schemas.forms import FORMS
from tests.support.packaged import WORDS
from tests.support.scenarios.judging import NOTICE
from tests.support.submitted import BUREAUS, QUICK, decide, submitted
from vocabulary.outcomes import Outcome, Truth


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
        if assessment.outcome is Outcome.ELIGIBLE and assessment.amount == 0:
            assert re.search(r"金额0\.00元（.+）", explained["summary"]), explained["summary"]
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
        met = {**case.findings, code: OfficialFinding(True, bureau)}
        after = decide(provision, replace(case, findings=met)).outcome
        if before is not Outcome.INELIGIBLE:
            assert after is not Outcome.INELIGIBLE
        if before is Outcome.ELIGIBLE:
            assert after is Outcome.ELIGIBLE

    check()
