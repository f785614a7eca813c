"""Lists on the wire: what is asked of them, and where they go on.

The cursor is the last id seen: pages stay stable while rows are added.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from marshmallow import fields, validate

from schemas.kit.describe import about
from vocabulary.base import Vocabulary

T = TypeVar("T")
P = TypeVar("P")

DEFAULT_LIMIT: Final = 50
LIMIT_MAX: Final = 200
BIGGEST_ID: Final = 2**63 - 1
NEXT: Final = about("下一页", "作为 before 传入；没有更多时为 null")

# The last two members of every list's query.
BEFORE: Final = fields.Integer(
    validate=validate.Range(1, BIGGEST_ID), **about("从此编号往前", "上一页答复中的 next")
)
LIMIT: Final = fields.Integer(
    validate=validate.Range(1, LIMIT_MAX), **about("每页条数", "默认 50，最多 200")
)


def one_of(words: type[Vocabulary]) -> validate.OneOf:
    """Only these words, each as its plain string."""
    return validate.OneOf([word.value for word in words])


def bounded(limit: int | None) -> int:
    """How many rows to return, between 1 and LIMIT_MAX."""
    return max(1, min(limit or DEFAULT_LIMIT, LIMIT_MAX))


def page(kind: Callable[..., P], rows: Sequence[Any], limit: int, render: Callable[[Any], T]) -> P:
    """An answer with `items`, and `next`: the id to go on from, or None.

    Takes up to `limit` + 1 rows with ids.
    """
    shown = rows[:limit]
    return kind(
        items=[render(row) for row in shown], next=shown[-1].id if len(rows) > limit else None
    )
