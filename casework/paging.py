"""Pages that stay stable while rows are added: the cursor is the last id seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from schemas.kit.paging import LIMIT_MAX

T = TypeVar("T")
P = TypeVar("P")

LIMIT = 50


def bounded(limit: int | None) -> int:
    """How many rows to return, between 1 and LIMIT_MAX."""
    return max(1, min(limit or LIMIT, LIMIT_MAX))


def page(kind: Callable[..., P], rows: Sequence[Any], limit: int, render: Callable[[Any], T]) -> P:
    """An answer with `items`, and `next`: the id to go on from, or None.

    Takes up to `limit` + 1 rows with ids.
    """
    shown = rows[:limit]
    return kind(
        items=[render(row) for row in shown], next=shown[-1].id if len(rows) > limit else None
    )
