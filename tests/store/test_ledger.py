"""The work ledger against the real database: claims, leases, failures, dead letters."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from store import ledger
from store.db import Database, app_now
from store.ledger import Backoff
from vocabulary.work import Stage

BACKOFF = Backoff(base=10, longest=100)
LEASE = 60
MOST = 3


def add(database: Database, count: int, stage: Stage = Stage.ASSESS) -> None:
    with database.transaction() as conn:
        ledger.add(conn, stage, [(subject, None) for subject in range(1, count + 1)])


def claim(database: Database, limit: int = 100, stage: Stage = Stage.ASSESS) -> list[int]:
    return [item.id for item in claimed(database, limit, stage)]


def claimed(
    database: Database, limit: int = 100, stage: Stage = Stage.ASSESS
) -> list[ledger.Claimed]:
    with database.statement() as conn:
        return ledger.claim(conn, stage, limit=limit, lease_seconds=LEASE, max_attempts=MOST)


def advance(owner: Database, seconds: int) -> None:
    with owner.transaction() as conn:
        conn.exec_driver_sql(
            "UPDATE clock SET offset_seconds = offset_seconds + %(by)s", {"by": seconds}
        )


def fail(database: Database, item_id: int, *, begun: bool = False) -> bool:
    with database.transaction() as conn:
        return ledger.fail(
            conn, item_id, "unknown: X", backoff=BACKOFF, max_attempts=MOST, begun=begun
        )


def test_a_claimed_item_is_not_claimed_again_before_its_lease_ends(
    database: Database, owner: Database
) -> None:
    add(database, 3)
    assert claim(database) == [1, 2, 3]
    assert claim(database) == []
    advance(owner, LEASE - 1)
    assert claim(database) == []


def test_a_lapsed_lease_makes_the_item_due_again_and_says_so(
    database: Database, owner: Database
) -> None:
    add(database, 1)
    assert claimed(database) == [ledger.Claimed(1, attempts=0, lapsed=False)]
    advance(owner, LEASE + 1)
    assert claimed(database) == [ledger.Claimed(1, attempts=0, lapsed=True)]


def test_lost_messages_never_exhaust_an_item(database: Database, owner: Database) -> None:
    add(database, 1)
    for _ in range(5 * MOST):
        assert claim(database) == [1]
        advance(owner, LEASE + 1)
    with database.transaction() as conn:
        assert ledger.bury_exhausted(conn, MOST) == []


def test_a_released_item_is_due_at_once_as_if_never_claimed(database: Database) -> None:
    add(database, 1)
    claim(database)
    with database.statement() as conn:
        ledger.release(conn, [1])
    assert claimed(database) == [ledger.Claimed(1, attempts=0, lapsed=False)]


def test_handing_back_lapses_the_lease_but_not_of_an_item_in_work(database: Database) -> None:
    add(database, 2)
    claim(database)
    with database.transaction() as working:
        ledger.lock(working, Stage.ASSESS, [1])
        with database.statement() as conn:
            ledger.hand_back(conn, [1, 2])
    assert claimed(database) == [ledger.Claimed(2, attempts=0, lapsed=True)]


def test_an_item_of_the_future_waits_for_its_time(database: Database, owner: Database) -> None:
    with database.transaction() as conn:
        due = app_now(conn) + timedelta(days=30)
        ledger.add(conn, Stage.REMIND, [(1, due)])
    assert claim(database, stage=Stage.REMIND) == []
    advance(owner, 30 * 86400)
    assert claim(database, stage=Stage.REMIND) == [1]


def test_the_longest_due_is_claimed_first_and_no_more_than_asked(database: Database) -> None:
    with database.transaction() as conn:
        now = app_now(conn)
        ledger.add(conn, Stage.ASSESS, [(1, now), (2, now - timedelta(hours=2)), (3, now)])
    assert claim(database, limit=1) == [2]


def test_a_claim_whose_connection_is_cut_fails_as_any_other_statement(database: Database) -> None:
    """As SQLAlchemy's error: the relay waits outages out that it can tell."""
    with database.statement() as conn:
        pid = conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with database.statement() as other:
            other.exec_driver_sql("SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": pid})
        with pytest.raises(OperationalError):
            ledger.claim(conn, Stage.ASSESS, limit=1, lease_seconds=LEASE, max_attempts=3)
    add(database, 1)
    assert claim(database) == [1]


