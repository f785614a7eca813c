"""The forms of (六) and (十三): figures that contradict each other are refused, by name."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.kit.format_errors import FormatErrors
from tests.support.packaged import load_application
from tests.support.scenarios.finance import INSTITUTION, guarantees
from tests.support.scenarios.training import training


def listed(*fees: str, **row: Any) -> dict[str, Any]:
    """A guarantee of 100,000 with these fees listed."""
    return guarantees(
        {"amount": "100000", "fees": [{"name": "担保费", "amount": fee} for fee in fees], **row}
    )


REFUSED = [
    ("m06_guarantee", listed("60000", "40000"), "guarantees/0/fees", "fees_above_amount"),
    ("m06_guarantee", listed("1", old_fees="100000"), "guarantees/0/old_fees", "fees_above_amount"),
    ("m06_guarantee", guarantees({"term_months": 24}), "guarantees/0/term_months", "term_differs"),
    ("m06_guarantee", guarantees({"term_months": 11}), "guarantees/0/term_months", "term_differs"),
    (
        "m06_guarantee",
        guarantees({"disbursed": False}),
        "guarantees/0/disbursed_on",
        "not_disbursed_on_a_day",
    ),
    (
        "m06_guarantee",
        guarantees({"ends_on": "2020-04-14"}),
        "guarantees/0/ends_on",
        "ends_before_start",
    ),
    (
        "m13_training",
        training(revenue_2019={"feb": "500000", "total": "100000"}),
        "revenue_2019/total",
        "part_above_total",
    ),
    (
        "m13_training",
        training(revenue_2020={"feb": "1", "mar": "1", "apr": "1", "total": "4"}),
        "revenue_2020/total",
        "total_differs",
    ),
    ("m13_training", training(training_organised=False), "training_organised", "trained_nobody"),
]
TAKEN = [
    ("m06_guarantee", listed("60000", "39999.99")),
    ("m06_guarantee", guarantees({"term_months": 12})),
    ("m06_guarantee", guarantees({"term_months": 12, "ends_on": "2021-04-30"})),
    ("m06_guarantee", guarantees({"disbursed": False, "disbursed_on": None})),
    ("m06_guarantee", guarantees({"amount": None, "fees": [{"name": "担保费", "amount": "9"}]})),
    ("m13_training", training(revenue_2019={"feb": "100000", "total": "100000"})),
    ("m13_training", training(revenue_2019={"feb": "-1", "total": "100000"})),
    ("m13_training", training(0, training_organised=False)),
    ("m13_training", training(1, training_organised=True)),
]


@pytest.mark.parametrize(("provision", "facts", "where", "code"), REFUSED)
def test_facts_that_contradict_each_other_are_refused(
    provision: str, facts: dict[str, Any], where: str, code: str
) -> None:
    with pytest.raises(FormatErrors) as refused:
        load_application({"provision": provision, "enterprise": INSTITUTION, "facts": facts})
    assert [(error.pointer, error.code) for error in refused.value.errors] == [
        (f"/facts/{where}", code)
    ]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.value.errors[0].message)


@pytest.mark.parametrize(("provision", "facts"), TAKEN)
def test_the_last_figure_that_fits_is_taken(provision: str, facts: dict[str, Any]) -> None:
    assert load_application({"provision": provision, "enterprise": INSTITUTION, "facts": facts})
