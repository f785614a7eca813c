"""Numbers: what came in, what became of it, what was granted, how long it took, what is late.

Every report is one set-based statement over the applications of a `Scope`. An application counts
for the bureau that leads it; before its first assessment it has none. Amounts are yuan as strings,
days Chinese working days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection

from casework import editions
from casework.docket import states
from casework.formats import local, yuan
from casework.reporting.scope import Scope
from casework.workdays import is_provisional, working_day_counts
from config.settings import Settings
from store import predicates
from store.db import Database, app_now
from vocabulary.cases import Source, State
from vocabulary.events import EventType
from vocabulary.outcomes import Outcome
from vocabulary.promises import Kind
from vocabulary.visits import OPEN_VISITS

Row = Mapping[str, Any]
Document = dict[str, Any]

EPOCH: Final = date(2020, 1, 1)
"""Working days are counted from here: before anything was received."""


def intake(db: Database, _settings: Settings, scope: Scope) -> Document:
    """What came in, by bureau and provision with its way in, and by day of receipt."""
    where, values = scope.condition()
    counts = ", ".join(
        f"count(*) FILTER (WHERE a.source = '{source}') AS {source.name.lower()}"
        for source in Source
    )
    day = "(a.received_at AT TIME ZONE 'Asia/Shanghai')::date"
    with db.transaction() as conn:
        rows = _rows(
            conn,
            f"SELECT a.lead_bureau AS bureau, a.notice_id, a.provision, {day} AS day,"  # noqa: S608 -- fixed parts
            f" grouping({day}) AS by_bureau, count(*) AS applications, {counts}"
            f" FROM application AS a WHERE {where}"
            f" GROUP BY GROUPING SETS ((a.lead_bureau, a.notice_id, a.provision), ({day}))"
            " ORDER BY a.lead_bureau NULLS FIRST, a.notice_id, a.provision, day",
            values,
        )
        names = ("applications", *(source.name.lower() for source in Source))
        groups = [
            {**_group(row), **{name: row[name] for name in names}}
            for row in rows
            if row["by_bureau"]
        ]
        days = [
            {"day": row["day"].isoformat(), "applications": row["applications"]}
            for row in rows
            if not row["by_bureau"]
        ]
        return {**_head(conn, scope), "rows": groups, "total": _sums(groups, names), "days": days}


def outcomes(db: Database, _settings: Settings, scope: Scope) -> Document:
    """What became of it, by bureau and provision: applications per outcome and per state."""
    where, values = scope.condition()
    with db.transaction() as conn:
        rows = _rows(
            conn,
            "SELECT a.lead_bureau AS bureau, a.notice_id, a.provision, a.outcome, a.state,"  # noqa: S608 -- fixed parts
            f" count(*) AS applications FROM application AS a WHERE {where}"
            " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1 NULLS FIRST, 2, 3",
            values,
        )
        groups: dict[tuple[str | None, str, str], Document] = {}
        total = _tally()
        for row in rows:
            key = (row["bureau"], row["notice_id"], row["provision"])
            group = groups.setdefault(key, {**_group(row), **_tally()})
            for counted in (group, total):
                counted["applications"] += row["applications"]
                counted["outcomes"][row["outcome"] or "none"] += row["applications"]
                counted["states"][row["state"]] += row["applications"]
        return {**_head(conn, scope), "rows": list(groups.values()), "total": total}


def amounts(db: Database, _settings: Settings, scope: Scope) -> Document:
    """What was granted, refused and is still pending, by bureau and provision.

    A pending amount is what the rules compute so far; nothing of it is promised.
    """
    where, values = scope.condition()
    with db.transaction() as conn:
        rows = _rows(
            conn,
            "SELECT a.lead_bureau AS bureau, a.notice_id, a.provision,"  # noqa: S608 -- fixed parts
            f" count(*) FILTER (WHERE {predicates.GRANTED}) AS granted,"
            f" {_sum(predicates.AMOUNT, predicates.GRANTED)} AS granted_amount,"
            f" count(*) FILTER (WHERE {predicates.REFUSED}) AS refused,"
            f" count(*) FILTER (WHERE {predicates.PENDING}) AS pending,"
            f" {_sum('a.amount', predicates.PENDING)} AS pending_amount"
            f" FROM application AS a {predicates.DETERMINATION} WHERE {where}"
            " GROUP BY 1, 2, 3 ORDER BY 1 NULLS FIRST, 2, 3",
            values,
        )
        names = ("granted", "granted_amount", "refused", "pending", "pending_amount")
        groups = [{**_group(row), **{n: row[n] for n in names}} for row in rows]
        total = _sums(groups, names)
        for counted in (*groups, total):
            for name in ("granted_amount", "pending_amount"):
                counted[name] = yuan(Decimal(counted[name]).quantize(Decimal("0.01")))
        return {**_head(conn, scope), "rows": groups, "total": total}


def times(db: Database, _settings: Settings, scope: Scope) -> Document:
    """Working days from receipt to the first decision, by bureau and provision.

    A referral counts as a decision; days in which a supplement was awaited count in full.
    """
    where, values = scope.condition()
    with db.transaction() as conn:
        rows = _rows(
            conn,
            f"""
            WITH calendar AS (SELECT %(first)s::date AS first, %(counts)s::int[] AS n),
            decided AS (
                SELECT a.lead_bureau AS bureau, a.notice_id, a.provision,
                    {_count("e.at")} - {_count("a.received_at")} AS days
                FROM application AS a CROSS JOIN calendar CROSS JOIN LATERAL (
                    SELECT e.at FROM event AS e WHERE e.application_id = a.id
                        AND e.to_state IN ('decided', 'referred', 'determined')
                    ORDER BY e.id LIMIT 1) AS e
                WHERE {where})
            SELECT bureau, notice_id, provision, grouping(provision) AS is_total,
                count(*) AS decided,
                round(avg(days), 1) AS mean,
                percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS median,
                percentile_disc(0.9) WITHIN GROUP (ORDER BY days) AS p90, max(days) AS longest
            FROM decided GROUP BY GROUPING SETS ((bureau, notice_id, provision), ())
            ORDER BY is_total, bureau, notice_id, provision
            """,  # noqa: S608 -- fixed parts
            {**values, **_calendar(conn)},
        )
        names = ("decided", "mean", "median", "p90", "longest")
        shown = [{**row, "mean": None if row["mean"] is None else str(row["mean"])} for row in rows]
        return {
            **_head(conn, scope),
            "provisional": is_provisional(app_now(conn).date()),
            "rows": [
                {**_group(row), **{name: row[name] for name in names}}
                for row in shown
                if not row["is_total"]
            ],
            "total": next({n: row[n] for n in names} for row in shown if row["is_total"]),
        }


def overdue(db: Database, settings: Settings, scope: Scope) -> Document:
    """What is late now, by bureau and kind of promise; `longest`: working days past the day.

    The days are those of :mod:`casework.followup.promises`, late from the working day after.
    """
    where, values = scope.condition()
    # Visits, call-backs and requests may be another bureau's than the one that leads.
    elsewhere, _ = replace(scope, bureau=None).condition()
    practice = settings.practice
    with db.transaction() as conn:
        rows = _rows(
            conn,
            _OVERDUE.format(where=where, elsewhere=elsewhere),
            {
                **values,
                **_calendar(conn),
                "whose": scope.bureau,
                "open": list(OPEN_VISITS),
                "acknowledge": practice.acknowledge,
                "determine": practice.determine,
                "review": practice.review,
                "visit": practice.outcome,
            },
        )
        groups = [
            {
                **_bureau(row["bureau"]),
                "promise": row["promise"],
                "promise_text": Kind(row["promise"]).label,
                "overdue": row["overdue"],
                "longest": row["longest"],
            }
            for row in rows
        ]
        total = {
            "overdue": sum(row["overdue"] for row in rows),
            "longest": max((row["longest"] for row in rows), default=0),
        }
        return {**_head(conn, scope), "rows": groups, "total": total}


def visits(db: Database, _settings: Settings, scope: Scope) -> Document:
    """Of the enterprises whose applications were decided on, how many were visited, by bureau.

    An enterprise counts once for each bureau that leads an application of its.
    """
    where, values = scope.condition()
    with db.transaction() as conn:
        rows = _rows(
            conn,
            f"""
            WITH firm AS (
                SELECT a.lead_bureau AS bureau, bool_or(v.state = 'done') AS visited,
                    bool_or(v.result = 'met') AS met, bool_or(v.state = ANY(%(open)s)) AS planned,
                    bool_or(v.state = ANY(%(open)s)
                        AND coalesce(v.due_on, v.planned_on) < %(today)s) AS late
                FROM application AS a LEFT JOIN visit AS v ON v.id = a.visit_id
                WHERE a.outcome = ANY(%(visited)s) AND a.state <> 'withdrawn' AND {where}
                GROUP BY a.lead_bureau, coalesce(a.uscc, a.receipt))
            SELECT bureau, count(*) AS enterprises, count(*) FILTER (WHERE visited) AS visited,
                count(*) FILTER (WHERE met) AS met,
                count(*) FILTER (WHERE planned AND visited IS NOT TRUE) AS planned,
                count(*) FILTER (WHERE late AND visited IS NOT TRUE) AS late,
                count(*) FILTER (WHERE visited IS NOT TRUE AND planned IS NOT TRUE) AS unplanned
            FROM firm GROUP BY bureau ORDER BY bureau
            """,  # noqa: S608 -- fixed parts
            {
                **values,
                "open": list(OPEN_VISITS),
                "visited": [outcome.value for outcome in states.VISITED],
                "today": app_now(conn).date(),
            },
        )
        names = ("enterprises", "visited", "met", "planned", "late", "unplanned")
        groups = [{**_bureau(row["bureau"]), **{name: row[name] for name in names}} for row in rows]
        total = _sums(groups, names)
        for counted in (*groups, total):
            counted["coverage"] = _percent(counted["visited"], counted["enterprises"])
        return {**_head(conn, scope), "rows": groups, "total": total}


Report = Callable[[Database, Settings, Scope], Document]

REPORTS: Final[Mapping[str, Report]] = {
    "intake": intake,
    "outcomes": outcomes,
    "amounts": amounts,
    "times": times,
    "overdue": overdue,
    "visits": visits,
}


def _count(moment: str) -> str:
    """SQL: working days after the calendar's first day, up to the day of a moment."""
    return f"n[({moment} AT TIME ZONE 'Asia/Shanghai')::date - first + 1]"


