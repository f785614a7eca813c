"""docs/security.md names, for every threat, tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def threats() -> list[list[str]]:
    """The rows of the threat table: threat, protection, tests."""
    table = PAGE.partition("<!-- threats -->")[2].partition("<!-- /threats -->")[0]
    return [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in table.strip().splitlines()[2:]
    ]


def test_every_threat_names_tests_that_exist() -> None:
    assert len(threats()) >= 25
    for threat, protection, tests in threats():
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests)
        assert threat, tests
        assert protection, threat
        assert named, threat
        for path, name in named:
            tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
            there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert name in there, f"{threat}: {path}::{name}"


def test_links_and_files_of_the_page_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
    for name in re.findall(r"`([a-z]\w*/[\w./-]+\.(?:py|sh|yml))`", PAGE):
        assert (ROOT / name).exists(), name
