"""docs/security.md names, for every threat, tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def table_of(name: str) -> list[list[str]]:
    """The rows of a table of the page."""
    table = PAGE.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]
    return [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in table.strip().splitlines()[2:]
    ]


def check_tests(about: str, tests: str) -> None:
    """Each test that a cell names is there, and there is one."""
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
    assert named, about
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in there, f"{about}: {path}::{name}"


def test_every_threat_names_tests_that_exist() -> None:
    threats = table_of("threats")
    assert len(threats) >= 25
    for threat, protection, tests in threats:
        assert threat, tests
        assert protection, threat
        check_tests(threat, tests)


def test_everything_that_was_found_has_its_test() -> None:
    found = table_of("found")
    assert {int(number) for number, *_ in found} == set(range(7, 19))
    for number, before, tests in found:
        assert before, number
        check_tests(number, tests)


def test_links_and_files_of_the_page_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
    for name in re.findall(r"`([a-z]\w*/[\w./-]+\.(?:py|sh|yml))`", PAGE):
        assert (ROOT / name).exists(), name
