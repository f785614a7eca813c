"""Applications as they lie in the database, with what is encrypted of them."""

from __future__ import annotations

from typing import Any

from casework.personal import parts
from store.db import Database


def stored(db: Database) -> list[dict[str, Any]]:
    """Every application, in order of filing: provision, enterprise, facts, how far its filer is
    known."""
    with db.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT receipt, notice_id, provision, uscc, name, enterprise, facts, personal, source,"
            " identity FROM application ORDER BY id"
        ).mappings()
        return [_whole(dict(row)) for row in rows]


def _whole(row: dict[str, Any]) -> dict[str, Any]:
    receipt, personal = row.pop("receipt"), row.pop("personal")
    enterprise, facts = parts.put_back(receipt, row["enterprise"], row["facts"], personal)
    return {**row, "enterprise": enterprise, "facts": facts}
