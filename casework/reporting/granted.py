"""How many cases a bureau has granted lately, as the reports count what is granted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from casework.people.access import Principal
from casework.people.rights import Right
from store import predicates
from store.db import Database

_WEEK: Final = timedelta(days=7)
_MOMENT: Final = "coalesce(d.decided_at, d.proposed_at)"
"""As the index `ix_determination_granted_by_day` has it."""
_GRANTED: Final = f"""
SELECT count(*) FILTER (WHERE {predicates.day(_MOMENT)} > %(week)s) AS week,
    count(*) FILTER (WHERE {predicates.day(_MOMENT)} <= %(week)s) AS week_before
FROM determination AS d CROSS JOIN LATERAL (
    -- Each looked up by its number: few were granted lately, whatever else is stored.
    SELECT a.* FROM application AS a WHERE a.id = d.application_id OFFSET 0) AS a
WHERE d.state = 'in_force' AND d.granted
    AND {_MOMENT} >= (%(before)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    -- None is later; with both ends the planner expects few and takes the index.
    AND {_MOMENT} < (%(today)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND {predicates.GRANTED} AND {predicates.COUNTED} AND a.lead_bureau = %(bureau)s
"""  # noqa: S608 -- constants


class Granted(NamedTuple):
    """Grants in force: of the last seven days, and of the seven before."""

    week: int
    week_before: int


def granted(db: Database, principal: Principal, today: date) -> Granted:
    """What the bureau has granted lately. Raises NotPermitted."""
    principal.require(Right.LIST_CASES)
    values = {
        "bureau": principal.bureau,
        "today": today,
        "week": today - _WEEK,
        "before": today - 2 * _WEEK,
    }
    with db.statement() as conn:
        return Granted(*conn.exec_driver_sql(_GRANTED, values).one())
