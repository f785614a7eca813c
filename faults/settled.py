"""Cases of years ago that are purged whole while everything runs, and others beside them that look
alike and are still needed: what is to go, what is to stay, and whether it did.

A case of years ago is made by the product's own acts in one transaction that alone sees another
business time, so that nothing of it is there before all of it is.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection

from casework.acts import determine, withdraw
from casework.decision import assess
from casework.intake.accept import Accepted
from casework.operations import purge
from casework.personal import parts
from casework.personal.encryption import Unreadable
from config.keys import KeyMissing
from config.settings import Settings
from faults.money import Find
from faults.upkeep import until_it_works
from faults.world import Settled, World
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant, uscc
from tests.support.office import OFFICER, YES
from vocabulary.personal_data import DataKind

EACH = 3
"""Cases of each sort at once."""
DAY_SECONDS = 86_400
FIRST_ENTERPRISE = 8_000_000

_serial = itertools.count(1)

Act = Callable[[Database, Settings, Accepted], None]


class Sort(NamedTuple):
    """How a case ended, by the days of which kind it is kept, and how many days older than those
    it is. `goes`: whether it is to be purged."""

    end: Act
    kind: DataKind
    more: int
    goes: bool


class Past(Database):
    """A database in one transaction whose business time is so many days ago. What use cases commit
    is committed with the whole."""

    def __init__(self, conn: Connection, days: int) -> None:
        self._conn = conn
        self._seconds = days * DAY_SECONDS

    @contextmanager
    def begun(self) -> Iterator[Past]:
        """The time of then, until it is left; nobody else ever sees it."""
        move = "UPDATE clock SET offset_seconds = offset_seconds + %(seconds)s"
        self._conn.exec_driver_sql(move, {"seconds": -self._seconds})
        yield self
        self._conn.exec_driver_sql(move, {"seconds": self._seconds})

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A part of the whole: undone alone on an exception."""
        with self._conn.begin_nested():
            yield self._conn

    @contextmanager
    def statement(self) -> Iterator[Connection]:
        """The same connection."""
        yield self._conn


def _withdrawn(db: Database, settings: Settings, case: Accepted) -> None:
    withdraw.withdraw(db, settings, case.receipt, case.access_code, reason="故障演练：不再申请")


def _granted(db: Database, settings: Settings, case: Accepted) -> None:
    version = "SELECT version FROM application WHERE receipt = %(receipt)s"
    with db.statement() as conn:
        seen = frozenset(conn.exec_driver_sql(version, {"receipt": case.receipt}).scalars())
    determine.determine(db, settings, OFFICER, case.receipt, seen, YES)


def _undecided(_db: Database, _settings: Settings, _case: Accepted) -> None:
    pass


SORTS = (
    Sort(_withdrawn, DataKind.CLOSED, 1, goes=True),
    Sort(_granted, DataKind.GRANTED, 1, goes=True),
    Sort(_withdrawn, DataKind.CLOSED, -30, goes=False),
    Sort(_granted, DataKind.CLOSED, 1, goes=False),  # its money is still to be accounted for
    Sort(_undecided, DataKind.CLOSED, 1, goes=False),
)


def purge_settled(world: World, _: random.Random) -> None:
    """Some cases of each sort; whatever has lapsed by now is put on its way."""
    made = until_it_works(partial(make, world.postgres.superuser_url, world.settings))
    world.settled.update(made)
    until_it_works(lambda: purge.file(world.db, world.settings))


def make(superuser_url: str, settings: Settings, each: int = EACH) -> dict[str, Settled]:
    """All sorts, by receipt, committed together."""
    made: dict[str, Settled] = {}
    db = Database(superuser_url, pool_size=1, time_travel=True)
    try:
        with db.transaction() as conn:
            for sort in SORTS:
                days = settings.practice.kept(sort.kind) + sort.more
                with Past(conn, days).begun() as past:
                    made |= dict(_case(past, settings, sort) for _ in range(each))
    finally:
        db.close()
    return made


