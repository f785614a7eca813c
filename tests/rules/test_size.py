"""Enterprise size by 工信部联企业〔2011〕300号: 16 industries, both sides of every threshold."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from rules.size import classify
from tests.support.scenarios.judging import NOTICE
from vocabulary.forms import Industry, Size

# The standard's table as published: indicators, then large, medium, small. 万元 and persons.
TABLE = """
agriculture         revenue            20000         500          50
manufacturing       employees,revenue  1000,40000    300,2000     20,300
construction        revenue,assets     80000,80000   6000,5000    300,300
wholesale           employees,revenue  200,40000     20,5000      5,1000
retail              employees,revenue  300,20000     50,500       10,100
transport           employees,revenue  1000,30000    300,3000     20,200
storage             employees,revenue  200,30000     100,1000     20,100
postal              employees,revenue  1000,30000    300,2000     20,100
accommodation       employees,revenue  300,10000     100,2000     10,100
catering            employees,revenue  300,10000     100,2000     10,100
information         employees,revenue  2000,100000   100,1000     10,100
software            employees,revenue  300,10000     100,1000     10,50
real_estate         revenue,assets     200000,10000  1000,5000    100,2000
property_management employees,revenue  1000,5000     300,1000     100,500
leasing_business    employees,assets   300,120000    100,8000     10,100
other               employees          300           100          10
"""
CLASSES = (Size.LARGE, Size.MEDIUM, Size.SMALL, Size.MICRO)


def rows() -> Iterator[tuple[str, dict[Size, dict[str, int]]]]:
    """(industry, class -> indicator -> threshold) of every row."""
    for line in TABLE.strip().splitlines():
        industry, names, *columns = line.split()
        yield (
            industry,
            {
                size: dict(zip(names.split(","), map(int, column.split(",")), strict=True))
                for size, column in zip(CLASSES, columns, strict=False)
            },
        )


def profile(industry: str, figures: dict[str, Fraction | int]) -> dict[str, Any]:
    """An enterprise's facts: persons, and yuan out of 万元."""
    stated: dict[str, Any] = {"industry": industry}
    for name, figure in figures.items():
        stated[name] = int(figure) if name == "employees" else f"{float(figure * 10000):.2f}"
    return stated


def size_of(industry: str, **figures: Fraction | int) -> Size | None:
    """The class of one enterprise; money in 万元."""
    return classify(profile(industry, figures), NOTICE.sizes).size


def just_below(name: str, threshold: int) -> Fraction:
    """One person less, or one fen (in 万元) less."""
    return Fraction(threshold - 1) if name == "employees" else threshold - Fraction(1, 1_000_000)


def test_the_sixteen_industries_of_the_standard() -> None:
    assert [industry for industry, _ in rows()] == [industry.value for industry in Industry]
    assert set(NOTICE.sizes) == {industry for industry, _ in rows()}


@pytest.mark.parametrize(("industry", "classes"), list(rows()), ids=lambda row: str(row)[:20])
def test_a_class_is_reached_only_by_reaching_every_figure(
    industry: str, classes: dict[Size, dict[str, int]]
) -> None:
    for size, lower in pairwise(CLASSES):
        exactly = classes[size]
        assert size_of(industry, **exactly) is size
        for name, threshold in exactly.items():
            missed: dict[str, Any] = {**exactly, name: just_below(name, threshold)}
            assert size_of(industry, **missed) is not size
            everything_missed = {n: just_below(n, t) for n, t in exactly.items()}
            assert size_of(industry, **everything_missed) is lower


@pytest.mark.parametrize(
    ("industry", "figures", "size"),
    [
        ("retail", {"employees": 300, "revenue": 20000}, Size.LARGE),
        ("retail", {"employees": 299, "revenue": 20000}, Size.MEDIUM),
        ("retail", {"employees": 300, "revenue": Fraction("19999.99")}, Size.MEDIUM),
        ("retail", {"employees": 50, "revenue": 500}, Size.MEDIUM),
        ("retail", {"employees": 49, "revenue": 20000}, Size.SMALL),
        ("retail", {"employees": 9, "revenue": 20000}, Size.MICRO),
        ("manufacturing", {"employees": 1200, "revenue": 30000}, Size.MEDIUM),
        ("catering", {"employees": 100, "revenue": 1999}, Size.SMALL),
        ("leasing_business", {"employees": 500, "assets": 100000}, Size.MEDIUM),
        ("storage", {"employees": 150, "revenue": 2000}, Size.MEDIUM),
        ("information", {"employees": 1500, "revenue": 50000}, Size.MEDIUM),
    ],
)
def test_known_boundaries(industry: str, figures: dict[str, Any], size: Size) -> None:
    assert size_of(industry, **figures) is size


def test_one_indicator_below_large_is_enough_and_the_rest_may_be_blank() -> None:
    known = classify({"industry": "retail", "employees": 299}, NOTICE.sizes)
    assert (known.sme, known.size) == (True, None)
    open_ = classify({"industry": "retail", "employees": 300}, NOTICE.sizes)
    assert (open_.sme, open_.missing) == (None, ("revenue",))
    assert classify({}, NOTICE.sizes).missing == ("industry",)


def test_a_figure_the_row_does_not_use_is_not_asked_for() -> None:
    assert size_of("other", employees=99) is Size.SMALL
    assert classify({"industry": "agriculture"}, NOTICE.sizes).missing == ("revenue",)