# How late each open promise is, in working days. Periods in which the applicant's supplement was
# awaited are taken off, and only of applications that would be late without.
_OVERDUE: Final = f"""
WITH calendar AS MATERIALIZED (
    SELECT %(first)s::date AS first, %(counts)s::int[] AS n, cardinality(%(counts)s::int[]) AS today
), late AS (
    SELECT a.lead_bureau AS bureau, 'acknowledge' AS promise,
        n[today] - {_count("e.at")} - %(acknowledge)s AS days
    FROM application AS a CROSS JOIN calendar CROSS JOIN LATERAL (
        SELECT coalesce(max(e.at) FILTER (WHERE e.type = '{EventType.CASE_TRANSFERRED}'),
            min(e.at)) AS at
        FROM event AS e WHERE e.application_id = a.id
            AND e.type IN ('{EventType.CASE_TRANSFERRED}', '{EventType.APPLICATION_ASSESSED}')) AS e
    WHERE a.acknowledged_at IS NULL AND a.lead_bureau IS NOT NULL
        AND a.state NOT IN ('received', 'withdrawn')
        AND n[today] - {_count("a.received_at")} > %(acknowledge)s AND {{where}}
    UNION ALL
    SELECT a.lead_bureau, 'determine',
        n[today] - {_count("w.at")} - %(determine)s - coalesce(p.paused, 0)
    FROM application AS a CROSS JOIN calendar CROSS JOIN LATERAL (
        SELECT coalesce(max(e.at), a.received_at) AS at FROM event AS e
        WHERE e.application_id = a.id AND e.from_state = 'under_review'
            AND e.to_state = 'awaiting_determination') AS w CROSS JOIN LATERAL (
        SELECT sum(coalesce({_count("s.ended")}, n[today]) - {_count("s.at")})
            FILTER (WHERE s.to_state = 'awaiting_supplement' AND s.at > w.at) AS paused
        FROM (SELECT e.to_state, e.at, lead(e.at) OVER (ORDER BY e.id) AS ended
            FROM event AS e WHERE e.application_id = a.id AND e.to_state <> e.from_state
                AND 'awaiting_supplement' IN (e.from_state, e.to_state)) AS s) AS p
    WHERE a.state IN ('awaiting_supplement', 'awaiting_determination', 'awaiting_approval',
            'supplemented')
        AND n[today] - {_count("a.received_at")} > %(determine)s AND {{where}}
    UNION ALL
    SELECT a.lead_bureau, 'review', n[today] - {_count("r.requested_at")} - %(review)s
    FROM review AS r JOIN application AS a ON a.id = r.application_id CROSS JOIN calendar
    WHERE r.state = 'open' AND {{where}}
    UNION ALL
    SELECT v.bureau, 'visit', n[today] - n[v.planned_on - first + 1] - %(visit)s
    FROM visit AS v JOIN application AS a ON a.id = v.application_id CROSS JOIN calendar
    WHERE v.state = ANY(%(open)s) AND v.state <> 'planned'
        AND v.planned_on < first + today AND {{elsewhere}}
    UNION ALL
    SELECT c.bureau, 'callback', n[today] - n[c.due_on - first + 1]
    FROM callback AS c JOIN application AS a ON a.id = c.application_id CROSS JOIN calendar
    WHERE c.done_at IS NULL AND c.due_on < first + today AND {{elsewhere}}
    UNION ALL
    SELECT q.bureau, 'request', n[today] - n[q.due_on - first + 1]
    FROM request AS q JOIN application AS a ON a.id = q.application_id CROSS JOIN calendar
    WHERE q.state = 'open' AND q.due_on < first + today AND {{elsewhere}}
)
SELECT bureau, promise, count(*) AS overdue, max(days) AS longest
FROM late WHERE days > 0 AND (%(whose)s::text IS NULL OR bureau = %(whose)s)
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 -- fixed parts


def _calendar(conn: Connection) -> dict[str, Any]:
    today = app_now(conn).date()
    return {"first": EPOCH, "counts": list(working_day_counts(EPOCH, today))}


def _rows(conn: Connection, statement: str, values: Mapping[str, Any]) -> Sequence[Row]:
    return [dict(row) for row in conn.exec_driver_sql(statement, dict(values)).mappings()]


def _head(conn: Connection, scope: Scope) -> Document:
    return {"as_of": local(app_now(conn)), "scope": scope.document()}


def _bureau(
    bureau: str | None, name_of: Callable[[str], str] = editions.known_bureau_name
) -> Document:
    return {"bureau": bureau, "bureau_name": name_of(bureau) if bureau else "尚未分办"}


def _group(row: Row) -> Document:
    notice = editions.edition(row["notice_id"]).notice
    known = notice.provisions.get(row["provision"], {})
    return {
        **_bureau(row["bureau"], notice.name_of),
        "provision": row["provision"],
        "measure": known.get("measure"),
        "title": known.get("title", row["provision"]),
    }


def _sum(amount: str, condition: str) -> str:
    return f"coalesce(sum({amount}) FILTER (WHERE {condition}), 0)"


def _sums(rows: Sequence[Row], names: Sequence[str]) -> Document:
    return {name: sum(row[name] for row in rows) for name in names}


def _tally() -> Document:
    return {
        "applications": 0,
        "outcomes": dict.fromkeys((*(outcome.value for outcome in Outcome), "none"), 0),
        "states": {state.value: 0 for state in State},
    }


def _percent(part: int, whole: int) -> str | None:
    return str(round(Decimal(100 * part) / whole, 1)) if whole else None
