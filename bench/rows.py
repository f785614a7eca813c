"""What a contender left in its database: counts, times, and whether it is what Wenqi leaves."""

from __future__ import annotations

from typing import Any

import psycopg

from casework.personal import parts
from tests.support.tables import metadata

Connection = psycopg.Connection[tuple[Any, ...]]

# Everything that does not depend on ids or moments, per application, in order of enterprise. Who
# files is asked by Wenqi alone.
_TRACE = """
SELECT a.receipt, a.personal, a.enterprise, a.facts, a.uscc, a.provision, a.name, a.state,
    a.outcome, a.amount, a.lead_bureau, a.copied_bureaus, a.source, a.version,
    (SELECT jsonb_agg(jsonb_build_array(s.serial, s.outcome, s.amount, s.document, s.in_force,
        s.rules_version, encode(s.parameters_hash, 'hex')) ORDER BY s.serial)
     FROM assessment AS s WHERE s.application_id = a.id),
    (SELECT jsonb_agg(jsonb_build_array(e.type, e.actor, e.from_state, e.to_state,
        e.data - ARRAY['visit', 'request_id', 'identity', 'how']) ORDER BY e.type)
     FROM event AS e WHERE e.application_id = a.id),
    (SELECT jsonb_agg(jsonb_build_array(d.recipient_kind, d.recipient, d.channel, d.address,
        d.state, (SELECT type FROM event WHERE event.id = d.event_id)) ORDER BY d.recipient)
     FROM delivery AS d WHERE d.application_id = a.id),
    (SELECT jsonb_agg(jsonb_build_array(v.uscc, v.bureau, v.planned_on, v.provisional, v.basis,
        v.state, v.id = a.visit_id))
     FROM visit AS v WHERE v.application_id = a.id),
    (SELECT jsonb_agg(jsonb_build_array(w.stage, w.not_before, w.attempts) ORDER BY w.stage)
     FROM work_item AS w WHERE w.subject_id
        = CASE w.stage WHEN 'remind' THEN a.visit_id
            WHEN 'chase' THEN a.id WHEN 'assess' THEN a.id END),
    (SELECT jsonb_agg(jsonb_build_array(b.key, b.application_id, b.amount) ORDER BY b.key)
     FROM benefit_claim AS b WHERE b.concerned @> ARRAY[a.id])
FROM application AS a ORDER BY a.uscc, a.id
"""


def trace(conn: Connection) -> list[tuple[Any, ...]]:
    """Every application with all that became of it; equal work gives equal traces."""
    rows = conn.execute(_TRACE).fetchall()
    return [
        (*parts.put_back(receipt, enterprise, facts, personal), *rest)
        for receipt, personal, enterprise, facts, *rest in rows
    ]


def counts(conn: Connection) -> dict[str, int]:
    """Rows per table that speaks of applications, so that a new kind does not go unnoticed."""
    about = {"application"} | {
        table.name
        for table in metadata.sorted_tables
        if any(key.column.table.name in ("application", "event") for key in table.foreign_keys)
    }
    return {
        name: int(_scalar(conn, f'SELECT count(*) FROM "{name}"'))  # noqa: S608 - our own names
        for name in sorted(about)
    }


def newest_visit(conn: Connection) -> int:
    """The highest visit id (0 for none): a cheap measure of how many have been decided."""
    return int(_scalar(conn, "SELECT coalesce(max(id), 0) FROM visit"))


def newest_application(conn: Connection) -> int:
    """The highest application id, 0 for none."""
    return int(_scalar(conn, "SELECT coalesce(max(id), 0) FROM application"))


def visits(conn: Connection) -> int:
    """How many visits are stored."""
    return int(_scalar(conn, "SELECT count(*) FROM visit"))


def applications(conn: Connection) -> int:
    """How many applications are stored."""
    return int(_scalar(conn, "SELECT count(*) FROM application"))


