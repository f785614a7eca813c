"""What a chunk does when the database answers, and has no room for anybody."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from casework.errors import RetryableError
from casework.work.run import DatabaseFull, run_items
from config.settings import Settings
from store import ledger
from store.db import Database
from store.ledger import Item
from tests.support.ledgers import claim_ids, column
from vocabulary.work import Stage


def refuse(sqlstate: str) -> Any:
    """A handler that PostgreSQL refuses with this SQLSTATE."""

    def handler(conn: Connection, _: list[Item]) -> dict[int, Exception]:
        conn.exec_driver_sql(
            f"DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '{sqlstate}'; END $$"
        )
        return {}

    return handler


@pytest.fixture
def ids(database: Database, settings: Settings) -> list[int]:
    """Four items, leased."""
    with database.transaction() as conn:
        ledger.add(conn, Stage.ASSESS, [(number, None) for number in range(1, 5)])
    return claim_ids(database, settings, Stage.ASSESS)


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("sqlstate", ["53100", "53200", "53300", "58030", "25006"])
def test_without_room_no_item_is_blamed(
    database: Database, settings: Settings, ids: list[int], sqlstate: str, *, careful: bool
) -> None:
    with pytest.raises(DatabaseFull, match=sqlstate):
        run_items(database, settings, Stage.ASSESS, ids, refuse(sqlstate), careful=careful)
    assert column(database, "SELECT attempts FROM work_item") == [0, 0, 0, 0]
    assert column(database, "SELECT last_error FROM work_item") == [None] * 4


def test_a_database_that_shuts_down_counts_as_away(
    database: Database, settings: Settings, ids: list[int]
) -> None:
    """It may be an item that brings it down: an attempt that was counted stays counted."""
    with pytest.raises(RetryableError, match="connection was lost"):
        run_items(database, settings, Stage.ASSESS, ids, refuse("57P02"), careful=True)
    assert column(database, "SELECT attempts FROM work_item") == [1, 1, 1, 1]


def test_any_other_refusal_is_put_down_to_the_item(
    database: Database, settings: Settings, ids: list[int]
) -> None:
    result = run_items(database, settings, Stage.ASSESS, ids, refuse("22003"), careful=False)
    assert sorted(failure.item_id for failure in result.failures) == ids
    assert all(isinstance(failure.error, DBAPIError) for failure in result.failures)
    assert column(database, "SELECT attempts FROM work_item") == [1, 1, 1, 1]
