"""What holds of rent, cuts and waivers whatever the figures: bounds, order, and the unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import PROVISIONS
from rules.model import Assessment
from rules.money import to_fen
from schemas.kit.format_errors import FormatErrors
from tests.support.packaged import load_application
from tests.support.scenarios.chain import BRANCH, FOUND_K, paid, shop
from tests.support.scenarios.every import LISTED, NEIGHBOURS, run
from tests.support.scenarios.judging import Scenario, judge
from tests.support.scenarios.landlord import FOUND_L, LANDLORD, tenants
from tests.support.scenarios.rent import FIRM, FOUND_T, altered, leases
from vocabulary.outcomes import Outcome, Standing

EVERY: list[Scenario] = [*LISTED, *NEIGHBOURS]
SETTINGS = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
YUAN = st.integers(0, 10**9).map(lambda fen: f"{Decimal(fen) / 100:.2f}")
MONTHS = ("2020-03", "2020-04")
RANK = (
    Outcome.NOT_IN_FORCE,
    Outcome.INELIGIBLE,
    Outcome.REFERRED,
    Outcome.INCOMPLETE,
    Outcome.NEEDS_DETERMINATION,
    Outcome.ELIGIBLE,
)
DAYS = st.sampled_from(
    ["2019-01-01", "2020-02-29", "2020-03-01", "2020-03-31", "2020-04-01", "2020-04-30"]
)


@st.composite
def lease(draw: st.DrawFn) -> dict[str, Any]:
    """A lease of any term, basis and use, with or without stated months and parts."""
    start, end = sorted((draw(DAYS), draw(DAYS)))
    made: dict[str, Any] = {
        "starts_on": start,
        "ends_on": end,
        "use": draw(st.sampled_from(["production", "office", "teaching", "mixed"])),
        "rent_basis": draw(st.sampled_from(["month", "quarter", "year", "day"])),
        "rent": draw(YUAN),
    }
    if made["use"] == "mixed":
        measure = draw(st.sampled_from(["rent", "area"]))
        made["parts"] = [
            {"use": use, measure: draw(YUAN.filter(lambda figure: figure != "0.00"))}
            for use in draw(st.permutations(["office", "teaching"]))
        ]
    if draw(st.booleans()):
        made["lease_form"] = "sublease"
        made["head_rent"] = draw(YUAN)
    if draw(st.booleans()):
        asked = draw(st.lists(st.sampled_from(["2020-02", *MONTHS]), min_size=1, unique=True))
        made["months"] = [
            altered(
                {"month": month},
                {
                    "rent_due": draw(st.none() | YUAN),
                    "relief_received": draw(st.none() | YUAN),
                },
            )
            for month in asked
        ]
    return made


def most(row: Mapping[str, Any]) -> Fraction:
    """The rent of March and April that a lease can at most concern, yuan."""
    share: Mapping[str, Fraction | int] = {
        "month": 1,
        "quarter": Fraction(1, 3),
        "year": Fraction(1, 12),
        "day": 31,
    }
    split = sum((Fraction(part.get("rent", 0)) for part in row.get("parts", ())), Fraction(0))
    rent = max(Fraction(row["rent"]), split, Fraction(row.get("head_rent", 0)))
    stated = {month["month"]: month.get("rent_due") for month in row.get("months", ())}
    by_rent = rent * share[row["rent_basis"]]
    return sum(
        (max(by_rent, Fraction(stated.get(month) or 0)) for month in MONTHS), start=Fraction(0)
    )


def tenant(*rows: dict[str, Any]) -> Assessment:
    """The assessment of a tenant's leases."""
    return judge("m01_tenant", FIRM, leases(*rows), found=(*FOUND_T, "1.7", "1.10")).assessment


@SETTINGS
@given(st.lists(lease(), min_size=1, max_size=3))
def test_a_waiver_is_never_negative_and_never_above_the_rent(rows: list[dict[str, Any]]) -> None:
    assessment = tenant(*rows)
    if assessment.amount is not None:
        assert 0 <= assessment.amount <= to_fen(sum(map(most, rows), start=Fraction(0)))
        assert assessment.amount == assessment.amount.quantize(Decimal("0.01"))


@SETTINGS
@given(lease(), YUAN)
def test_a_waiver_never_falls_when_the_rent_rises(row: dict[str, Any], more: str) -> None:
    dearer = {**row, "rent": f"{Decimal(row['rent']) + Decimal(more):.2f}"}
    before, after = tenant(row), tenant(dearer)
    if before.amount is not None and after.amount is not None:
        assert after.amount >= before.amount


