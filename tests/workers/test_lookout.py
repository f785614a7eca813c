"""The relay's look at the ledger: what it sees, and that it outlives its connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from casework.database import UNAVAILABLE
from casework.work.dispatch import Lookout, Stage, claim, release
from config.settings import Settings
from store import ledger
from store.db import Database, app_now
from tests.support.ledgers import file_tenants, scalar


@pytest.fixture
def lookout(database: Database) -> Iterator[Lookout]:
    with closing(Lookout(database)) as made:
        yield made


def test_it_sees_what_a_claim_would_take(
    database: Database, settings: Settings, lookout: Lookout
) -> None:
    assert not lookout.sees(Stage.ASSESS)
    with database.transaction() as conn:
        ledger.add_all(conn, Stage.ASSESS, [7], app_now(conn).replace(year=2099))
    assert not lookout.sees(Stage.ASSESS)
    file_tenants(database, settings, 1)
    assert lookout.sees(Stage.ASSESS)
    assert not lookout.sees(Stage.NOTIFY)
    (item,) = claim(database, settings, Stage.ASSESS, 10)
    assert not lookout.sees(Stage.ASSESS)
    release(database, [item.id])
    assert lookout.sees(Stage.ASSESS)


def test_a_plan_made_for_a_small_ledger_does_for_a_large_one(
    database: Database, lookout: Lookout
) -> None:
    with database.transaction() as conn:
        later = app_now(conn).replace(year=2099)
        ledger.add_all(conn, Stage.REMIND, range(1, 6), later)
        conn.exec_driver_sql("ANALYZE work_item")
    for _ in range(10):
        assert not lookout.sees(Stage.REMIND)
    with database.transaction() as conn:
        ledger.add_all(conn, Stage.REMIND, range(1, 20_001), later)
    before = _rows_read_in_order(database, lookout)
    for _ in range(10):
        assert not lookout.sees(Stage.REMIND)
    assert _rows_read_in_order(database, lookout) == before


def _rows_read_in_order(database: Database, lookout: Lookout) -> int:
    """By scans of the whole ledger, as far as the lookout's own connection is concerned."""
    assert lookout._conn is not None
    lookout._conn.exec_driver_sql("SELECT pg_stat_force_next_flush()")
    count: int = scalar(
        database, "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'work_item'"
    )
    return count


def test_a_lost_connection_is_an_outage_and_is_replaced(
    database: Database, settings: Settings, lookout: Lookout
) -> None:
    file_tenants(database, settings, 1)
    assert lookout.sees(Stage.ASSESS)
    with database.statement() as conn:
        ended = conn.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            "  AND usename = current_user AND state = 'idle' AND query LIKE '%%EXISTS%%work_item%%'"
        ).all()
    assert ended == [(True,)]
    with pytest.raises(UNAVAILABLE):
        lookout.sees(Stage.ASSESS)
    lookout.close()
    assert lookout.sees(Stage.ASSESS)
