"""The conservation ledger of a live system: where every accepted application is, and what is stuck.

Each application is counted in exactly one place. Whatever is in nobody's hands, late, or given up
is a trouble, with since when, why, and the command that helps. Looking changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection

from casework.operations import (
    broker_state,
    bursts,
    given_up,
    readiness,
    trail_check,
    unreadable,
)
from casework.operations.broker_state import Fault
from casework.work import canary
from casework.work.stages import STAGES
from config.settings import Settings
from rules import workdays
from schemas.health import Part
from store import ledger, roles
from store.db import Database, app_now
from store.predicates import COUNTED, OVER, VERIFIED
from vocabulary import troubles
from vocabulary.base import Vocabulary
from vocabulary.cases import State
from vocabulary.outcomes import VISITED
from vocabulary.troubles import MEND, PLACES, RUNBOOK, Told
from vocabulary.work import Stage

LATE_SECONDS: Final = 60
"""How long beyond its lease an item may be due before it is called late."""

CALENDAR_DAYS: Final = 60
"""How long before its end the calendar of working days is spoken of."""

EXAMPLES: Final = 3

OURS: Final = (State.RECEIVED, State.SUPPLEMENTED)
"""States that wait for an assessment, so for a work item."""

_OWNER: Final[Mapping[State, str]] = {
    State.AWAITING_SUPPLEMENT: "enterprise",
    State.AWAITING_DETERMINATION: "bureau",
    State.AWAITING_APPROVAL: "bureau",
    State.UNDER_REVIEW: "bureau",
    State.DECIDED: "settled",
    State.REFERRED: "settled",
    State.DETERMINED: "settled",
    State.WITHDRAWN: "settled",
    State.DUPLICATE: "settled",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something stuck: what, how many, since when, why, and the command that helps."""

    what: Told
    count: int
    since: datetime | None
    why: Told
    mend: Told
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`places`: place -> applications there; they add up to `accepted`. `warnings`: nothing is
    stuck yet, and somebody has to do something."""

    accepted: int
    places: Mapping[str, int]
    troubles: tuple[Trouble, ...]
    warnings: tuple[Told, ...] = ()

    @property
    def is_healthy(self) -> bool:
        """Whether nothing is stuck."""
        return not self.troubles

    def document(self) -> dict[str, Any]:
        """JSON-ready, for monitoring."""
        return {
            "healthy": self.is_healthy,
            "accepted": self.accepted,
            "places": dict(self.places),
            "troubles": [
                {**asdict(trouble), "since": trouble.since and trouble.since.isoformat()}
                for trouble in self.troubles
            ],
            "warnings": list(self.warnings),
        }


def examine(db: Database, settings: Settings, *, ask_broker: bool = True) -> Diagnosis:
    """Look everything over in one snapshot. Raises what the database raises when it is away.

    `ask_broker`: whether there is one to be asked, else that is said.
    """
    schema = readiness.schema(db)
    fault = broker_state.look(settings.redis_url) if ask_broker else None
    with db.transaction() as conn:
        conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        places = _places(conn)
        accepted: int = conn.exec_driver_sql("SELECT count(*) FROM application").scalar_one()
        found = [
            *_down(schema, fault),
            *_closed_ways(conn, settings, fault),
            *_orphans(conn),
            *_hanging(conn),
            *_late(conn, settings),
            *_dead(conn),
            *_unsealed(conn),
        ]
        warnings = [
            *([] if ask_broker else [troubles.UNASKED]),
            *_calendar_ends(app_now(conn).date()),
            *_one_login(conn),
            *bursts.warnings(conn, settings),
            *given_up.warnings(conn),
            *unreadable.warnings(conn),
        ]
    return Diagnosis(accepted, places, tuple(found), tuple(warnings))


def _calendar_ends(today: date) -> list[Told]:
    """That the published calendar of working days ends soon, or has ended."""
    last = workdays.published_until()
    left = (last - today).days
    if left >= CALENDAR_DAYS:
        return []
    ends = troubles.ENDS if left >= 0 else troubles.ENDED
    return [troubles.CALENDAR.of(ends=ends.of(left=left, last=last))]


def _one_login(conn: Connection) -> list[Told]:
    """That the application could alter what it must not, because its login also owns the tables."""
    found = roles.excess(conn)
    return [troubles.ONE_LOGIN.of(excess=troubles.excess(found))] if found else []


def mend(db: Database) -> int:
    """Give what is in nobody's hands back to the ledger. Returns how many work items were added."""
    with db.transaction() as conn:
        added = 0
        for stage, orphans in ((Stage.ASSESS, _APPLICATIONS), (Stage.NOTIFY, _DELIVERIES)):
            found = conn.exec_driver_sql(orphans, {"ours": _values(OURS)}).all()
            ledger.add(conn, stage, [(row.id, None) for row in found])
            added += len(found)
    return added


