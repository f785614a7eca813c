"""What a bureau has to pay, or to see waived: its fulfilments, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from casework.docket import trail
from casework.errors import CaseNotFound
from casework.fulfilment.shown import shown
from casework.fulfilment.standing import COLUMNS
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.kit import paging
from schemas.payments import Payment, PaymentPage
from store import predicates
from store.db import Database
from store.money import PROGRESS
from vocabulary.events import EventType
from vocabulary.receipts import normalise

_NARROWED: Final = {
    "before": "f.id < %(before)s",
    "progress": f"{PROGRESS} = %(progress)s",
    "provision": "a.provision = %(provision)s",
    "lead": "a.lead_bureau = %(lead)s",
    "received_from": predicates.RECEIVED_FROM,
    "received_to": predicates.RECEIVED_TO,
}
_OF_CASE: Final = (
    "a.receipt = %(receipt)s AND (f.bureau = %(bureau)s OR a.lead_bureau = %(bureau)s)"
)


def list_payments(
    db: Database,
    principal: Principal,
    *,
    limit: int | None = None,
    leading: bool = False,
    **asked: object,
) -> PaymentPage:
    """What the bureau fulfils, or what it leads; that it was looked at is on the trail.

    `asked`: what of `_NARROWED` narrows it. Raises NotPermitted.
    """
    whose = "a.lead_bureau" if leading else "f.bureau"
    narrowed = {name: value for name, value in asked.items() if value is not None}
    which = " AND ".join([f"{whose} = %(bureau)s", *(_NARROWED[name] for name in narrowed)])
    asked = {**narrowed, "bureau": principal.bureau}
    return _found(db, principal, paging.bounded(limit), which, asked)


def read(db: Database, principal: Principal, receipt: str) -> Payment:
    """The newest fulfilment of a case that the bureau fulfils or leads; on the trail.

    Raises NotPermitted, CaseNotFound.
    """
    asked = {"receipt": normalise(receipt), "bureau": principal.bureau}
    found = _found(db, principal, 1, _OF_CASE, asked, with_account=True).items
    if not found:
        raise CaseNotFound
    return found[0]


def _found(
    db: Database,
    principal: Principal,
    size: int,
    which: str,
    asked: Mapping[str, object],
    *,
    with_account: bool = False,
) -> PaymentPage:
    principal.require(Right.READ_PAYMENTS)
    with db.transaction() as conn:
        rows = (
            conn.exec_driver_sql(
                f"SELECT {COLUMNS}, a.id AS application, a.receipt, a.name, a.notice_id"  # noqa: S608
                " FROM fulfilment AS f JOIN application AS a ON a.id = f.application_id"
                f" WHERE {which} ORDER BY f.id DESC LIMIT %(limit)s",
                {**asked, "limit": size + 1},
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
            with_account=with_account,
            receipt=row["receipt"],
            enterprise=row["name"],
        )
        for row in rows[:size]
    ]
    return PaymentPage(items=items, next=last)
