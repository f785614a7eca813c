"""How far each measure's budget has gone, and how long it lasts at the pace of late.

A budget is one pot for all bureaus and all time: it is reckoned whole, whatever a scope asks for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Row

from casework.notices import editions
from casework.reporting.rows import sum_where
from casework.reporting.scope import Scope
from config.settings import Settings
from rules.workdays import add_working_days, working_days_between
from schemas import reports as answers
from store import predicates
from store.db import Database, app_now
from vocabulary.zone import CHINA

PACE_DAYS: Final = 20
"""Working days, the last ones, whose grants make the pace."""
_FARTHEST: Final = 500
"""Working days; what lasts longer has no day."""
_ZERO: Final = Decimal("0.00")

_BY_DAY: Final = f"""
SELECT a.notice_id, a.provision,
    CASE WHEN {predicates.GRANTED} THEN {predicates.day(predicates.DECIDED_AT)} END AS day,
    count(*) FILTER (WHERE {predicates.GRANTED}) AS granted,
    {sum_where(predicates.AMOUNT, predicates.GRANTED)} AS granted_amount,
    {sum_where("a.amount", predicates.PENDING)} AS pending_amount
FROM application AS a {predicates.DETERMINATION}
WHERE {predicates.COUNTED} AND ({predicates.GRANTED} OR {predicates.PENDING}) GROUP BY 1, 2, 3
"""  # noqa: S608 -- constants
_SETTLED: Final = f"""
SELECT a.notice_id, a.provision, m.day, sum(m.amount) AS amount FROM (
    SELECT application_id, answered_on AS day, amount FROM payment_line WHERE state = 'paid'
    UNION ALL SELECT application_id, waived_on, waived FROM fulfilment WHERE waived IS NOT NULL
    UNION ALL SELECT application_id, reclaimed_on, -amount FROM reclaim
) AS m JOIN application AS a ON a.id = m.application_id
WHERE {predicates.COUNTED} GROUP BY 1, 2, 3
"""  # noqa: S608 -- constants


def budgets(db: Database, settings: Settings, _scope: Scope) -> answers.BudgetReport:
    """Each measure that has a budget: what is granted of it, what is left, and until when."""
    given = settings.practice.budgets
    with db.transaction() as conn:
        now = app_now(conn)
        found = _by_measure(conn.exec_driver_sql(_BY_DAY).all() if given else [])
        settled = _by_measure(conn.exec_driver_sql(_SETTLED).all() if given else [])
    today = now.astimezone(CHINA).date()
    return answers.BudgetReport(
        as_of=now,
        scope={},
        rows=[
            _row(measure, budget, found.get(measure, []), settled.get(measure, []), today)
            for measure, budget in given
        ],
        days=[
            each
            for measure, _ in given
            for each in _days(measure, found.get(measure, []), settled.get(measure, []))
        ],
    )


def _by_measure(rows: Sequence[Row[Any]]) -> dict[str, list[Row[Any]]]:
    of_measure: dict[str, list[Row[Any]]] = {}
    for row in rows:
        measure = editions.provision_text(row.notice_id, row.provision).get("measure")
        of_measure.setdefault(measure or "", []).append(row)
    return of_measure


def _row(
    measure: str,
    budget: Decimal,
    rows: Sequence[Row[Any]],
    settled: Sequence[Row[Any]],
    today: date,
) -> answers.BudgetRow:
    granted = _sum(row.granted_amount for row in rows)
    left = budget - granted
    recent = [row for row in rows if row.day and working_days_between(row.day, today) < PACE_DAYS]
    pace = (_sum(row.granted_amount for row in recent) / PACE_DAYS).quantize(_ZERO)
    return answers.BudgetRow(
        measure=measure,
        budget=budget,
        granted=sum(row.granted for row in rows),
        granted_amount=granted,
        settled_amount=_sum(row.amount for row in settled),
        left=left,
        pending_amount=_sum(row.pending_amount for row in rows),
        pace=pace,
        used_up_on=_used_up(left, pace, today),
    )


def _used_up(left: Decimal, pace: Decimal, today: date) -> date | None:
    """The day on which nothing is left at this pace."""
    if left <= 0:
        return today
    days = math.ceil(left / pace) if pace else _FARTHEST + 1
    return None if days > _FARTHEST else add_working_days(today, days)[0]


def _days(
    measure: str, rows: Sequence[Row[Any]], settled: Sequence[Row[Any]]
) -> list[answers.BudgetDay]:
    """The sums by the end of each day on which something was granted, paid, waived or came back."""
    moved = [(row.day, row.granted_amount, _ZERO) for row in rows if row.day]
    moved += [(row.day, _ZERO, row.amount) for row in settled]
    told, granted_amount, settled_amount = [], _ZERO, _ZERO
    for day, of_day in groupby(sorted(moved), itemgetter(0)):
        for _, granted, amount in of_day:
            granted_amount += granted
            settled_amount += amount
        told.append(
            answers.BudgetDay(
                measure=measure,
                day=day,
                granted_amount=granted_amount,
                settled_amount=settled_amount,
            )
        )
    return told


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, _ZERO)