_PLACES = """
SELECT CASE
    WHEN a.state = ANY(%(ours)s) THEN coalesce(w.place, 'nobody')
    WHEN a.state <> 'withdrawn' AND NOT EXISTS
        (SELECT FROM assessment AS s WHERE s.application_id = a.id AND s.in_force) THEN 'nobody'
    ELSE a.state END AS place, count(*)
FROM application AS a
LEFT JOIN (
    -- The liveliest item, should there be several.
    SELECT DISTINCT ON (subject_id) subject_id, CASE
        WHEN dead_at IS NOT NULL THEN 'dead'
        WHEN leased_until > app_now() THEN 'leased'
        WHEN not_before > app_now() THEN 'later'
        ELSE 'due' END AS place
    FROM work_item WHERE stage = 'assess'
    ORDER BY subject_id, dead_at IS NOT NULL, id
) AS w ON w.subject_id = a.id
GROUP BY 1
"""

_APPLICATIONS = """
SELECT a.id, a.receipt, a.received_at AS since FROM application AS a
WHERE (a.state = ANY(%(ours)s) OR a.state <> 'withdrawn' AND NOT EXISTS
    (SELECT FROM assessment AS s WHERE s.application_id = a.id AND s.in_force))
AND NOT EXISTS (SELECT FROM work_item AS w WHERE w.stage = 'assess' AND w.subject_id = a.id)
"""

_DELIVERIES = """
SELECT d.id, d.id::text AS receipt, d.created_at AS since FROM delivery AS d
WHERE d.state IN ('pending', 'sending') AND d.channel <> 'call'
AND NOT EXISTS (SELECT FROM work_item AS w WHERE w.stage = 'notify' AND w.subject_id = d.id)
"""


_VISITLESS = f"""
SELECT a.id, a.receipt, a.received_at AS since FROM application AS a
WHERE a.visit_id IS NULL AND a.outcome = ANY(%(visited)s) AND a.state NOT IN {OVER}
    AND {VERIFIED} AND {COUNTED}
"""  # noqa: S608 -- words of ours


def _places(conn: Connection) -> dict[str, int]:
    counted = dict.fromkeys(PLACES, 0)
    for place, count in conn.exec_driver_sql(_PLACES, {"ours": _values(OURS)}):
        counted[place if place in PLACES else _OWNER[State(place)]] += count
    return counted


def _down(schema: Part, fault: Fault | None) -> list[Trouble]:
    found = []
    if not schema.ok:
        why = schema.text if isinstance(schema.text, Told) else Told(schema.text)
        found.append(Trouble(troubles.OTHER_SCHEMA, 1, None, why, troubles.MIGRATE))
    if fault is not None:
        how = fault.mend or _restart("valkey", "redis")
        found.append(Trouble(fault.what, 1, None, troubles.KEPT, how))
    return found


def _restart(name: str, service: str | None = None) -> Told:
    """How to restart a process of `make run`, and the service of docker-compose.yml that it is."""
    return troubles.RESTART.of(name=name, service=service or name)


def _closed_ways(conn: Connection, settings: Settings, fault: Fault | None) -> list[Trouble]:
    """Queues no canary has come through for too long, or ever."""
    rows = conn.exec_driver_sql("SELECT queue, seen_at FROM canary ORDER BY queue").all()
    ages = canary.ages(conn)
    late = {queue: at for queue, at in rows if canary.is_late(ages.get(queue), settings)}
    if not rows:
        return [Trouble(troubles.EVERY_WAY, 1, None, troubles.NO_RELAY, _restart("relay"))]
    if len(late) == len(rows):
        why = troubles.NO_CANARY
        how = _restart("relay")
        if fault is not None:
            why, how = troubles.NO_CANARY_FOR.of(fault=fault.what), fault.mend or how
        since = max((at for at in late.values() if at is not None), default=None)
        return [Trouble(troubles.EVERY_WAY, len(late), since, why, how)]
    why = troubles.OWN_CANARY
    return [
        Trouble(troubles.ONE_WAY.of(queue=queue), 1, at, why, _restart(f"worker-{queue}"))
        for queue, at in late.items()
    ]


