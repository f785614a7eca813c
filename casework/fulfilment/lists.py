"""What a bureau has to pay, or to see waived: its fulfilments, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from casework.docket import trail
from casework.errors import CaseNotFound
from casework.fulfilment import open_acts, standing
from casework.fulfilment.shown import shown
from casework.fulfilment.standing import COLUMNS
from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from schemas.kit import paging
from schemas.payments import Payment, PaymentPage
from store import predicates
from store.db import Database
from store.money import OUTSTANDING, PROGRESS
from vocabulary.events import EventType
from vocabulary.fulfilment import BEFORE_THE_BANK, Progress
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


_BY_PROGRESS: Final = f"""
SELECT p.progress, count(*) AS cases, sum(p.outstanding) AS amount, min(p.publicised_until) AS since
FROM (SELECT {PROGRESS} AS progress, {OUTSTANDING} AS outstanding, f.publicised_until
    FROM fulfilment AS f JOIN application AS a ON a.id = f.application_id
    WHERE f.bureau = %(bureau)s AND f.state = 'due') AS p
WHERE p.progress = ANY(%(waiting)s) GROUP BY 1
"""  # noqa: S608 -- constants
_WAITING: Final = (Progress.PAYABLE, Progress.ACCOUNT_UNCONFIRMED, Progress.TOLD)


class Waiting(NamedTuple):
    """Fulfilments that wait for an act of the bureau, of one progress. `since`: the end of the
    earliest one's publicity days."""

    progress: Progress
    cases: int
    amount: Decimal
    since: date


def waiting(db: Database, principal: Principal) -> list[Waiting]:
    """What waits for the bureau to pay it, to confirm its account, or to see it waived, in this
    order; numbers alone, no case is shown. Raises NotPermitted."""
    principal.require(Right.PAY)
    values = {"bureau": principal.bureau, "waiting": [each.value for each in _WAITING]}
    with db.statement() as conn:
        rows = conn.exec_driver_sql(_BY_PROGRESS, values).all()
    found = [Waiting(Progress(row[0]), *row[1:]) for row in rows]
    return sorted(found, key=lambda each: _WAITING.index(each.progress))


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
    found = _found(db, principal, 1, _OF_CASE, asked, is_read=True).items
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
    is_read: bool = False,
) -> PaymentPage:
    principal.require(Right.READ_PAYMENTS)
    with db.transaction() as conn:
        rows = (
            conn.exec_driver_sql(
                f"SELECT {COLUMNS}, f.waived_by, a.id AS application, a.receipt, a.name,"  # noqa: S608
                " a.notice_id FROM fulfilment AS f JOIN application AS a ON a.id = f.application_id"
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
        read = standing.of_application(conn, rows[0]["application"]) if is_read and rows else None
        actions = open_acts.to_bureau(conn, principal, read) if read else []
    last = rows[size - 1]["id"] if len(rows) > size else None
    items = [
        shown(
            Payment,
            dict(row),
            editions.edition(row["notice_id"]).notice.name_of,
            with_account=is_read,
            receipt=row["receipt"],
            enterprise=row["name"],
            account_id=row["account"] and row["account"]["id"],
            said_paid_on=row["waived_on"] if row["progress"] in BEFORE_THE_BANK else None,
            said_by=row["waived_by"] if row["progress"] in BEFORE_THE_BANK else None,
            actions=actions,
        )
        for row in rows[:size]
    ]
    return PaymentPage(items=items, next=last)
