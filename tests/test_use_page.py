"""docs/use.md names, for everything that integrators and operators found, tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "use.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("table", "sign", "last"), [("broken", "", 20), ("integrators", "A", 8), ("operators", "D", 6)]
)
def test_each_row_is_there_and_names_tests_that_exist(table: str, sign: str, last: int) -> None:
    within = PAGE.partition(f"<!-- {table} -->")[2].partition(f"<!-- /{table} -->")[0]
    rows = [line.strip("|").split("|") for line in within.strip().splitlines()[2:]]
    assert [row[0].strip() for row in rows] == [f"{sign}{number}" for number in range(1, last + 1)]
    for number, before, now, tests in rows:
        assert before.strip(), number
        assert now.strip(), number
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", tests)
        assert named, number
        assert tests.count("`") == 2 * len(named), f"{number}: each in the same form"
        for path, test in named:
            text = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"^def {test}\(", text, re.MULTILINE), (number, path, test)


def test_links_of_the_page_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
