"""Many values on their way into one statement: lists of numbers, and JSON.

psycopg writes a list of numbers element by element through its adapters, six times slower than
one string. Lists of texts are fast enough in its binary format: `%(names)b::text[]`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import orjson


def numbers(values: Iterable[int | Decimal | None]) -> str:
    """An array literal, for `%(ids)s::bigint[]` or `%(amounts)s::numeric[]`."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def to_json(value: Any) -> str:
    """JSON text without spaces."""
    return orjson.dumps(value).decode()