def _orphans(conn: Connection) -> list[Trouble]:
    found = []
    for what, orphans, why, how in (
        (troubles.UNASSESSED, _APPLICATIONS, troubles.LOST, MEND),
        (troubles.UNSENT, _DELIVERIES, troubles.LOST, MEND),
        (troubles.UNVISITED, _VISITLESS, troubles.VISITLESS, RUNBOOK),
    ):
        row = conn.exec_driver_sql(
            "SELECT count(*) AS found, min(since) AS since,"  # noqa: S608 -- fixed parts
            f" (array_agg(receipt ORDER BY id))[:%(some)s] AS examples FROM ({orphans}) AS o",
            {"ours": _values(OURS), "visited": _values(VISITED), "some": EXAMPLES},
        ).one()
        if row.found:
            found.append(Trouble(what, row.found, row.since, why, how, tuple(row.examples)))
    return found


def _hanging(conn: Connection) -> list[Trouble]:
    """Rows that refer to rows that do not exist, where the database does not check it itself."""
    keys = conn.exec_driver_sql(
        "SELECT c.conrelid::regclass::text, k.attname, c.confrelid::regclass::text, r.attname"
        " FROM pg_constraint AS c"
        " JOIN pg_attribute AS k ON k.attrelid = c.conrelid AND k.attnum = c.conkey[1]"
        " JOIN pg_attribute AS r ON r.attrelid = c.confrelid AND r.attnum = c.confkey[1]"
        " WHERE c.contype = 'f' AND NOT c.conenforced"
        "  AND c.connamespace = 'public'::regnamespace ORDER BY c.conname"
    ).all()
    found = []
    for table, column, parent, key in keys:
        row = conn.exec_driver_sql(
            f"SELECT count(*), (array_agg({column}::text))[:%(some)s] FROM {table} AS t"  # noqa: S608 -- the catalogue's own names
            f" WHERE {column} IS NOT NULL"
            f"  AND NOT EXISTS (SELECT FROM {parent} AS p WHERE p.{key} = t.{column})",
            {"some": EXAMPLES},
        ).one()
        if row[0]:
            what = troubles.HANGING.of(table=table)
            why = troubles.ORPHANED.of(column=column, parent=parent)
            found.append(Trouble(what, row[0], None, why, RUNBOOK, tuple(row[1])))
    return found


def _late(conn: Connection, settings: Settings) -> list[Trouble]:
    """Items due for too long: not taken by the relay, or taken and not done."""
    queues = {stage: row.queue for stage, row in STAGES.items() if row.queue is not None}
    rows = conn.exec_driver_sql(
        "SELECT stage, leased_until > app_now() AS leased, count(*) AS items,"
        " min(not_before) AS since"
        " FROM work_item WHERE dead_at IS NULL AND stage = ANY(%(stages)s) AND not_before <"
        "   app_now() - (%(late)s + CASE WHEN leased_until > app_now() THEN 2 ELSE 1 END"
        "     * %(lease)s) * interval '1 second'"
        " AND (leased_until IS NULL OR leased_until > app_now()"
        "  OR leased_until < app_now() - %(late)s * interval '1 second')"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        {
            "late": LATE_SECONDS,
            "lease": settings.lease_seconds,
            "stages": [stage.value for stage in queues],
        },
    )
    why = {False: troubles.NOT_TAKEN, True: troubles.NOT_DONE}
    return [
        Trouble(
            troubles.LATE.of(stage=troubles.stage(row.stage)),
            row.items,
            row.since,
            why[bool(row.leased)],
            _restart(f"worker-{queues[Stage(row.stage)]}" if row.leased else "relay"),
        )
        for row in rows
    ]


def _dead(conn: Connection) -> list[Trouble]:
    rows = conn.exec_driver_sql(
        "SELECT stage, last_error, count(*), min(dead_at),"
        " (array_agg(id::text ORDER BY id))[:%(some)s]"
        " FROM work_item WHERE dead_at IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
        {"some": EXAMPLES},
    )
    return [
        Trouble(
            troubles.DEAD.of(stage=troubles.stage(stage)),
            count,
            since,
            troubles.FAILED.of(error=why) if why else troubles.NO_REASON,
            troubles.RETRY.of(stage=stage),
            tuple(examples),
        )
        for stage, why, count, since, examples in rows
    ]


def _unsealed(conn: Connection) -> list[Trouble]:
    """Events that no seal covers for too long: until then they could be altered unseen."""
    found = conn.exec_driver_sql(
        "SELECT count(*) AS found, min(recorded_at) AS since FROM event"
        " WHERE id > (SELECT coalesce(max(last_id), 0) FROM event_seal)"
        "  AND recorded_at < clock_timestamp() - %(late)s",
        {"late": trail_check.LATE},
    ).one()
    if not found.found:
        return []
    why, how = troubles.NOBODY_SEALS, _restart("beat")
    return [Trouble(troubles.UNSEALED, found.found, found.since, why, how)]


def _values(words: Iterable[Vocabulary]) -> list[str]:
    return sorted(word.value for word in words)
