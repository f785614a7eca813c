"""What a bureau has to pay, or to see waived: its fulfilments, newest first."""

from __future__ import annotations

from casework.docket import trail
from casework.fulfilment.shown import shown
from casework.fulfilment.standing import COLUMNS, PROGRESS
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.kit import paging
from schemas.payments import Payment, PaymentPage
from store.db import Database
from vocabulary.events import EventType


def list_payments(
    db: Database,
    principal: Principal,
    *,
    progress: str | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> PaymentPage:
    """The bureau's fulfilments, those of one progress alone if it is named; that they were looked
    at is on the trail. Raises NotPermitted."""
    principal.require(Right.READ_PAYMENTS)
    size = paging.bounded(limit)
    with db.transaction() as conn:
        rows = (
            conn.exec_driver_sql(
                f"SELECT {COLUMNS}, a.id AS application, a.receipt, a.name, a.notice_id"  # noqa: S608
                " FROM fulfilment AS f JOIN application AS a ON a.id = f.application_id"
                " WHERE f.bureau = %(bureau)s"
                "  AND (%(before)s::bigint IS NULL OR f.id < %(before)s)"
                f"  AND (%(progress)s::text IS NULL OR {PROGRESS} = %(progress)s)"
                " ORDER BY f.id DESC LIMIT %(limit)s",
                {
                    "bureau": principal.bureau,
                    "before": before,
                    "progress": progress,
                    "limit": size + 1,
                },
            )
            .mappings()
            .all()
        )
        trail.looked(
            conn,
            principal,
            EventType.ACCESS_PAYMENTS_LISTED,
            [row["application"] for row in rows[:size]],
        )
    last = rows[size - 1]["id"] if len(rows) > size else None
    items = [
        shown(
            Payment,
            dict(row),
            editions.edition(row["notice_id"]).notice.name_of,
            receipt=row["receipt"],
            enterprise=row["name"],
        )
        for row in rows[:size]
    ]
    return PaymentPage(items=items, next=last)
