"""The rows of a size standard, each with the standard's name, which stands once in its file."""

from __future__ import annotations

from typing import Any


def with_source(table: dict[str, Any]) -> dict[str, Any]:
    """Add to each industry's row the ``source`` of all rows."""
    source = table["source"]
    return {name: {**row, "source": source} for name, row in table.items() if name != "source"}
