"""Everything that lies encrypted in a database, read back, column by column."""

from __future__ import annotations

import json

from casework.personal import encryption, notes, parts, texts
from config import keys
from store.db import Database
from store.personal_columns import SEALED, Sealing


def read_back(database: Database) -> dict[str, str]:
    """All that each sealed column says, in one text."""
    said = {}
    with database.statement() as conn:
        for each in SEALED:
            stored = f"t.{each.column}" if each.column == parts.FIELD else each.stored
            rows = conn.exec_driver_sql(
                f"SELECT {each.row} AS bound, {stored} AS stored FROM {each.table} AS t"  # noqa: S608
                f" WHERE {stored} IS NOT NULL AND {each.where}"
            ).all()
            said[each.name] = "\n".join(_read(each, row.bound, row.stored) for row in rows)
    return said


def _read(sealing: Sealing, bound: str, stored: str | bytes | dict[str, object]) -> str:
    if isinstance(stored, dict):
        application_id, serial = bound.split(":")
        document = notes.opened(stored, int(application_id), int(serial))
        return json.dumps(document, ensure_ascii=False)
    if isinstance(stored, str):
        return texts.unseal(stored, sealing.name, bound) or ""
    place = {"table": sealing.table, "field": sealing.column, "row": bound}
    return encryption.decrypt(keys.held(), bytes(stored), **place)
