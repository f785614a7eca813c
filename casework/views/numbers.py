"""What a bureau has to do in numbers: now, and as it stood when the days before began.

How much was open on a day, and how much was late, cannot be asked of the cases later, so it is
written down every day, by what the list counts.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import structlog

from casework.notices import editions
from casework.people.access import Principal
from casework.people.rights import Right
from casework.views import case_selection
from casework.views.case_filter import ANY, NOBODY, Wanted
from casework.views.case_selection import Asked, totals
from config.settings import Settings
from schemas.cases import CaseTotals
from schemas.numbers import DEFAULT_DAYS, KEPT_DAYS, BureauNumbers, DayNumbers
from store.db import Database, app_now
from vocabulary.parties import Actor
from vocabulary.people import Role

log = structlog.get_logger(__name__)

_STANDING: Final = {
    "open": Wanted(due_before=date.max),
    "overdue": Wanted(overdue=True),
    "unassigned": Wanted(due_before=date.max, assignee=NOBODY),
}
"""What is written down, each as the list with these filters counts it."""
_PAST: Final = (
    "SELECT day, open, overdue, unassigned FROM bureau_day WHERE bureau = %(bureau)s"
    " AND day >= %(since)s ORDER BY day"
)
_KEEP: Final = (
    "INSERT INTO bureau_day (bureau, day, open, overdue, unassigned) VALUES (%(bureau)s, %(day)s,"
    " %(open)s, %(overdue)s, %(unassigned)s) ON CONFLICT DO NOTHING"
)


def read(
    db: Database, settings: Settings, principal: Principal, days: int = DEFAULT_DAYS
) -> BureauNumbers:
    """What the bureau has to do, how much comes in, and how it stood on so many days before.

    Raises NotPermitted.
    """
    principal.require(Right.LIST_CASES)
    with db.transaction() as conn:
        asked = Asked(conn, settings, principal, ANY)
        return of(asked._replace(work=case_selection.read_work(asked)), days)


def of(asked: Asked, days: int) -> BureauNumbers:
    """The same, of all work of the bureau, which was read already."""
    today = app_now(asked.conn).date()
    ago = [today - timedelta(days=before) for before in (6, 7, 13)]
    week, week_before = (
        Wanted(received_from=ago[0]),
        Wanted(received_from=ago[2], received_to=ago[1]),
    )
    since = {"bureau": asked.principal.bureau, "since": today - timedelta(days=days)}
    past = asked.conn.exec_driver_sql(_PAST, since).mappings()
    return BureauNumbers(
        today=today,
        **_standing(asked),
        received=totals(asked._replace(wanted=week)),
        received_before=totals(asked._replace(wanted=week_before)),
        days=[DayNumbers(**row) for row in past],
    )


def run(db: Database, settings: Settings) -> int:
    """Write down how every bureau's work stands, once a day, and let go of what is too old.

    Returns how many were written. Running twice changes nothing.
    """
    bureaus = {bureau for each in editions.every() for bureau in each.notice.bureaus}
    with db.transaction() as conn:
        today = app_now(conn).date()
        conn.exec_driver_sql(
            "DELETE FROM bureau_day WHERE day < %(until)s",
            {"until": today - timedelta(days=KEPT_DAYS)},
        )
        kept = conn.exec_driver_sql("SELECT bureau FROM bureau_day WHERE day = %(d)s", {"d": today})
        missing = sorted(bureaus - set(kept.scalars()))
    for bureau in missing:
        # One by one, so that no bureau waits for the counting of all.
        with db.transaction() as conn:
            who = Principal(bureau, Role.SYSTEM, Actor.SYSTEM)
            asked = Asked(conn, settings, who, ANY)
            found = _standing(asked._replace(work=case_selection.read_work(asked)))
            counts = {name: total.count for name, total in found.items()}
            conn.exec_driver_sql(_KEEP, {"bureau": bureau, "day": today, **counts})
    if missing:
        log.info("numbers.kept", bureaus=len(missing))
    return len(missing)


def _standing(asked: Asked) -> dict[str, CaseTotals]:
    return {name: totals(asked._replace(wanted=each)) for name, each in _STANDING.items()}