def test_a_claim_is_never_prepared(database: Database) -> None:
    with database.statement() as conn:
        for _ in range(10):
            ledger.claim(conn, Stage.ASSESS, limit=1, lease_seconds=LEASE, max_attempts=3)
            conn.exec_driver_sql("SELECT 42")
        prepared = "SELECT statement FROM pg_prepared_statements"
        assert conn.exec_driver_sql(prepared).scalars().all() == ["SELECT 42"]


def test_stages_do_not_see_each_other(database: Database) -> None:
    add(database, 1, Stage.NOTIFY)
    assert claim(database, stage=Stage.ASSESS) == []
    with database.transaction() as conn:
        assert ledger.lock(conn, Stage.ASSESS, [1]) == []


def test_many_claimers_at_once_share_the_items_without_overlap(database: Database) -> None:
    add(database, 600)

    def drain(_: int) -> list[int]:
        mine: list[int] = []
        while got := claim(database, limit=7):
            mine += got
        return mine

    with ThreadPoolExecutor(4) as pool:
        claims = Counter(item for mine in pool.map(drain, range(4)) for item in mine)
    assert claims == Counter(range(1, 601))


def test_two_workers_never_hold_the_same_item(database: Database) -> None:
    add(database, 2)
    with database.transaction() as first, database.transaction() as second:
        assert [item.id for item in ledger.lock(first, Stage.ASSESS, [1])] == [1]
        assert [item.id for item in ledger.lock(second, Stage.ASSESS, [1, 2])] == [2]


def test_a_failed_item_waits_longer_after_each_failure(database: Database) -> None:
    add(database, 1)
    waits = []
    for _ in range(2):
        fail(database, 1)
        with database.statement() as conn:
            wait = conn.exec_driver_sql(
                "SELECT extract(epoch FROM not_before - app_now()) FROM work_item"
            ).scalar_one()
        waits.append(float(wait))
    assert 4 <= waits[0] <= 10
    assert 9 <= waits[1] <= 20


def test_back_off_has_a_longest_pause(database: Database) -> None:
    add(database, 1)
    with database.transaction() as conn:
        conn.exec_driver_sql("UPDATE work_item SET attempts = 60")
        ledger.fail(conn, 1, "x", backoff=BACKOFF, max_attempts=1000, begun=False)
        wait = conn.exec_driver_sql(
            "SELECT extract(epoch FROM not_before - app_now()) FROM work_item"
        ).scalar_one()
    assert 50 <= float(wait) <= 100


def test_the_last_failure_puts_the_item_on_the_dead_letter_list_with_its_reason(
    database: Database,
    owner: Database,
) -> None:
    add(database, 2)
    assert [fail(database, 1) for _ in range(MOST)] == [False, False, True]
    advance(owner, 10_000)
    assert claim(database) == [2]
    with database.statement() as conn:
        (letter,) = ledger.dead(conn, "w.subject_id")
    assert (letter.id, letter.stage, letter.attempts) == (1, Stage.ASSESS, MOST)
    assert letter.reason == "unknown: X"


def test_a_second_message_of_an_exhausted_item_begins_nothing(database: Database) -> None:
    add(database, 2)
    with database.transaction() as conn:
        for _ in range(MOST):
            assert ledger.begin(conn, [1], MOST) == [1]
        assert ledger.begin(conn, [1, 2], MOST) == [2]
        counted = conn.exec_driver_sql("SELECT attempts FROM work_item ORDER BY id").scalars()
        assert list(counted) == [MOST, 1]


def test_an_attempt_counted_at_its_beginning_is_not_counted_twice(database: Database) -> None:
    add(database, 1)
    with database.transaction() as conn:
        ledger.begin(conn, [1])
    fail(database, 1, begun=True)
    with database.statement() as conn:
        assert conn.exec_driver_sql("SELECT attempts FROM work_item").scalar_one() == 1


def test_a_forgiven_attempt_does_not_count(database: Database) -> None:
    add(database, 2)
    claim(database)
    with database.transaction() as conn:
        ledger.begin(conn, [1])
        ledger.forgive(conn, [1, 2])
        assert conn.exec_driver_sql("SELECT attempts FROM work_item ORDER BY id").all() == [
            (0,),
            (0,),
        ]


def test_attempts_that_began_and_never_ended_exhaust_an_item(
    database: Database, owner: Database
) -> None:
    add(database, 1)
    for _ in range(MOST):
        assert claim(database) == [1]
        with database.transaction() as conn:
            ledger.begin(conn, [1])
        advance(owner, LEASE + 1)
    assert claim(database) == []
    with database.transaction() as conn:
        (letter,) = ledger.bury_exhausted(conn, MOST)
    assert letter.reason.startswith("worker_lost")


