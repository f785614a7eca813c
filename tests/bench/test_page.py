"""Pages that show the last run show it and no other."""

from __future__ import annotations

import pytest

from bench import REPOSITORY
from bench.page import embed, fenced


@pytest.mark.parametrize("name", ["performance.md", "reliability.md"])
def test_the_page_shows_the_last_run_only(name: str) -> None:
    page = (REPOSITORY / "docs" / name).read_text(encoding="utf-8")
    once = embed(page, "last run", "first run\n")
    twice = embed(once, "last run", "second run\n")
    assert "first run" in once
    assert "first run" not in twice
    assert "second run" in twice
    assert twice.replace("second run", "first run") == once


def test_places_on_one_page_are_told_apart() -> None:
    page = (REPOSITORY / "docs" / "performance.md").read_text(encoding="utf-8")
    million = embed(page, "million", fenced("a million\n"))
    assert "```text\na million\n```" in embed(million, "last run", "a run")


def test_a_page_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for the last run"):
        embed("a page", "last run", "a table")
