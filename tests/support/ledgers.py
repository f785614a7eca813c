"""What tests ask the database about work and effects."""

from __future__ import annotations

from typing import Any

from casework.intake.accept import Accepted
from casework.work import dispatch
from casework.work.dispatch import Stage
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant


def scalar(database: Database, statement: str, **values: Any) -> Any:
    """The first column of the first row."""
    with database.statement() as conn:
        return conn.exec_driver_sql(statement, values).scalar()


def column(database: Database, statement: str, **values: Any) -> list[Any]:
    """The first column."""
    with database.statement() as conn:
        return list(conn.exec_driver_sql(statement, values).scalars())


def blocked(database: Database) -> list[int]:
    """The connections of this database that wait for a lock; the server has others' too."""
    return column(
        database,
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )


def file_tenants(database: Database, settings: Settings, count: int) -> list[Accepted]:
    """Accept so many applications that have nothing to do with each other."""
    return [filing.accept(database, settings, tenant()) for _ in range(count)]


def claim_ids(database: Database, settings: Settings, stage: Stage, limit: int = 1000) -> list[int]:
    """Claim what is due."""
    return [item.id for item in dispatch.claim(database, settings, stage, limit)]


def waiting(database: Database, stage: Stage) -> int:
    """Live work items of a stage."""
    return int(
        scalar(
            database,
            "SELECT count(*) FROM work_item WHERE stage = %(stage)s AND dead_at IS NULL",
            stage=stage.value,
        )
    )


def assert_effects_exactly_once(database: Database, applications: int) -> None:
    """Every application has one assessment, one event, one visit, and one row per bureau told."""
    assert scalar(database, "SELECT count(*) FROM application") == applications
    for table, which in (
        ("assessment", "in_force"),
        ("event", "type = 'application.assessed'"),
        ("event", "type = 'visit.scheduled'"),
        ("visit", "state <> 'cancelled'"),
        ("delivery", "channel = 'inbox' AND recipient = a.lead_bureau"),
    ):
        counts = column(
            database,
            f"SELECT (SELECT count(*) FROM {table} WHERE application_id = a.id AND {which})"  # noqa: S608 -- fixed parts
            " FROM application AS a",
        )
        assert counts == [1] * applications, (table, which)