@SETTINGS
@given(st.lists(st.tuples(YUAN, YUAN), min_size=1, max_size=4), st.none() | YUAN, YUAN)
def test_a_subsidy_is_at_most_its_share_of_the_cuts_and_follows_them(
    cuts: list[tuple[str, str]], received: str | None, more: str
) -> None:
    def subsidy(rows: list[tuple[str, str]]) -> Decimal:
        listed = [
            {
                "months": [
                    {"month": m, "rent_due": c, "reduction": c}
                    for m, c in zip(MONTHS, row, strict=True)
                ]
            }
            for row in rows
        ]
        above = {"holding": "sublet", "received_from_above": received} if received else {}
        judged = judge("m01_landlord", LANDLORD, tenants(*listed, **above), found=FOUND_L)
        return judged.assessment.amount or Decimal(0)

    total = sum((Fraction(cut) for row in cuts for cut in row), start=Fraction(0))
    assert 0 <= subsidy(cuts) <= to_fen(total * 3 / 10)
    larger = [(f"{Decimal(cuts[0][0]) + Decimal(more):.2f}", cuts[0][1]), *cuts[1:]]
    assert subsidy(larger) >= subsidy(cuts)


@SETTINGS
@given(YUAN, YUAN, YUAN, YUAN)
def test_a_chain_shop_gets_at_most_its_share_of_what_it_paid(
    march: str, april: str, due: str, more: str
) -> None:
    def subsidy(first: str) -> Decimal:
        facts = shop(paid(first, april, rent_due=due))
        judged = judge("m04_chain_shop", BRANCH, facts, found=FOUND_K)
        assert judged.assessment.amount is not None
        return judged.assessment.amount

    borne = [min(Fraction(paid_then), Fraction(due)) for paid_then in (march, april)]
    assert 0 <= subsidy(march) <= to_fen(sum(borne, start=Fraction(0)) * 3 / 10)
    assert subsidy(f"{Decimal(march) + Decimal(more):.2f}") >= subsidy(march)


def without_one(facts: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """(pointer, the facts without it) for every fact, at any depth; list items stay."""
    if isinstance(facts, Mapping):
        for name, value in facts.items():
            yield f"{at}/{name}", {key: v for key, v in facts.items() if key != name}
            for pointer, less in without_one(value, f"{at}/{name}"):
                yield pointer, {**facts, name: less}
    elif isinstance(facts, list):
        for position, item in enumerate(facts):
            for pointer, less in without_one(item, f"{at}/{position}"):
                yield pointer, [*facts[:position], less, *facts[position + 1 :]]


def outcome(scenario: Scenario, part: str, less: Any) -> Outcome | None:
    """The outcome with one part replaced; None where the form refuses it."""
    sent = {"enterprise": scenario.enterprise, "facts": scenario.facts, part: less}
    try:
        return judge(
            scenario.provision,
            sent["enterprise"],
            sent["facts"],
            found=scenario.found,
            day=scenario.day,
            context=scenario.context,
        ).assessment.outcome
    except FormatErrors:
        return None


@pytest.mark.parametrize("scenario", EVERY, ids=str)
def test_taking_any_fact_away_never_denies(scenario: Scenario) -> None:
    if run(scenario).assessment.outcome is Outcome.INELIGIBLE:
        return
    tried = 0
    for part, given_facts in (("enterprise", scenario.enterprise), ("facts", scenario.facts)):
        for pointer, less in without_one(given_facts):
            tried += 1
            assert outcome(scenario, part, less) is not Outcome.INELIGIBLE, pointer
    assert tried


@pytest.mark.parametrize("scenario", EVERY, ids=str)
def test_a_condition_found_met_never_lowers_the_outcome(scenario: Scenario) -> None:
    before = RANK.index(run(scenario).assessment.outcome)
    provision = PROVISIONS[scenario.provision]
    for condition in (*provision.conditions, *provision.item_conditions):
        if f"!{condition.code}" in scenario.found:
            continue
        more = Scenario(**{**vars(scenario), "found": (*scenario.found, condition.code)})
        assert RANK.index(run(more).assessment.outcome) >= before, condition.code


@pytest.mark.parametrize("scenario", EVERY, ids=str)
def test_no_fen_is_lost_on_the_way(scenario: Scenario) -> None:
    """The form's own JSON loads to itself, and the stored lines still come to the amount."""
    loaded = load_application(
        {
            "provision": scenario.provision,
            "enterprise": dict(scenario.enterprise),
            "facts": dict(scenario.facts),
        }
    )
    again = load_application(json.loads(loaded.canonical(), parse_float=Decimal))
    assert again.canonical() == loaded.canonical()
    assessment = run(scenario).assessment
    stored = json.loads(json.dumps(assessment.document()))
    counted = sum(
        (
            Fraction(line["amount"])
            for line in stored["lines"]
            if line["standing"] == Standing.COUNTED
        ),
        start=Fraction(0),
    )
    if assessment.outcome in (Outcome.ELIGIBLE, Outcome.NEEDS_DETERMINATION):
        assert assessment.amount == to_fen(counted) == Decimal(stored["amount"])
