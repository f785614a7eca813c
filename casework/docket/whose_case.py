"""Which bureau leads a case, for an officer of another one whom a link has led to it."""

from __future__ import annotations

from casework.notices import editions
from store.db import Database
from vocabulary.receipts import parse


def lead_of(db: Database, receipt: str) -> str | None:
    """The name of the bureau that leads it now; None for no such case, and before it is assessed.

    For people of bureaus who have logged in: they may know whom to call, and nothing else of it.
    """
    with db.statement() as conn:
        row = conn.exec_driver_sql(
            "SELECT notice_id, lead_bureau FROM application WHERE receipt = %(receipt)s",
            {"receipt": parse(receipt)},
        ).one_or_none()
    if row is None or row.lead_bureau is None:
        return None
    return editions.names_of(row.notice_id)(row.lead_bureau)
