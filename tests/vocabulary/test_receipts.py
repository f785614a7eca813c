"""A receipt is found however people write it down."""

from __future__ import annotations

import pytest

from vocabulary.receipts import parse

RECEIPT = "WQ261128-0000313-B"


@pytest.mark.parametrize(
    "typed",
    [
        RECEIPT,
        "wq261128-0000313-b",
        "WQ2611280000313B",
        "WQ261128-0000313B",
        "WQ261128 0000313 B",
        " WQ261128 - 0000313 - B ",
        "WQ261128–0000313—B",
        "WQ261128－0000313－B",
        "ＷＱ２６１１２８－００００３１３－Ｂ",
        "WQ261128\u30000000313\u3000B\u200b",
    ],
)
def test_it_is_read_in_any_usual_writing(typed: str) -> None:
    assert parse(typed) == RECEIPT


@pytest.mark.parametrize("typed", ["", "WQ", "WQ261128-0000313-C", "WQ261128-0000314-B", "B"])
def test_what_is_none_is_none(typed: str) -> None:
    assert parse(typed) is None
