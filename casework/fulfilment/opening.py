"""A grant comes into force, and with it what is to be done for it; in the same transaction.

How a provision's grants are fulfilled, and by whom, the notice's data says (`fulfilment.toml`).
"""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from casework.docket import desk, tell
from casework.docket.desk import Case
from casework.followup import chase
from casework.fulfilment import payment_account
from casework.notices import editions
from config.settings import Settings
from rules.workdays import add_working_days, office_opening
from store.money import SETTLED
from vocabulary.events import EventType
from vocabulary.fulfilment import FulfilmentState, Way
from vocabulary.parties import Actor

_HANDLE_BYTES: Final = 12

_OPEN: Final = f"""
INSERT INTO fulfilment AS n (application_id, determination_id, handle, way, bureau, purpose, amount,
    publicised_until, provisional, opened_at, changed_at)
SELECT d.application_id, d.id, %(handle)s, %(way)s, %(bureau)s, %(purpose)s, d.amount, %(until)s,
    %(provisional)s, app_now(), app_now()
FROM determination AS d
WHERE d.application_id = %(id)s AND d.state = 'in_force' AND d.granted AND d.amount > 0
RETURNING n.id, n.amount, (SELECT {SETTLED} FROM (SELECT n.application_id) AS f) AS settled,
    EXISTS (SELECT FROM objection AS o WHERE o.application_id = n.application_id
        AND o.state IN ('unconfirmed', 'open')) AS has_objection
"""  # noqa: S608 -- constants

_CARRY_OVER: Final = """
WITH o AS (UPDATE objection SET fulfilment_id = %(new)s, stops = stops OR state = 'open'
    WHERE application_id = %(id)s AND state IN ('unconfirmed', 'open') RETURNING state),
was AS (UPDATE fulfilment SET objections = 0
    WHERE application_id = %(id)s AND id <> %(new)s AND objections > 0)
UPDATE fulfilment SET objections = (SELECT count(*) FROM o WHERE state = 'open')
WHERE id = %(new)s AND EXISTS (SELECT FROM o WHERE state = 'open')
"""


def open_for(conn: Connection, settings: Settings, case: Case) -> None:
    """Have the grant in force of a locked case fulfilled, where it is one of money.

    What an earlier determination has paid already counts: where that is all, nothing is left to do.
    """
    manner = editions.manner(case.notice_id, case.provision)
    if manner is None:
        return
    until, provisional = add_working_days(case.today, settings.practice.publicity)
    opened = conn.exec_driver_sql(
        _OPEN,
        {
            "id": case.id,
            "handle": secrets.token_urlsafe(_HANDLE_BYTES),
            "way": manner.way,
            "bureau": manner.bureau,
            "purpose": manner.purpose,
            "until": until,
            "provisional": provisional,
        },
    ).one_or_none()
    if opened is None:
        return
    # An objection to what this replaces stops this as well: it waits for its answer still.
    if opened.has_objection:
        conn.exec_driver_sql(_CARRY_OVER, {"id": case.id, "new": opened.id})
    # Nothing is due before the publicity days are over, so nothing need be pointed out before.
    nearing, _ = add_working_days(until, -settings.practice.due_soon)
    chase.watch(conn, case.id, office_opening(nearing))
    left: Decimal = opened.amount - opened.settled
    if left <= 0:
        done = FulfilmentState.PAID if manner.way == Way.PAYMENT else FulfilmentState.WAIVED
        conn.exec_driver_sql(
            "UPDATE fulfilment SET state = %(state)s WHERE id = %(id)s",
            {"id": opened.id, "state": done.value},
        )
    elif manner.way == Way.PAYMENT:
        payment_account.put_filed(conn, case)
    elif manner.way == Way.WAIVER:
        event = desk.note(
            conn,
            case,
            EventType.WAIVER_TOLD,
            Actor.SYSTEM,
            bureau=manner.bureau,
            amount=str(left),
            publicised_until=until.isoformat(),
        )
        tell.concerned(conn, settings, case, event, bureau=manner.bureau)


def has_one(conn: Connection, application_id: int) -> bool:
    """Whether the grant in force of a locked application has its fulfilment."""
    found: bool = conn.exec_driver_sql(
        "SELECT EXISTS (SELECT FROM fulfilment AS f JOIN determination AS d"
        " ON d.id = f.determination_id WHERE d.application_id = %(id)s AND d.state = 'in_force')",
        {"id": application_id},
    ).scalar_one()
    return found
