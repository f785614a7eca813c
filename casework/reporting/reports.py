"""Numbers: what came in, what became of it, what was granted, how long it took, what is late.

Every report is one set-based statement over the applications of a `Scope`. An application counts
for the bureau that leads it; before its first assessment it has none. Amounts are yuan, days
Chinese working days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Row

from casework.docket import promises, terms
from casework.reporting.budgets import budgets
from casework.reporting.paid import paid
from casework.reporting.rows import (
    BY_GROUP,
    GROUP,
    by_provision,
    figures_of,
    of_bureau,
    of_provision,
    sum_where,
    tally,
)
from casework.reporting.satisfaction import satisfaction
from casework.reporting.scope import Scope
from casework.reporting.senders import senders
from config.practice import Practice
from config.settings import Settings
from rules.workdays import is_provisional, working_day_counts
from schemas import reports as answers
from store import predicates
from store.db import Database, app_now
from vocabulary.cases import Source
from vocabulary.outcomes import VISITED
from vocabulary.parties import Actor
from vocabulary.promises import Kind
from vocabulary.visits import OPEN_VISITS

EPOCH: Final = date(2020, 1, 1)
"""Working days are counted from here: before anything was received."""


def intake(db: Database, _settings: Settings, scope: Scope) -> answers.IntakeReport:
    """What came in, by bureau and provision with its way in, and by day of receipt."""
    where, values = scope.condition()
    day = predicates.day("a.received_at")
    with db.transaction() as conn:
        *rows, total = conn.exec_driver_sql(
            f"SELECT {GROUP}, {day} AS day, count(*) AS applications,"  # noqa: S608 -- fixed parts
            f" count(*) FILTER (WHERE a.source = '{Source.FORM}') AS form,"
            f" count(*) FILTER (WHERE a.source = '{Source.BATCH}') AS batch,"
            f" count(*) FILTER (WHERE a.source = '{Source.IMPORT}') AS import_"
            f" FROM application AS a WHERE {where} GROUP BY GROUPING SETS"
            f" ((a.lead_bureau, a.notice_id, a.provision), ({day}), ())"
            f" ORDER BY grouping(a.provision, {day}), 1 NULLS FIRST, 2, 3, 4",
            values,
        )
        return answers.IntakeReport(
            as_of=app_now(conn),
            scope=scope.document(),
            rows=by_provision(
                answers.IntakeRow, answers.IntakeCounts, [row for row in rows if row.provision]
            ),
            total=figures_of(answers.IntakeCounts, total),
            days=[figures_of(answers.IntakeDay, row) for row in rows if row.day],
        )


def outcomes(db: Database, _settings: Settings, scope: Scope) -> answers.OutcomeReport:
    """What became of it, by bureau and provision: applications per outcome and per state."""
    where, values = scope.condition()
    with db.transaction() as conn:
        rows = conn.exec_driver_sql(
            f"SELECT {GROUP}, a.outcome, a.state, count(*) AS applications"  # noqa: S608 -- fixed parts
            f" FROM application AS a WHERE {where}"
            " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1 NULLS FIRST, 2, 3",
            values,
        ).all()
        return answers.OutcomeReport(
            as_of=app_now(conn),
            scope=scope.document(),
            rows=[
                of_provision(answers.OutcomeRow, group[0], tally(group))
                for _, each in groupby(rows, attrgetter("bureau", "notice_id", "provision"))
                for group in (list(each),)
            ],
            total=tally(rows),
        )


def amounts(db: Database, _settings: Settings, scope: Scope) -> answers.AmountReport:
    """What was granted, refused and is still pending, by bureau and provision.

    A pending amount is what the rules compute so far; nothing of it is promised.
    """
    where, values = scope.condition()
    with db.transaction() as conn:
        *rows, total = conn.exec_driver_sql(
            f"SELECT {GROUP},"  # noqa: S608 -- fixed parts
            f" count(*) FILTER (WHERE {predicates.GRANTED}) AS granted,"
            f" {sum_where(predicates.AMOUNT, predicates.GRANTED)} AS granted_amount,"
            f" count(*) FILTER (WHERE {predicates.REFUSED}) AS refused,"
            f" count(*) FILTER (WHERE {predicates.PENDING}) AS pending,"
            f" {sum_where('a.amount', predicates.PENDING)} AS pending_amount"
            f" FROM application AS a {predicates.DETERMINATION} WHERE {where} {BY_GROUP}",
            values,
        )
        return answers.AmountReport(
            as_of=app_now(conn),
            scope=scope.document(),
            rows=by_provision(answers.AmountRow, answers.AmountSums, rows),
            total=figures_of(answers.AmountSums, total),
        )


def times(db: Database, _settings: Settings, scope: Scope) -> answers.TimeReport:
    """Working days from receipt to the first decision of a person, by bureau and provision.

    What came of the rules alone took no days of anybody's: it is counted by itself. Days in which a
    supplement was awaited count in full.
    """
    where, values = scope.condition()
    with db.transaction() as conn:
        now = app_now(conn)
        *rows, total = conn.exec_driver_sql(
            f"""
            WITH calendar AS (SELECT %(first)s::date AS first, %(counts)s::int[] AS n),
            a AS (
                SELECT a.lead_bureau, a.notice_id, a.provision,
                    e.by_person, CASE WHEN e.by_person
                        THEN {_count("e.at")} - {_count("a.received_at")} END AS days
                FROM application AS a CROSS JOIN calendar CROSS JOIN LATERAL (
                    SELECT e.at, e.to_state = 'determined' AND (
                        SELECT d.proposed_by <> '{Actor.SYSTEM}' FROM determination AS d
                        WHERE d.application_id = a.id AND d.state IN ('in_force', 'superseded')
                        ORDER BY d.id LIMIT 1) AS by_person
                    FROM event AS e WHERE e.application_id = a.id
                        AND e.to_state IN ('decided', 'referred', 'determined')
                    ORDER BY e.id LIMIT 1) AS e
                WHERE {where})
            SELECT {GROUP}, count(*) FILTER (WHERE by_person) AS decided,
                count(*) FILTER (WHERE NOT by_person) AS automatic,
                round(avg(days), 1)::text AS mean,
                percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS median,
                percentile_disc(0.9) WITHIN GROUP (ORDER BY days) AS p90, max(days) AS longest
            FROM a {BY_GROUP}
            """,  # noqa: S608 -- fixed parts
            {**values, **_calendar(now)},
        )
        return answers.TimeReport(
            as_of=now,
            scope=scope.document(),
            provisional=is_provisional(now.date()),
            rows=by_provision(answers.TimeRow, answers.TimeFigures, rows),
            total=figures_of(answers.TimeFigures, total),
        )


def overdue(db: Database, settings: Settings, scope: Scope) -> answers.OverdueReport:
    """What is late now, by bureau and kind of promise; `longest`: working days past the day.

    The days are those of :mod:`casework.docket.promises`; whether a promise is late is what its
    `level` says, asked in one statement of all of them.
    """
    # Visits, call-backs and requests may be another bureau's than the one that leads.
    where, values = replace(scope, bureau=None).condition()
    if scope.bureau is not None:
        where += " AND p.bureau = %(whose)s"
    kinds = [kind for kind in promises.OPEN if kind is not Kind.SUPPLEMENT]  # the applicant's
    late = " UNION ALL ".join(
        _LATE.format(kind=kind.value, promised=promises.OPEN[kind], where=where) for kind in kinds
    )
    with db.transaction() as conn:
        now = app_now(conn)
        rows = conn.exec_driver_sql(
            f"""
            WITH calendar AS MATERIALIZED (SELECT %(first)s::date AS first, %(counts)s::int[] AS n,
                %(office_day)s::date - %(first)s::date + 1 AS today), late AS ({late})
            -- One visit may be about many applications.
            SELECT bureau, kind, count(DISTINCT coalesce(number, id)) AS overdue,
                max(days)::int AS longest
            FROM late WHERE days > 0 GROUP BY 1, 2 ORDER BY 1, 2
            """,  # noqa: S608 -- fixed parts
            {
                **values,
                **_calendar(now),
                "office_day": promises.office_day(now),
                "whose": scope.bureau,
                **_terms(settings.practice, kinds),
            },
        ).all()
    return answers.OverdueReport(
        as_of=now,
        scope=scope.document(),
        rows=[
            of_bureau(
                answers.OverdueRow,
                row.bureau,
                figures_of(answers.OverdueCounts, row),
                promise=Kind(row.kind),
                promise_text=Kind(row.kind).label,
            )
            for row in rows
        ],
        total=answers.OverdueCounts(
            overdue=sum(row.overdue for row in rows),
            longest=max((row.longest for row in rows), default=0),
        ),
    )


def visits(db: Database, _settings: Settings, scope: Scope) -> answers.VisitCoverageReport:
    """Of the enterprises whose applications were decided on, how many were visited, by bureau.

    An enterprise counts once for each bureau that leads an application of its.
    """
    where, values = scope.condition()
    with db.transaction() as conn:
        now = app_now(conn)
        *rows, total = conn.exec_driver_sql(
            f"""
            WITH firm AS (
                SELECT a.lead_bureau AS bureau, bool_or({predicates.VISITED}) AS visited,
                    bool_or({predicates.MET}) AS met, bool_or(v.state = ANY(%(open)s)) AS planned,
                    bool_or(v.state = ANY(%(open)s)
                        AND coalesce(v.due_on, v.planned_on) < %(today)s) AS late
                FROM application AS a LEFT JOIN visit AS v ON v.id = a.visit_id
                WHERE a.outcome = ANY(%(visited)s) AND a.state NOT IN {predicates.OVER} AND {where}
                GROUP BY a.lead_bureau, coalesce(a.uscc, a.receipt))
            SELECT bureau, count(*) AS enterprises, count(*) FILTER (WHERE visited) AS visited,
                count(*) FILTER (WHERE met) AS met,
                count(*) FILTER (WHERE planned AND visited IS NOT TRUE) AS planned,
                count(*) FILTER (WHERE late AND visited IS NOT TRUE) AS late,
                count(*) FILTER (WHERE visited IS NOT TRUE AND planned IS NOT TRUE) AS unplanned
            FROM firm GROUP BY GROUPING SETS ((bureau), ()) ORDER BY grouping(bureau), bureau
            """,  # noqa: S608 -- fixed parts
            {
                **values,
                "open": list(OPEN_VISITS),
                "visited": [outcome.value for outcome in VISITED],
                "today": now.date(),
            },
        )
    return answers.VisitCoverageReport(
        as_of=now,
        scope=scope.document(),
        rows=[of_bureau(answers.VisitCoverageRow, row.bureau, _coverage(row)) for row in rows],
        total=_coverage(total),
    )


REPORTS: Final[Mapping[str, Callable[[Database, Settings, Scope], answers.Report]]] = {
    "intake": intake,
    "outcomes": outcomes,
    "amounts": amounts,
    "fulfilment": paid,
    "times": times,
    "overdue": overdue,
    "visits": visits,
    "satisfaction": satisfaction,
    "budgets": budgets,
    "senders": senders,
}


def _count(moment: str) -> str:
    """SQL: working days after the calendar's first day, up to the day of a moment."""
    return f"n[{predicates.day(moment)} - first + 1]"


