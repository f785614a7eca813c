"""The database's roles: what each may do, against the real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql

from casework.operations import business_time, doctor
from config.settings import Settings
from deploy.local.embedded import APPLICATION, AUDITOR
from store import migrate, roles
from store.db import Database, app_now
from tests.support.office import Office
from tests.support.servers import with_role
from tests.support.tables import metadata

TABLES = {table.name for table in metadata.sorted_tables} | {"alembic_version"}
GRANTS = """
SELECT c.relname, array_agg(a.privilege_type ORDER BY a.privilege_type) AS rights
FROM pg_class AS c, aclexplode(c.relacl) AS a
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = ANY(%(kinds)s)
    AND a.grantee = %(role)s::regrole GROUP BY 1
"""


def grants(database: Database, role: str, *kinds: str) -> dict[str, list[str]]:
    with database.statement() as conn:
        rows = conn.exec_driver_sql(GRANTS, {"role": role, "kinds": list(kinds)})
        return {row.relname: row.rights for row in rows}


def test_the_applications_role_has_rows_and_nothing_else(database: Database) -> None:
    rows = ["DELETE", "INSERT", "SELECT", "UPDATE"]
    less = {
        "alembic_version": ["SELECT"],
        "clock": ["SELECT"],
        "event": ["INSERT", "SELECT"],
        "event_seal": ["INSERT", "SELECT"],
        "message_choice": ["INSERT", "SELECT"],
        "key_check": ["INSERT", "SELECT"],
        # Of these some columns, see REFUSED.
        "api_token": ["INSERT", "SELECT"],
        "determination": ["INSERT", "SELECT"],
    }
    kept = (
        "account", "application", "assessment", "bureau_address", "delegation",
        "fulfilment", "objection", "official_finding", "parameter_set", "payment_account",
        "payment_batch", "payment_line", "practice_change", "reclaim", "review", "supplement",
    )  # fmt: skip
    less |= {table: ["INSERT", "SELECT", "UPDATE"] for table in kept}
    assert grants(database, APPLICATION, "r") == dict.fromkeys(TABLES, rows) | less
    assert set(map(tuple, grants(database, APPLICATION, "S").values())) == {("USAGE",)}


def test_the_auditors_role_reads_the_trail_and_which_case_it_was(database: Database) -> None:
    assert grants(database, AUDITOR, "r", "S") == {
        "alembic_version": ["SELECT"],
        "clock": ["SELECT"],
        "event": ["SELECT"],
        "event_seal": ["SELECT"],
    }
    with database.statement() as conn:
        columns = conn.exec_driver_sql(
            "SELECT c.relname, a.attname FROM pg_attribute AS a"
            " JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind = 'r'"
            " WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0"
            "  AND has_column_privilege(%(role)s, c.oid, a.attnum, 'SELECT')",
            {"role": AUDITOR},
        ).all()
    of_cases = {column for table, column in columns if table == "application"}
    assert of_cases == {
        "id", "receipt", "notice_id", "provision", "state", "outcome", "amount", "lead_bureau",
        "copied_bureaus", "received_at",
    }  # fmt: skip


def test_no_login_that_serves_is_privileged(database: Database) -> None:
    with database.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,"
            "  (SELECT count(*) FROM pg_auth_members AS m WHERE m.member = r.oid)"
            " FROM pg_roles AS r WHERE rolname = ANY(%(names)s)",
            {"names": [APPLICATION, AUDITOR]},
        ).all()
    assert [tuple(row) for row in rows] == [(False, False, False, False, False, 0)] * 2


REFUSED = (
    "CREATE TABLE mine (id int)",
    "DROP TABLE event",
    "ALTER TABLE event DISABLE TRIGGER USER",
    "ALTER TABLE event ADD COLUMN x int",
    "TRUNCATE event CASCADE",
    "TRUNCATE application CASCADE",
    "UPDATE event SET actor = 'x'",
    "DELETE FROM event",
    "DELETE FROM determination",
    "UPDATE determination SET amount = 1",
    "UPDATE determination SET granted = true",
    "UPDATE determination SET proposed_by = 'x'",
    "UPDATE determination SET application_id = 1",
    "UPDATE api_token SET role = 'admin'",
    "UPDATE api_token SET bureau = 'finance'",
    "UPDATE api_token SET label = 'x'",
    "UPDATE api_token SET account_id = 1",
    "UPDATE api_token SET token_hash = ''",
    "UPDATE api_token SET vouches = 'verified'",
    "UPDATE api_token SET addresses = NULL",
    "DELETE FROM api_token",
    "DELETE FROM official_finding",
    "DELETE FROM key_check",
    "UPDATE key_check SET proof = ''",
    "DELETE FROM assessment",
    "DELETE FROM account",
    "UPDATE clock SET offset_seconds = -2592000",
    "INSERT INTO clock (id, offset_seconds) VALUES (1, 1)",
    "UPDATE alembic_version SET version_num = '0001'",
    "SET session_replication_role = replica",
    "SET ROLE wenqi_owner",
    "COPY application TO PROGRAM 'cat'",
    "CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql RETURN now()",
)


@contextmanager
def refused(url: str) -> Iterator[psycopg.Connection]:
    with (
        psycopg.connect(url, autocommit=True) as conn,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.DuplicateFunction)),
    ):
        yield conn


@pytest.mark.parametrize("statement", REFUSED)
@pytest.mark.usefixtures("database")
def test_what_the_application_is_refused(database_url: str, statement: str) -> None:
    with refused(database_url) as conn:
        conn.execute(statement.encode())


MADE = (
    "INSERT INTO determination (application_id, granted, amount, reason, findings, bureau,"
    " from_state, proposed_by, proposed_at, state) SELECT id, true, 1, '', '[]', 'sasac', state,"
    " 'sasac:测试甲', now(), %(state)s FROM application"
)
SEEN = (
    "INSERT INTO event (application_id, type, actor, at) SELECT id, 'determination.made',"
    " 'sasac:测试甲', now() FROM application"
)


@pytest.mark.parametrize("state", ["proposed", "in_force"])
def test_the_applications_login_makes_no_determination_that_is_on_no_trail(
    office: Office, database_url: str, state: str
) -> None:
    office.submit()
    with (
        pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="is on no trail"),
        psycopg.connect(database_url) as conn,
    ):
        conn.execute(MADE.encode(), {"state": state})
    # An event of before does not count, one of the same transaction does.
    with psycopg.connect(database_url) as conn:
        conn.execute(SEEN.encode())
    with (
        pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="is on no trail"),
        psycopg.connect(database_url) as conn,
    ):
        conn.execute(MADE.encode(), {"state": state})
    with psycopg.connect(database_url) as conn:
        conn.execute(MADE.encode(), {"state": "rejected"})
    with (
        pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="is on no trail"),
        psycopg.connect(database_url) as conn,
    ):
        conn.execute("UPDATE determination SET state = 'in_force'")
    with psycopg.connect(database_url) as conn:
        conn.execute(MADE.encode(), {"state": state})
        conn.execute(SEEN.encode())


@pytest.mark.usefixtures("database")
def test_the_auditor_reads_events_and_no_persons(owner_url: str) -> None:
    url = with_role(owner_url, AUDITOR)
    with psycopg.connect(url) as conn:
        assert conn.execute("SELECT count(*) FROM event").fetchone() == (0,)
        assert conn.execute("SELECT receipt FROM application").fetchall() == []
    for statement in (
        "SELECT enterprise FROM application",
        "SELECT * FROM delivery",
        "SELECT token_hash FROM api_token",
        "INSERT INTO event (type, actor, at) VALUES ('x', 'x', now())",
        "DELETE FROM event",
    ):
        with refused(url) as conn:
            conn.execute(statement.encode())


def test_not_even_the_owner_empties_the_table_of_events(owner: Database) -> None:
    for table in ("event", "application"):
        with (
            pytest.raises(Exception, match="append-only"),
            owner.transaction() as conn,
        ):
            conn.exec_driver_sql(f"TRUNCATE {table} CASCADE")


def test_rights_come_with_every_migration_and_go_when_they_are_no_longer_meant(
    fresh_database_url: Callable[..., str],
) -> None:
    url = fresh_database_url()
    logins = roles.Logins(APPLICATION, AUDITOR)
    migrate.upgrade(url, logins)
    with psycopg.connect(url, autocommit=True) as conn:
        for grant in ("UPDATE ON event", "UPDATE ON clock", "TRUNCATE ON visit"):
            conn.execute(sql.SQL("GRANT " + grant + " TO {}").format(sql.Identifier(APPLICATION)))
        conn.execute("CREATE TABLE later (id int)")
    migrate.upgrade(url, logins)
    found = Database(with_role(url, APPLICATION), pool_size=1)
    try:
        assert grants(found, APPLICATION, "r")["event"] == ["INSERT", "SELECT"]
        assert grants(found, APPLICATION, "r")["clock"] == ["SELECT"]
        assert "TRUNCATE" not in grants(found, APPLICATION, "r")["visit"]
        assert "INSERT" in grants(found, APPLICATION, "r")["later"]
        with found.statement() as conn:
            temporary = "SELECT has_database_privilege(current_database(), 'TEMPORARY')"
            assert not conn.exec_driver_sql(temporary).scalar_one()
            assert roles.excess(conn) == []
    finally:
        found.close()


def test_a_clock_that_was_moved_moves_nobody_who_does_not_allow_it(
    database: Database, intruder: Database, database_url: str
) -> None:
    with intruder.transaction() as conn:
        conn.exec_driver_sql("UPDATE clock SET offset_seconds = -2592000")
    served = Database(database_url, pool_size=1)
    try:
        with served.statement() as conn:
            served_at = app_now(conn) - conn.exec_driver_sql("SELECT now()").scalar_one()
        assert abs(served_at.total_seconds()) < 1
    finally:
        served.close()
    with database.statement() as conn:
        moved = app_now(conn) - conn.exec_driver_sql("SELECT now()").scalar_one()
    assert moved.total_seconds() == pytest.approx(-2592000, abs=1)


def test_the_doctor_says_when_one_login_does_everything(
    database: Database, owner: Database, settings: Settings
) -> None:
    assert not [one for one in doctor.examine(database, settings).warnings if "login" in one]
    (said,) = [one for one in doctor.examine(owner, settings).warnings if "login" in one]
    assert "owns tables, changes events, moves the clock" in said
    assert "DATABASE_OWNER_URL" in said


def test_time_is_moved_by_the_owner_and_seen_by_all(database: Database, settings: Settings) -> None:
    before = business_time.now(database)
    after = business_time.advance(database, settings, timedelta(days=1))
    assert after - before >= timedelta(days=1)
