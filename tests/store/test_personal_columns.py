"""Every column that can hold text has been decided about: who adds one decides."""

from __future__ import annotations

import tomllib
from pathlib import Path

from sqlalchemy import LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from store.personal_columns import SEALED
from tests.support.tables import metadata

DECIDED = tomllib.loads(
    (Path(__file__).parents[2] / "docs/personal-data.toml").read_text(encoding="utf-8")
)
WORDS = {"sealed", "hashed", "name", "ours", "told", "within"}


def test_every_column_that_can_hold_text_is_decided_about_once() -> None:
    columns = sorted(
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Text | LargeBinary | ARRAY | JSONB)
    )
    assert {word for table in DECIDED.values() for word in table} == WORDS
    decided = sorted(
        f"{name}.{column}"
        for name, table in DECIDED.items()
        for names in table.values()
        for column in names
    )
    assert decided == columns


def test_what_is_sealed_there_is_what_is_rotated() -> None:
    sealed = {
        f"{name}.{column}"
        for name, table in DECIDED.items()
        for kind in ("sealed", "within")
        for column in table.get(kind, ())
    }
    assert {each.name for each in SEALED} == sealed
