"""Who decides is the same in the sentence, in `decider`, in the rights and on the route."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from rules import PROVISIONS, deciders
from rules.explain import explain
from rules.model import Case
from rules.routing import route
from tests.support.packaged import WORDS
from tests.support.scenarios.every import run, scenarios
from tests.support.scenarios.judging import NOTICE, Judged, Scenario, judge
from tests.support.scenarios.landlord import INDIVIDUAL, LANDLORD, one, tenants
from tests.support.submitted import QUICK, decide, submitted

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.json"))
NAMES = {bureau: text["name"] for bureau, text in NOTICE.bureaus.items()}
ABOVE = NOTICE.name_of(NOTICE.above_bureaus or "")
CALLED = re.compile(r"须由([^。；，]*?)(?:认定|裁定|核对|查明|查问|核实|说明|答复|现场|参照)")
WORKED = [scenario for scenario in scenarios() if scenario.id != "T31"]
MARKET = "market_regulation"


def agree(document: Mapping[str, Any]) -> None:
    """Sentence, decider, rights and route name the same bodies."""
    explained = explain(document, NOTICE, WORDS)
    on_case = deciders.on_case(document, NOTICE)
    route_ = document["route"]
    told = {route_["lead"]["bureau"], *(copy["bureau"] for copy in route_["copies"])}
    decided = deciders.of_provision(NOTICE, document["provision"], on_case)
    assert explained["decided_by"] == decided.name(NOTICE)
    assert set(decided.bureaus) <= {*told, NOTICE.above_bureaus}
    for row, shown in zip(document["findings"], explained["findings"], strict=True):
        may = deciders.finders(NOTICE, document, on_case, row["code"], row.get("item"))
        assert set(may) <= {*told, NOTICE.above_bureaus}
        if shown.get("waits_for") == "official":
            assert may
            named = {bureau for bureau in may if NOTICE.name_of(bureau) in shown["decider"]}
            assert named == set(may), shown["decider"]
        for called in CALLED.findall(shown["explanation"]):
            assert called == shown["decider"], shown["explanation"]
    for point in explained["needs_finding"]:
        assert point["decider"] in explained["summary"] or document["outcome"] != (
            "needs_determination"
        )
    for called in CALLED.findall(explained["summary"]):
        for body in {*NAMES.values(), ABOVE}:
            assert not re.search(f"(^|、){body}(、|$)", called) or called.count(body) == 1, called


@pytest.mark.parametrize("scenario", WORKED, ids=str)
def test_in_every_worked_case(scenario: Scenario) -> None:
    judged = run(scenario)
    agree(judged.route.added_to(judged.assessment.document()))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_in_every_sample(path: Path) -> None:
    sent = json.loads(path.read_text(encoding="utf-8"))["application"]
    judged = judge(sent["provision"], sent["enterprise"], sent["facts"])
    agree(judged.route.added_to(judged.assessment.document()))


@pytest.mark.parametrize("provision", sorted(PROVISIONS))
def test_in_whatever_a_form_takes(provision: str) -> None:
    @QUICK
    @given(submitted(provision))
    def check(case: Case) -> None:
        routed = route(provision, case, NOTICE)
        agree(routed.added_to(decide(provision, case).document()))

    check()


def test_no_sentence_names_a_decider_of_its_own() -> None:
    for code, condition in NOTICE.conditions.items():
        for reason, sentence in condition.get("reasons", {}).items():
            for called in CALLED.findall(sentence):
                assert called == "{decider}", (code, reason)
            assert not re.search(r"报请裁定|有关部门|有关单位|经办部门认定", sentence), (
                code,
                reason,
            )


def landlord_of_an_individual() -> Judged:
    """A landlord with one SME and one 个体工商户 as tenants."""
    return judge(
        "m01_landlord", LANDLORD, tenants(one("12000"), {**one("6000"), **INDIVIDUAL}), found=()
    )


def test_a_landlords_individual_tenant_is_ruled_on_by_one_body() -> None:
    judged = landlord_of_an_individual()
    open_one = next(
        f for f in judged.explained["findings"] if f["condition"] == "2.4" and f["result"] != "true"
    )
    assert open_one["decider"] == "区财政局"
    assert "须由区财政局裁定" in open_one["explanation"]
    document = judged.route.added_to(judged.assessment.document())
    bureaus = deciders.on_case(document, NOTICE)
    may = deciders.finders(NOTICE, document, bureaus, "2.4", open_one["item"])
    assert may == ("finance",)
    assert "finance" in [copy.bureau for copy in judged.route.copies]


def individuals() -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Provision, enterprise and facts of a case by or about a 个体工商户."""
    own = {"kind": "individual_business"}
    cases: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (code, own, {}) for code in PROVISIONS
    ]
    tenant = {"tenants": [{"tenant_kind": "individual_business"}]}
    cases += [(code, {"kind": "enterprise"}, tenant) for code in ("m01_landlord", "m02_carrier")]
    return [*cases, ("m04_chain_shop", {"kind": "enterprise"}, {"outlet": "individual_business"})]


@pytest.mark.parametrize(("provision", "enterprise", "facts"), individuals())
def test_cases_of_individuals_are_copied_by_one_rule_in_all_measures(
    provision: str, enterprise: dict[str, Any], facts: dict[str, Any]
) -> None:
    measure = NOTICE.provisions[provision]["measure"]
    responsible = any(
        contact["bureau"] == MARKET and measure in contact["measures"]
        for contact in NOTICE.contacts.values()
    )
    day = NOTICE.in_force_from
    told = route(provision, Case(enterprise, facts, day), NOTICE)
    assert (MARKET in {told.lead.bureau, *(copy.bureau for copy in told.copies)}) is responsible
    firm = route(provision, Case({"kind": "enterprise"}, {}, day), NOTICE)
    assert MARKET not in {firm.lead.bureau, *(copy.bureau for copy in firm.copies)}