# How late a promise of one kind is, in working days; days that do not count are taken off, and
# while such a period lasts nothing is late. A day that is written down may be one on which offices
# are closed: its term ends on the next on which they are open. An interval is that of the day on
# which it began. Nothing is late that was received within the shortest: most cases need not be
# looked at.
_LATE: Final = f"""
SELECT a.id, p.kind, p.number, p.bureau,
    n[today] - coalesce(n[p.due_on - first] + 1, n[p.since - first + 1])
        - (%({{kind}})s::int[])[1 + width_bucket(p.since, %({{kind}}_from)s::date[])]
        - coalesce((SELECT sum(n[u.ended - first + 1] - n[u.begun - first + 1])
            FROM unnest(p.begun, p.ended) AS u (begun, ended)), 0) AS days
FROM application AS a CROSS JOIN calendar CROSS JOIN LATERAL ({{promised}}) AS p
WHERE n[today] - {_count("a.received_at")} > %({{kind}}_least)s::int
    AND array_position(p.ended, NULL) IS NULL AND {{where}}
"""  # noqa: S608 -- fixed parts


def _terms(practice: Practice, kinds: Sequence[Kind]) -> dict[str, object]:
    values: dict[str, object] = {}
    for kind in kinds:
        days, given = terms.intervals(practice, kind)
        values |= {kind: given, f"{kind}_from": days, f"{kind}_least": min(given)}
    return values


def _calendar(now: datetime) -> dict[str, object]:
    return {"first": EPOCH, "counts": list(working_day_counts(EPOCH, now.date()))}


def _coverage(row: Row[Any]) -> answers.VisitCounts:
    whole = row.enterprises
    coverage = str(round(Decimal(100 * row.visited) / whole, 1)) if whole else None
    return figures_of(answers.VisitCounts, row, coverage=coverage)
