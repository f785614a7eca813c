"""docs/desk.md: each thing that officers complain about elsewhere has its test, or a reason."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = ("O26", "O27")
"""Rows without a test; decision 50 says why. None of the gravest (O1 to O9) may be here."""


def test_each_row_names_tests_that_are_there() -> None:
    page = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (O\d+) \|[^|]*\| (.*) \|$", page, re.MULTILINE))
    assert list(rows) == [f"O{number}" for number in range(1, 29)]
    record = ROOT / "docs" / "decisions" / "0050-what-officers-are-spared.md"
    decision = record.read_text(encoding="utf-8")
    for row, said in rows.items():
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", said)
        assert bool(named) != (row in LEFT_OUT), row
        assert named or re.search(rf"^\| {row} \|", decision, re.MULTILINE), row
        for path, test in named:
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), (row, test)
