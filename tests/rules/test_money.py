"""Exact yuan as whole numbers where they are whole: never another amount than fractions give."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from rules.money import Exact, exact, ratio, show, to_fen, whole_fen

YUAN = st.decimals(
    min_value=-(10**13), max_value=10**13, places=2, allow_nan=False, allow_infinity=False
)
OTHER = st.sampled_from(["0", "7", "-7", "2", "1.5", "0.125", "80", "1E+3", "3/7"])
TEXTS = st.one_of(YUAN.map("{:.2f}".format), OTHER)
FACTORS = st.fractions(min_value=0, max_value=31, max_denominator=366)


def whole_where_whole(value: Fraction) -> Exact:
    """The form in which the rules hold a number."""
    return int(value) if value.denominator == 1 else value


@given(TEXTS)
def test_a_text_is_read_exactly(text: str) -> None:
    assert exact(text) == Fraction(text)


@given(TEXTS, TEXTS, FACTORS, FACTORS.filter(bool))
def test_sums_products_and_ratios_are_those_of_fractions(
    one: str, other: str, factor: Fraction, divisor: Fraction
) -> None:
    ours = ratio(exact(one) * whole_where_whole(factor) + exact(other), whole_where_whole(divisor))
    theirs = (Fraction(one) * factor + Fraction(other)) / divisor
    assert ours == theirs
    assert str(ours) == str(theirs)
    assert not isinstance(ours, float)


@given(YUAN, FACTORS.filter(bool))
def test_the_fen_is_rounded_half_up_and_shown_alike_for_whole_numbers(
    yuan: Decimal, divisor: Fraction
) -> None:
    amount = ratio(exact(f"{yuan:.2f}"), whole_where_whole(divisor))
    doubled = Fraction(amount) * 200 + 1
    assert to_fen(amount) == to_fen(Fraction(amount)) == Decimal(int(doubled // 2)).scaleb(-2)
    assert show(amount) == show(Fraction(amount))
    assert whole_fen(amount) is ((Fraction(amount) * 100).denominator == 1)


@given(st.integers(min_value=0, max_value=10**15))
def test_halves_of_a_fen_go_up(tenths: int) -> None:
    expected = (Decimal(tenths) / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert to_fen(ratio(tenths, 1000)) == expected
