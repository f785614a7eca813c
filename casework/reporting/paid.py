"""Paid against granted: where the money of each grant in force is, by bureau, provision and payer.

A grant counts once, under how far it has come; each of its yuan counts once, as paid or waived as
far as the enterprise has it by now, else as the grant. What was paid beyond what is granted now
stands beside the columns, in none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Row

from casework.notices import editions
from casework.reporting.rows import of_provision
from casework.reporting.scope import Scope
from config.settings import Settings
from schemas import reports as answers
from store import predicates
from store.db import Database, app_now
from store.money import NEWEST, OUTSTANDING, PROGRESS, RECLAIMED, SETTLED
from vocabulary.fulfilment import Progress, Way

NOTHING: Final = "none"
"""Of a grant by which nothing is paid or waived."""
STAGES: Final = (*(each.value for each in Progress if each is not Progress.CANCELLED), NOTHING)

_ZERO: Final = Decimal("0.00")
_HAS: Final = "EXISTS (SELECT FROM fulfilment AS x WHERE x.application_id = a.id{})"
_WHOSE: Final = f"(a.lead_bureau = %(whose)s OR {_HAS.format(' AND x.bureau = %(whose)s')})"

_ROWS: Final = f"""
WITH g AS (
    SELECT a.lead_bureau, a.notice_id, a.provision, f.bureau AS payer, f.way,
        CASE WHEN d.granted THEN CASE WHEN f.determination_id = d.id THEN f.progress
            ELSE '{NOTHING}' END END AS stage,
        CASE WHEN d.granted THEN coalesce(d.amount, 0) ELSE 0 END AS amount,
        CASE WHEN f.determination_id = d.id THEN least(greatest(f.settled, 0), d.amount)
            ELSE 0 END AS kept,
        coalesce(f.settled, 0) AS settled, coalesce(f.reclaimed, 0) AS reclaimed,
        greatest(-coalesce(f.outstanding, 0), 0) AS excess
    FROM application AS a {predicates.DETERMINATION} LEFT JOIN LATERAL (
        SELECT f.determination_id, f.bureau, f.way, {PROGRESS} AS progress, {SETTLED} AS settled,
            {OUTSTANDING} AS outstanding, {RECLAIMED} AS reclaimed
        FROM fulfilment AS f WHERE f.application_id = a.id {NEWEST}) AS f ON true
    WHERE {{where}} AND (d.granted OR {_HAS.format("")}))
SELECT lead_bureau AS bureau, notice_id, provision, payer, way, stage,
    count(*) AS cases, sum(amount) AS amount, sum(kept) AS kept, sum(settled) AS settled,
    sum(reclaimed) AS reclaimed, sum(excess) AS excess
FROM g GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1 NULLS FIRST, 2, 3, 4 NULLS LAST, 6
"""  # noqa: S608 -- constants


def paid(db: Database, _settings: Settings, scope: Scope) -> answers.FulfilmentReport:
    """What has become of the money, of grants that the bureau of the scope leads or fulfils."""
    where, values = replace(scope, bureau=None).condition()
    if scope.bureau is not None:
        where += f" AND {_WHOSE}"
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(
            _ROWS.format(where=where), {**values, "whose": scope.bureau}
        ).all()
        return answers.FulfilmentReport(
            as_of=app_now(conn),
            scope=scope.document(),
            rows=[
                _row(list(each))
                for _, each in groupby(
                    rows, attrgetter("bureau", "notice_id", "provision", "payer")
                )
            ],
            total=_sums(rows),
        )


def _row(rows: Sequence[Row[Any]]) -> answers.FulfilmentRow:
    first = rows[0]
    name = editions.names_of(first.notice_id)(first.payer) if first.payer else "不需要兑现"
    return of_provision(
        answers.FulfilmentRow, first, _sums(rows), payer=first.payer, payer_name=name
    )


def _sums(rows: Sequence[Row[Any]]) -> answers.FulfilmentSums:
    cases = dict.fromkeys(STAGES, 0)
    amounts = dict.fromkeys(STAGES, _ZERO)
    granted = [row for row in rows if row.stage is not None]
    for row in granted:
        cases[row.stage] += row.cases
        amounts[row.stage] += row.amount - row.kept
        if row.kept:
            has = Progress.WAIVED if row.way == Way.WAIVER else Progress.PAID
            amounts[has.value] += row.kept
    return answers.FulfilmentSums(
        granted=sum(row.cases for row in granted),
        granted_amount=sum((row.amount for row in granted), _ZERO),
        cases=cases,
        amounts=amounts,
        settled_amount=sum((row.settled for row in rows), _ZERO),
        excess_amount=sum((row.excess for row in rows), _ZERO),
        reclaimed_amount=sum((row.reclaimed for row in rows), _ZERO),
    )
