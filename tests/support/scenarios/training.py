"""Scenarios of (十三): the worked cases S and their neighbours."""

from __future__ import annotations

from typing import Any

from tests.support.scenarios.finance import FIRM, INDIVIDUAL, LARGE
from tests.support.scenarios.judging import Scenario

# BASE-S: an SME of a key industry, insured, on the district's list, trained as required.
FOUND_S = ("13.1", "13.4")


def training(people: int = 10, hours: int = 20, **facts: Any) -> dict[str, Any]:
    """BASE-S's facts; None takes a fact away."""
    rows: dict[str, Any] = {
        "sector": "life_service",
        "revenue_2019": {"feb": "300000", "mar": "300000", "apr": "400000"},
        "revenue_2020": {"feb": "50000", "mar": "50000", "apr": "100000"},
        "unemployment_insured": True,
        "training_from": "2020-05-06",
        "training_to": "2020-07-31",
        "trainees": [
            {"trainee_no": f"学员{number:02}", "class_hours": hours} for number in range(people)
        ],
    }
    rows.update(facts)
    return {name: value for name, value in rows.items() if value is not None}


def s(case: str, words: str, facts: dict[str, Any], **more: Any) -> Scenario:
    """A scenario of (十三)."""
    more.setdefault("enterprise", FIRM)
    more.setdefault("found", FOUND_S)
    return Scenario(case, words, "m13_training", facts=facts, **more)


ZERO = {"feb": "0", "mar": "0", "apr": "0"}

TRAINING = (
    s("S01", "revenue fell by exactly 80 %, ten people 20 hours each", training()),
    s("S02", "revenue fell by 79.99 %", training(revenue_2020={"total": "200100"})),
    s("S04", "no revenue in either year", training(revenue_2019=ZERO, revenue_2020=ZERO)),
    s(
        "S05",
        "opened on 1 April 2019",
        training(
            opened_on="2019-04-01",
            revenue_2019={"feb": "0", "mar": "0", "apr": "90000"},
            revenue_2020={"total": "15000"},
        ),
    ),
    s(
        "S07",
        "a furniture factory, down 90 %",
        training(sector="other", revenue_2020={"total": "100000"}),
        enterprise={**FIRM, "industry": "manufacturing"},
        found=(),
    ),
    s("S08", "a large enterprise, down 95 %", training(), enterprise=LARGE),
    s("S10", "eight people with 45 hours: two steps each", training(8, 45)),
    s("S11", "five people with 120 hours: the city's maximum", training(5, 120)),
    s("S13", "three people stopped at 19 hours", training(3, 19)),
    s("S14", "not insured against unemployment", training(unemployment_insured=False)),
    s("S16", "an individual business with two staff", training(2), enterprise=INDIVIDUAL),
)

TRAINING_NEIGHBOURS = (
    s(
        "S03~",
        "a fen too much revenue is not 80 %",
        training(revenue_2020={"total": "200000.01"}),
        outcome="ineligible",
        amount="0.00",
    ),
    s(
        "S03~ sum",
        "one month alone fell less, the sum fell by 80 %",
        training(revenue_2020={"feb": "200000", "mar": "0", "apr": "0"}),
        outcome="eligible",
        amount="20400.00",
    ),
    s(
        "S06~",
        "revenue of 2019 is negative",
        training(revenue_2019={"total": "-100"}, revenue_2020={"total": "-500"}),
        outcome="needs_determination",
        amount="0.00",
    ),
    s(
        "S06~ refunds",
        "refunds exceed revenue in 2020: no revenue to compare, a person's matter",
        training(revenue_2020={"feb": "-20000", "mar": "0", "apr": "0"}),
        outcome="needs_determination",
        amount="0.00",
    ),
    s(
        "S06~ refunds found",
        "refunds exceed revenue in 2020, and a person has ruled",
        training(revenue_2020={"feb": "-20000", "mar": "0", "apr": "0"}),
        found=(*FOUND_S, "13.2"),
        outcome="eligible",
        amount="20400.00",
    ),
    s(
        "S06~ one month",
        "one month below zero, the sum is not",
        training(revenue_2020={"feb": "-20000", "mar": "20000", "apr": "0"}),
        outcome="eligible",
        amount="20400.00",
    ),
    s(
        "S06~ zero",
        "no revenue at all in 2020: down by 100 %",
        training(revenue_2020={"total": "0"}),
        outcome="eligible",
        amount="20400.00",
    ),
    s(
        "S15~ nobody",
        "the firm says that it trained nobody",
        training(0, training_organised=False),
        found=("13.1",),
        outcome="ineligible",
        amount="0.00",
    ),
    s(
        "S15~ left out",
        "the firm says that it trained nobody and lists nobody",
        training(trainees=None, training_organised=False),
        found=("13.1",),
        outcome="ineligible",
        amount="0.00",
    ),
    s("S15~ blank", "nobody is listed", training(0), outcome="incomplete"),
    s(
        "S09~",
        "121 hours pay no more than 120",
        training(1, 121),
        outcome="eligible",
        amount="4540.00",
    ),
    s(
        "S09~ 119",
        "119 hours pay five steps",
        training(1, 119),
        outcome="eligible",
        amount="4040.00",
    ),
    s("S12~", "39 hours pay one step", training(1, 39), outcome="eligible", amount="2040.00"),
    s("S12~ 40", "40 hours pay two", training(1, 40), outcome="eligible", amount="2540.00"),
    s(
        "S15~",
        "the same person filed twice",
        training(trainees=[{"trainee_no": "A 1", "class_hours": 20}] * 2),
        outcome="needs_determination",
        amount="2040.00",
    ),
    s(
        "S~ not started",
        "nobody has begun",
        training(2, 0),
        outcome="ineligible",
        amount="0.00",
    ),
    s(
        "S~ before window",
        "trained on the day before the city's window: to be checked",
        training(training_from="2020-05-05"),
        found=("13.1",),
        outcome="needs_determination",
        amount="20400.00",
    ),
    s(
        "S~ off the list",
        "the city's platform does not list the person",
        training(trainees=[{"trainee_no": "1", "class_hours": 40, "on_city_list": False}]),
        outcome="ineligible",
        amount="0.00",
    ),
    s(
        "S~ no April",
        "April 2020 was not given",
        training(revenue_2020={"feb": "1", "mar": "1"}),
        outcome="incomplete",
    ),
    s(
        "S~ nothing found",
        "no finding on record yet",
        training(),
        found=(),
        outcome="needs_determination",
        amount="20400.00",
    ),
)
