"""Grants of a release that knew no fulfilment are put on their way, once, whatever stops."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from alembic import command
from psycopg import sql

from casework.fulfilment import earlier_grants, opening
from store import migrate
from store.db import Database
from tests.support.applications import uscc
from tests.support.fulfilling import granted
from tests.support.ledgers import column, scalar
from tests.support.office import Office, decide

COPIED = ("application", "event", "determination")


@pytest.fixture
def earlier(office: Office, fresh_database_url: Callable[..., str]) -> Iterator[Office]:
    """What schema 0039 held of three grants and an application, brought up to date."""
    for number in (1, 2):
        granted(office, number)
    decide(office, office.submit(uscc=uscc(831)).receipt)
    office.submit(uscc=uscc(832))
    url = fresh_database_url()
    command.upgrade(migrate.configuration(url), "0039")
    with psycopg.connect(url) as conn:
        for table in COPIED:
            for held in _rows(office.db, table):
                # Nothing is determined but with an event of the same transaction.
                row = {**held, "visit_id": None, "recorded_at": "2100-01-01T00:00:00Z"}
                conn.execute(
                    sql.SQL(
                        "INSERT INTO {0} OVERRIDING SYSTEM VALUE"
                        " SELECT * FROM jsonb_populate_record(NULL::{0}, %s)"
                    ).format(sql.Identifier(table)),
                    (json.dumps(row),),
                )
        conn.execute("SELECT setval(pg_get_serial_sequence('event', 'id'), 1000)")
    migrate.upgrade(url)
    db = Database(url, pool_size=2)
    yield Office(db, office.settings)
    db.close()


def _rows(db: Database, table: str) -> list[dict[str, Any]]:
    return column(db, f"SELECT to_jsonb(t) FROM {table} AS t ORDER BY id")  # noqa: S608 -- ours


def test_each_gets_one_as_if_granted_today_and_what_stops_goes_on(
    earlier: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, settings = earlier.db, earlier.settings
    assert scalar(db, "SELECT count(*) FROM fulfilment") == 0
    monkeypatch.setattr(earlier_grants, "GROUP", 1)
    true, opened = opening.open_for, list[int]()

    def stops(conn: Any, settings: Any, case: Any) -> None:
        true(conn, settings, case)
        opened.append(case.id)
        if len(opened) == 2:
            raise RuntimeError("the power went")

    monkeypatch.setattr(opening, "open_for", stops)
    with pytest.raises(RuntimeError):
        earlier_grants.run(db, settings)
    assert scalar(db, "SELECT count(*) FROM fulfilment") == 1
    assert earlier_grants.run(db, settings) == 2
    assert earlier_grants.run(db, settings) == 0
    said = "SELECT concat_ws(' ', way, bureau, amount, state) FROM fulfilment ORDER BY 1"
    assert column(db, said) == [
        "payment finance 50000.00 due",
        "payment finance 50000.00 due",
        "waiver sasac 60000.00 due",
    ]
    until = column(db, "SELECT publicised_until FROM fulfilment")
    assert all(each > earlier.today() for each in until)
    told = "SELECT count(*) FROM event WHERE type = 'waiver.told' AND id > 1000"
    assert scalar(db, told) == 1