def test_an_item_in_its_last_attempt_is_not_buried_alive(database: Database) -> None:
    add(database, 1)
    with database.transaction() as conn:
        conn.exec_driver_sql("UPDATE work_item SET attempts = %(n)s", {"n": MOST - 1})
    claim(database)
    with database.transaction() as conn:
        ledger.begin(conn, [1])
    with database.transaction() as conn:
        assert ledger.bury_exhausted(conn, MOST) == []


def test_a_dead_item_revived_starts_afresh(database: Database) -> None:
    add(database, 1)
    with database.transaction() as conn:
        ledger.bury(conn, 1, "permanent: no such application")
    assert claim(database) == []
    with database.transaction() as conn:
        assert ledger.revive(conn, [1, 99]) == [1]
    assert claimed(database) == [ledger.Claimed(1, attempts=0, lapsed=False)]


@pytest.mark.parametrize("act", [ledger.begin, ledger.release, ledger.hand_back])
def test_a_dead_item_stays_as_it_is(database: Database, act: object) -> None:
    add(database, 1)
    with database.transaction() as conn:
        ledger.bury(conn, 1, "permanent: gone")
        before = conn.exec_driver_sql("SELECT * FROM work_item").one()
        act(conn, [1])  # type: ignore[operator]
        assert conn.exec_driver_sql("SELECT * FROM work_item").one() == before


def test_after_the_clock_was_set_back_nothing_waits_longer_than_it_should(
    database: Database,
    owner: Database,
) -> None:
    """Leased, fresh, and put off for a short time: all an hour too far ahead."""
    day_off = timedelta(days=2)
    advance(owner, 3600)
    add(database, 3)
    claim(database, limit=1)
    with database.transaction() as conn:
        ledger.defer(conn, 3, 600)
        ledger.add(conn, Stage.REMIND, [(4, app_now(conn) + day_off)])
    advance(owner, -3600)
    assert claim(database) == []
    with database.transaction() as conn:
        assert ledger.mend_clock(conn, LEASE) == 3
        assert ledger.mend_clock(conn, LEASE) == 0
    assert claim(database) == [2]
    advance(owner, LEASE)
    assert claimed(database) == [
        ledger.Claimed(1, attempts=0, lapsed=True),
        ledger.Claimed(2, attempts=0, lapsed=True),
    ]
    advance(owner, 600)
    assert 3 in claim(database)
    advance(owner, int(day_off.total_seconds()))
    assert claim(database, stage=Stage.REMIND) == [], "a day is a day"
    advance(owner, 3600)
    assert claim(database, stage=Stage.REMIND) == [4]


def test_a_replaced_item_stands_alone_alive_and_due(database: Database) -> None:
    add(database, 3)
    add(database, 1, Stage.NOTIFY)
    with database.transaction() as conn:
        ledger.bury(conn, 1, "permanent: x")
        ledger.replace(conn, Stage.ASSESS, [1, 2, 9])
        rows = conn.exec_driver_sql(
            "SELECT stage, subject_id, id > 4 AS fresh FROM work_item ORDER BY 1, 2"
        ).all()
    assert [tuple(row) for row in rows] == [
        ("assess", 1, True),
        ("assess", 2, True),
        ("assess", 3, False),
        ("assess", 9, True),
        ("notify", 1, False),
    ]
    assert len(claim(database)) == 4


def test_work_items_are_written_by_the_ledger_only() -> None:
    """Beside the intake's one statement and the trigger, which write in their own statement."""
    root = Path(__file__).parents[2]
    rooms = ("api", "casework", "cli", "config", "deploy", "schemas", "store", "vocabulary")
    writing = re.compile(
        r"(?i)(?:insert\s+into|update|delete\s+from|merge\s+into)\s+\"?work_item\b"
    )
    writers = {
        path.relative_to(root).as_posix()
        for room in (*rooms, "workers")
        for path in (root / room).rglob("*.*")
        if path.suffix in (".py", ".sql")
        and path.parent.name != "versions"
        and writing.search(path.read_text(encoding="utf-8"))
    }
    assert writers == {
        "casework/intake/accept.py",
        "store/functions/publish_events.v1.sql",
        "store/functions/publish_events.v2.sql",
        "store/ledger.py",
    }
