"""A determination whose database connection is cut says so: the API answers 503, not 500."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from casework.acts import determination_rules
from casework.database import UNAVAILABLE
from config.settings import Settings
from store.db import Database
from tests.support.ledgers import scalar
from tests.support.office import Office, decide


def test_cut_while_it_is_tried_out(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the savepoint whose end has to be told to a database that is gone."""
    office, honest = Office(database, settings), determination_rules.check
    made = office.submit()

    def cut(conn: Connection, *about: Any, **decided: Any) -> Any:
        pid = conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        scalar(database, "SELECT pg_terminate_backend(%(pid)s, 5000)", pid=pid)
        return honest(conn, *about, **decided)

    with monkeypatch.context() as patched:
        patched.setattr(determination_rules, "check", cut)
        with pytest.raises(UNAVAILABLE):
            decide(office, made.receipt)
    assert decide(office, made.receipt).state == "determined"
