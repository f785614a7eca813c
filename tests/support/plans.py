"""What PostgreSQL means to do, or has done, for a statement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def every_node(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node of a plan (EXPLAIN, FORMAT JSON), and all below it."""
    yield node
    for below in node.get("Plans", ()):
        yield from every_node(below)
