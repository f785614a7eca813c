"""What is made of the blocks in which encryption is measured."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.scenarios import encryption
from bench.scenarios.encryption import Cost, Round

MIXED = (0.9, 1.3)


def test_the_interval_is_that_of_the_sign_test() -> None:
    # Of 40 the 14th and the 27th: at most 13 below has a probability of 0.019.
    assert encryption.interval([float(number) for number in range(1, 41)]) == (14.0, 27.0)
    assert encryption.interval([3.0, 1.0, 2.0, 6.0, 5.0, 4.0]) == (1.0, 6.0)


@pytest.mark.parametrize(
    ("ratios", "verdict"),
    [((1.01, 1.03), "met"), ((1.06, 1.2), "MISSED"), (MIXED, "not decided")],
)
def test_the_verdict_is_that_of_the_whole_interval(ratios: Sequence[float], verdict: str) -> None:
    clear = Cost(2.0, 1.0)
    rounds = [Round([Cost(2.0 * ratio, 1.0 * ratio)] * 2, [clear] * 2) for ratio in (*ratios,) * 20]
    said = encryption.text(rounds, 0.25)
    assert said.endswith(f"Target, at most 5% for both: {verdict}.")
    assert "other processes took 25%" in said
    low, high = encryption.interval([one.ratio(lambda cost: cost.both) for one in rounds])
    assert f"{low:.3f}-{high:.3f}" in said
