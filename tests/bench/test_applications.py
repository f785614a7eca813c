"""The form that every contender receives."""

from __future__ import annotations

from collections.abc import Mapping

from bench import backlog
from bench.applications import SERIAL_MAX, Bodies, body, to_json
from casework.personal import parts
from store.db import Database
from tests.support.packaged import load_application


def test_the_fast_bodies_are_the_plain_ones() -> None:
    bodies = Bodies()
    for serial in (0, 1, 31, 9_876_543, SERIAL_MAX):
        assert bodies(serial) == to_json(body(serial))
        assert len(bodies(serial)) == bodies.length


def test_each_is_well_formed_and_another_enterprise() -> None:
    loaded = [load_application(body(serial)) for serial in range(200)]
    assert len({submission.enterprise["uscc"] for submission in loaded}) == 200
    assert len({submission.facts["leases"][0]["lease_no"] for submission in loaded}) == 200


def test_a_backlog_holds_what_requests_would_have_left(
    database: Database, database_url: str, environment: Mapping[str, str]
) -> None:
    count = 503
    backlog.fill(database_url, environment, count, first_serial=40)
    with database.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT provision, receipt, enterprise, facts, personal, source"
            " FROM application ORDER BY id"
        ).all()
        queued = conn.exec_driver_sql(
            "SELECT count(*) FROM work_item AS w JOIN application AS a ON a.id = w.subject_id"
            " JOIN event AS e ON e.application_id = a.id"
        ).scalar_one()
    assert queued == count
    for serial, row in enumerate(rows, 40):
        wanted = load_application(body(serial))
        filed = parts.put_back(row.receipt, row.enterprise, row.facts, row.personal)
        assert row.personal is not None
        assert filed == (wanted.enterprise, wanted.facts)
        assert (row.provision, row.source) == (wanted.provision, "form")
