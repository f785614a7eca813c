"""The applications of one enterprise, for the enterprise.

A credit code is public and a telephone changes hands: what is listed is what was filed by who is
known to be the enterprise, or, for somebody who has only confirmed an address, what has lately been
confirmed at the very same one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row

from casework.docket import desk
from casework.notices import editions
from casework.people.enterprise_sessions import KNOWN
from casework.personal import parts
from config.settings import Settings
from store import predicates
from store.db import Database
from vocabulary.cases import State
from vocabulary.receipts import parse

MOST: Final = 100
SAME_CONTACT_DAYS: Final = 60
"""So long after a telephone was confirmed it is the same person's for certain: operators keep a
number that was given up for 90 days before somebody else gets it."""

_ROW: Final = "a.receipt, a.notice_id, a.provision, a.received_at, a.state"
_OF_ENTERPRISE: Final = (
    f"SELECT {_ROW} FROM application AS a WHERE a.uscc = %(uscc)s AND {KNOWN}"  # noqa: S608
    f" ORDER BY a.id DESC LIMIT {MOST}"
)
_OTHERS: Final = (
    f"SELECT count(*) FROM application AS a WHERE a.uscc = %(uscc)s AND NOT {KNOWN}"  # noqa: S608
    f" AND {predicates.COUNTED}"
)
_LATELY: Final = (
    "a.identity = 'contact_verified'"
    f" AND a.identity_at > app_now() - interval '{SAME_CONTACT_DAYS} days'"
)
_CONTACT: Final = (
    f"SELECT a.id, a.uscc, {parts.GIVEN} AS given FROM application AS a"  # noqa: S608
    f" WHERE a.receipt = %(receipt)s AND a.uscc IS NOT NULL AND {_LATELY}"
)
_OF_CONTACT: Final = (
    f"SELECT {_ROW}, {parts.GIVEN} AS given FROM application AS a"  # noqa: S608 -- constants
    f" WHERE a.uscc = %(uscc)s AND a.id <> %(id)s AND {predicates.COUNTED} AND {_LATELY}"
    f" ORDER BY a.id DESC LIMIT {MOST}"
)


class Own(NamedTuple):
    """One application in the list."""

    receipt: str
    title: str
    received_at: datetime
    state: State


class Listed(NamedTuple):
    """What is listed; how many more were filed under the credit code by nobody knows whom."""

    items: list[Own]
    others: int


def of_enterprise(db: Database, uscc: str) -> Listed:
    """What the enterprise is known to have filed, the newest first."""
    with db.statement() as conn:
        rows = conn.exec_driver_sql(_OF_ENTERPRISE, {"uscc": uscc}).all()
        others: int = conn.exec_driver_sql(_OTHERS, {"uscc": uscc}).scalar_one()
    return Listed([_own(row) for row in rows], others)


def of_contact(db: Database, settings: Settings, receipt: str, access_code: str) -> list[Own]:
    """The other applications of the same enterprise whose confirmed address is the same as this
    one's. Empty, too, where this one's is not confirmed, or not lately.

    Raises ApplicationNotFound (unknown receipt and wrong code alike).
    """
    with db.statement() as conn:
        desk.require_code(conn, settings, receipt, access_code)
        own = conn.exec_driver_sql(_CONTACT, {"receipt": parse(receipt)}).one_or_none()
        if own is None:
            return []
        rows = conn.exec_driver_sql(_OF_CONTACT, {"uscc": own.uscc, "id": own.id}).all()
    reached = set(parts.confirmed(own.given).items())
    return [_own(row) for row in rows if reached & set(parts.confirmed(row.given).items())]


def _own(row: Row[Any]) -> Own:
    title = editions.edition(row.notice_id).notice.provisions[row.provision]["title"]
    return Own(row.receipt, title, row.received_at, State(row.state))