def nothing_waits(conn: Connection) -> bool:
    """Whether every application has its visit; cheap while the newest has none."""
    newest = _scalar(
        conn,
        "SELECT count(*) FROM visit WHERE application_id = (SELECT max(id) FROM application)",
    )
    return bool(newest) and undecided(conn) == 0


def undecided(conn: Connection) -> int:
    """How many applications have no visit yet. Every enterprise of the benchmark's gets one."""
    return int(
        _scalar(
            conn,
            "SELECT (SELECT count(*) FROM application) - (SELECT count(*) FROM visit)",
        )
    )


def nothing_due(conn: Connection) -> bool:
    """Whether Wenqi's ledger holds nothing that could be done now."""
    return bool(
        _scalar(
            conn,
            "SELECT NOT EXISTS (SELECT FROM work_item WHERE dead_at IS NULL"
            " AND stage = ANY('{assess,notify,remind}') AND not_before <= app_now())",
        )
    )


def newest_event(conn: Connection) -> int:
    """The highest event id."""
    return int(_scalar(conn, "SELECT coalesce(max(id), 0) FROM event"))


def reminding(conn: Connection, after_event: int) -> tuple[int, float]:
    """Reminders' events beyond an event id: how many, and seconds from first to last commit."""
    row = conn.execute(
        "SELECT count(*), extract(epoch FROM max(at) - min(at)) FROM"
        " (SELECT pg_xact_commit_timestamp(xmin) AS at FROM event"
        "  WHERE id > %s AND type = 'visit.reminded') AS reminded",
        (after_event,),
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always gives a row
    return row[0], float(row[1] or 0)


def decided_per_second(conn: Connection, after_visit: int) -> tuple[int, float]:
    """How many visits beyond an id were committed, and how many per second.

    From the commit of the first assessment to the commit of the last visit, so that who works in
    stages pays for all of them. What that first commit held is not counted: its work came before.
    """
    row = conn.execute(
        "WITH decided AS ("
        " SELECT pg_xact_commit_timestamp(s.xmin) AS assessed,"
        "  pg_xact_commit_timestamp(v.xmin) AS planned"
        " FROM visit AS v JOIN assessment AS s ON s.application_id = v.application_id"
        " WHERE v.id > %s AND s.serial = 1"
        "), bounds AS (SELECT min(assessed) AS begun, max(planned) AS ended FROM decided)"
        " SELECT count(*), count(*) FILTER (WHERE assessed > begun),"
        "  extract(epoch FROM max(ended) - max(begun)) FROM decided, bounds",
        (after_visit,),
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always gives a row
    count, counted, seconds = row
    return count, float(counted / seconds) if seconds else 0.0


def waiting_ms(conn: Connection, skip: int = 0) -> tuple[list[float], list[float]]:
    """Milliseconds from the commit of each acceptance to the commit of the last of its assessment,
    visit and notification rows, and to that of its assessment alone; each ascending. The first
    `skip` applications are warm-up.

    Commit times are the database's; these rows are not rewritten, so that the transactions that
    inserted them are known.
    """
    rows = conn.execute(
        "SELECT extract(epoch FROM greatest(pg_xact_commit_timestamp(v.xmin),"
        "   (SELECT max(pg_xact_commit_timestamp(d.xmin)) FROM delivery AS d"
        "    WHERE d.application_id = e.application_id))"
        "  - pg_xact_commit_timestamp(e.xmin)) * 1000,"
        " extract(epoch FROM pg_xact_commit_timestamp(s.xmin)"
        "  - pg_xact_commit_timestamp(e.xmin)) * 1000"
        " FROM event AS e JOIN visit AS v USING (application_id)"
        " JOIN assessment AS s ON s.application_id = e.application_id AND s.serial = 1"
        " WHERE e.type = 'application.received' AND e.application_id > %s",
        (skip,),
    ).fetchall()
    decided, assessed = ([float(row[column]) for row in rows] for column in (0, 1))
    return sorted(decided), sorted(assessed)


def _scalar(conn: Connection, statement: str) -> Any:
    row = conn.execute(statement.encode()).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always gives a row
    return row[0]