def _case(past: Past, settings: Settings, sort: Sort) -> tuple[str, Settled]:
    number = next(_serial)
    body = tenant(uscc=uscc(FIRST_ENTERPRISE + number), lease_no=f"S-{number}")
    case = filing.accept(past, settings, body)
    named = {"receipt": case.receipt}
    with past.statement() as conn:
        items = conn.exec_driver_sql(
            "SELECT w.id FROM work_item AS w JOIN application AS a ON a.id = w.subject_id"
            " WHERE w.stage = 'assess' AND a.receipt = %(receipt)s",
            named,
        ).scalars()
    assess.run(past, settings, items.all())
    sort.end(past, settings, case)
    with past.statement() as conn:
        if sort.end is not _undecided:
            conn.exec_driver_sql(_OVER, named)
        row = conn.exec_driver_sql(
            "SELECT state, outcome, amount, determined_amount FROM application"
            " WHERE receipt = %(receipt)s",
            named,
        ).one()
    return case.receipt, Settled(sort.goes, sort.end is _granted, tuple(row))


# What was planned years ago was done then, and said to have been; who was to be called was called,
# and what was granted was paid: nobody is reminded of it today.
_OVER = """
WITH one AS (SELECT id, visit_id FROM application WHERE receipt = %(receipt)s),
called AS (
    UPDATE delivery SET state = 'sent', sent_at = app_now()
    WHERE application_id = (SELECT id FROM one) AND channel = 'call' AND state = 'pending'),
paid AS (
    UPDATE fulfilment SET state = 'waived', waived = amount, waived_on = publicised_until
    WHERE application_id = (SELECT id FROM one))
UPDATE visit SET state = 'done', visited_on = planned_on, result = 'met'
WHERE id = (SELECT visit_id FROM one) AND state <> 'cancelled'
"""

_LEFT = """
SELECT a.receipt, a.purged_at IS NOT NULL AS is_purged, a.personal IS NOT NULL AS has_people,
    a.provision = 'm01_tenant' AS names_people,
    (SELECT count(*) FROM event AS e
        WHERE e.application_id = a.id AND e.type = 'application.purged') AS purges,
    a.facts <> '{}' OR a.personal IS NOT NULL OR a.enterprise ? 'contact'
        OR EXISTS (SELECT FROM assessment AS s WHERE s.application_id = a.id AND document <> '{}')
        OR EXISTS (SELECT FROM event_text AS t WHERE t.application_id = a.id)
        OR EXISTS (SELECT FROM delivery AS d WHERE d.application_id = a.id
            AND (d.address IS NOT NULL OR d.note IS NOT NULL))
        OR EXISTS (SELECT FROM idempotency AS i WHERE i.application_id = a.id)
        OR EXISTS (SELECT FROM benefit_claim AS b
            WHERE b.application_id = a.id OR b.concerned @> ARRAY[a.id]) AS has_left
FROM application AS a
"""


def check(conn: Connection, world: World, find: Find) -> None:
    """Compare what was to go and what was to stay with what the database holds, of every
    application there is."""
    rows = {row.receipt: row for row in conn.exec_driver_sql(_LEFT)}
    goes = {receipt for receipt, case in world.settled.items() if case.goes}
    stays = world.settled.keys() - goes
    purged = {receipt for receipt, row in rows.items() if row.is_purged}
    find("settled cases kept too long", goes & rows.keys() - purged)
    find("purged and still needed", purged - goes, lost=True)
    find("purged, and people are left", [each for each in purged if rows[each].has_left])
    # Every form of a tenant names somebody.
    gone = [
        each
        for each, row in rows.items()
        if row.names_people and not row.has_people and each not in purged
    ]
    find("people gone of what was not purged", gone, lost=True)
    find(
        "purges without exactly one event",
        [each for each, row in rows.items() if row.purges != row.is_purged],
    )
    people = (
        "SELECT receipt, enterprise, facts, personal FROM application WHERE receipt = ANY(%(r)s)"
    )
    unreadable = [
        row.receipt
        for row in conn.exec_driver_sql(people, {"r": sorted(stays)})
        if not _has_contact(row)
    ]
    find("people that cannot be read", unreadable, lost=True)
    numbers = {
        row.receipt: tuple(row)[1:]
        for row in conn.exec_driver_sql(
            "SELECT receipt, state, outcome, amount, determined_amount FROM application"
            " WHERE receipt = ANY(%(r)s)",
            {"r": sorted(world.settled)},
        )
    }
    unlike = [each for each, case in world.settled.items() if numbers.get(each) != case.numbers]
    find("numbers that went with the people", unlike, lost=True)


def _has_contact(row: Any) -> bool:
    whole: Mapping[str, Any]
    try:
        whole, _ = parts.put_back(row.receipt, row.enterprise, row.facts, row.personal)
    except (Unreadable, KeyMissing):
        return False
    return bool(whole.get("contact"))
