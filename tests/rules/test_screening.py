"""One enterprise screened against the whole notice."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings

from rules import PROVISIONS
from rules.screening import render, screen
from tests.support import forms
from tests.support.packaged import WORDS, load_screening
from tests.support.scenarios.finance import FIRM, INSTITUTION, guarantees
from tests.support.scenarios.judging import NOTICE, RECEIVED
from tests.support.scenarios.training import training
from vocabulary.outcomes import Outcome

LEASE = {
    "lease_no": "租-001",
    "lease_form": "direct",
    "owner": "municipal_soe",
    "premises_district": "xicheng",
    "starts_on": "2019-01-01",
    "ends_on": "2021-12-31",
    "use": "production",
    "rent_basis": "month",
    "rent": "30000",
}


def screened(**asked: Any) -> dict[str, dict[str, Any]]:
    """Verdicts by provision, rendered."""
    loaded = load_screening({"enterprise": FIRM, **asked})
    verdicts = screen(loaded.enterprise, loaded.facts, NOTICE, PROVISIONS, RECEIVED)
    return {verdict.assessment.provision: render(verdict, NOTICE, WORDS) for verdict in verdicts}


def test_a_bare_profile_gets_a_verdict_for_every_provision_and_no_refusal() -> None:
    verdicts = screened()
    assert list(verdicts) == list(PROVISIONS)
    assert "ineligible" not in {verdict["outcome"] for verdict in verdicts.values()}
    for verdict in verdicts.values():
        assert verdict["clause"]["words"]
        assert verdict["outcome"] != "incomplete" or verdict["missing"]
        assert verdict["outcome"] != "needs_determination" or verdict["needs_finding"]


def test_a_denial_names_the_single_change_that_lifts_it_and_the_change_does() -> None:
    tenant = {"leases": [LEASE], "operation": "closed_by_rule", "dismissed": 0}
    before = screened(facts={"m01_tenant": tenant})["m01_tenant"]
    assert before["outcome"] == "ineligible"
    assert before["would_alter"] == ["若房产属于西城区区属国有企业，则可继续核对。"]
    assert [finding["condition"] for finding in before["against"]] == ["1.9"]
    assert before["referrals"]
    tenant = {**tenant, "leases": [{**LEASE, "owner": "district_soe"}]}
    after = screened(facts={"m01_tenant": tenant})["m01_tenant"]
    assert after["outcome"] == "needs_determination"


def test_two_failed_conditions_have_no_single_change() -> None:
    facts = training(revenue_2020={"total": "900000"}, unemployment_insured=False)
    verdict = screened(facts={"m13_training": facts})["m13_training"]
    assert verdict["outcome"] == "ineligible"
    assert len(verdict["against"]) == 2
    assert verdict["would_alter"] == []


def test_shared_facts_reach_every_form_that_asks_for_them() -> None:
    verdicts = screened(shared={"in_park": False, "certificate": "national"})
    assert verdicts["m10_research"]["would_alter"] == ["若是西城园的企业，则可继续核对。"]
    assert verdicts["m10_hightech"]["outcome"] == "referred"


def test_a_fact_given_for_a_provision_wins_over_the_shared_one() -> None:
    verdicts = screened(
        shared={"in_park": False, "certificate": "national"},
        facts={"m10_research": {"in_park": True}},
    )
    assert verdicts["m10_research"]["outcome"] == "needs_determination"


def test_a_guarantee_institution_sees_its_provisional_amount() -> None:
    verdicts = screened(enterprise=INSTITUTION, facts={"m06_guarantee": guarantees()})
    assert verdicts["m06_guarantee"]["amount"] == "50000.00"
    assert verdicts["m06_guarantee"]["outcome"] == "needs_determination"


@settings(max_examples=25, deadline=None, derandomize=True)
@given(forms.enterprises())
def test_any_profile_is_screened(enterprise: dict[str, Any]) -> None:
    loaded = load_screening({"enterprise": enterprise})
    verdicts = screen(loaded.enterprise, loaded.facts, NOTICE, PROVISIONS, date(2026, 11, 23))
    assert len(verdicts) == len(PROVISIONS)
    for verdict in verdicts:
        assert verdict.assessment.outcome is not Outcome.ELIGIBLE
        assert render(verdict, NOTICE, WORDS)["summary"]
