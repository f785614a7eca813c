"""Tables in Markdown."""

from __future__ import annotations

from cli.tables import markdown


def test_a_table_in_markdown_keeps_its_cells_whole() -> None:
    assert markdown(("a", "", "c"), [("x|y", 1, "two\nlines")], right=[1]) == (
        "| a | | c |\n|---|---:|---|\n| x\\|y | 1 | two lines |"
    )
