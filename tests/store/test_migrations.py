"""Migrations beside running processes: they wait briefly for locks and only ever add."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from psycopg import sql
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from store import migrate, upgrade_plan
from store.upgrade_plan import BREAKING, CONTRACTING, Hold
from vocabulary.events import EventType

VERSIONS = sorted((Path(migrate.__file__).parent / "migrations" / "versions").glob("0*.py"))
UNCHECKED = re.compile(r"ALTER TABLE \w+ ADD CONSTRAINT (?:(?!;).)*?CHECK(?:(?!;).)*;", re.DOTALL)


def test_a_migration_gives_up_soon_and_changes_nothing_when_a_table_is_in_use(
    fresh_database_url: Callable[..., str],
) -> None:
    url = fresh_database_url()
    before = "0001"
    command.upgrade(migrate.configuration(url), before)
    with psycopg.connect(url) as busy:
        # Open transactions that have read: one is enough for any table of the next migration.
        tables = busy.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables.fetchall():
            lock = sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE")
            busy.execute(lock.format(sql.Identifier(table)))
        with _refusals() as waited, pytest.raises(OperationalError, match="lock timeout"):
            migrate.upgrade(url)
        assert waited == ["5s"], "once, so long"
        assert migrate.current(url) == before
    migrate.upgrade(url)
    assert migrate.current(url) == migrate.head()


@contextmanager
def _refusals() -> Iterator[list[str]]:
    """How long each statement was to wait for a lock that a database has refused meanwhile."""
    waited: list[str] = []

    def note(refused: ExceptionContext) -> None:
        assert refused.connection is not None
        driver: psycopg.Connection[Any] = refused.connection.connection.dbapi_connection  # type: ignore[assignment]
        given = driver.info.get_parameters()["options"]
        waited.extend(re.findall(r"lock_timeout=(\S+)", given) or ["for ever"])

    event.listen(Engine, "handle_error", note)
    try:
        yield waited
    finally:
        event.remove(Engine, "handle_error", note)


def test_renaming_what_waits_locks_rows_and_not_the_ledger(
    fresh_database_url: Callable[..., str],
) -> None:
    url = fresh_database_url()
    command.upgrade(migrate.configuration(url), "0007")
    with psycopg.connect(url) as relay, psycopg.connect(url, autocommit=True) as seen:
        seen.execute(
            "INSERT INTO work_item (stage, subject_id, not_before, created_at)"
            " SELECT unnest(ARRAY['clock', 'report', 'assess']), 1, now(), now()"
        )
        # Holds up the renaming, in the table that comes last and is no part of the ledger.
        relay.execute("INSERT INTO canary (queue) VALUES ('report')")
        relay.commit()
        relay.execute("SELECT FROM canary FOR UPDATE")
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate.upgrade(url)
        assert migrate.current(url) == "0007"
        stages = "SELECT stage FROM work_item ORDER BY stage"
        assert seen.execute(stages).fetchall() == [("assess",), ("chase",), ("export",)]
        relay.rollback()
    migrate.upgrade(url)
    assert migrate.current(url) == migrate.head()


def test_a_server_that_is_too_old_is_named_and_left_alone(
    fresh_database_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_database_url()
    monkeypatch.setattr(migrate, "OLDEST_SERVER", 99)
    with pytest.raises(migrate.ServerTooOld, match=r"PostgreSQL 99; this is 1\d"):
        migrate.upgrade(url)
    assert migrate.current(url) is None


@pytest.mark.parametrize("path", VERSIONS[1:], ids=lambda path: path.stem)
def test_a_migration_only_adds(path: Path) -> None:
    source = path.read_text(encoding="utf-8").partition("def downgrade")[0]
    if path.name[:4] not in CONTRACTING:
        assert BREAKING.findall(source) == []
    for constraint in UNCHECKED.findall(source):
        assert "NOT VALID" in constraint, "it would read the whole table under its lock"


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE application DROP COLUMN name;",
        "ALTER TABLE application RENAME COLUMN name TO title;",
        "ALTER TABLE application ALTER COLUMN name SET NOT NULL;",
        "ALTER TABLE application ADD COLUMN x TEXT NOT NULL;",
        "ALTER TABLE application ALTER COLUMN name TYPE integer;",
    ],
)
def test_what_would_break_the_release_before_is_recognised(statement: str) -> None:
    assert BREAKING.search(statement)


def test_a_column_with_a_default_is_harmless() -> None:
    assert not BREAKING.search("ALTER TABLE application ADD COLUMN x INT NOT NULL DEFAULT 0;")


def test_a_plan_names_every_table_that_others_wait_for(
    fresh_database_url: Callable[..., str],
) -> None:
    """What PostgreSQL locks while a migration runs is what is read from its text before."""
    url = fresh_database_url()
    steps = upgrade_plan.every()
    for step in steps:
        with _locked(url) as seen:
            command.upgrade(migrate.configuration(url), step.revision)
        unnamed = {
            table: strongest
            for table, strongest in seen.items()
            if step.holds.get(table) != Hold.ALL
            and (strongest is Hold.ALL or step.holds.get(table) != Hold.WRITERS)
        }
        assert not unnamed, step.revision
    said = {step.revision: step.holds for step in steps}
    assert said["0031"] == {}, "a new table keeps nobody waiting"
    assert said["0035"] == dict.fromkeys(("application", "account", "export"), Hold.ALL)


@contextmanager
def _locked(url: str) -> Iterator[dict[str, Hold]]:
    """The tables that were there before, and what a migration does to each."""
    strong = {"AccessExclusiveLock": Hold.ALL, "ExclusiveLock": Hold.WRITERS}
    strong |= dict.fromkeys(("ShareRowExclusiveLock", "ShareLock"), Hold.WRITERS)
    with psycopg.connect(url, autocommit=True) as looks:
        tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace ="
        before = {row[0] for row in looks.execute(f"{tables} 'public'::regnamespace")}
    seen: dict[str, Hold] = {}
    held = (
        "SELECT c.relname, l.mode FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation"
        " WHERE l.pid = pg_backend_pid() AND c.relkind = 'r'"
    )

    def look(conn: Connection, *_: object) -> None:
        driver: psycopg.Connection[Any] = conn.connection.dbapi_connection  # type: ignore[assignment]
        for table, mode in driver.execute(held).fetchall():
            if mode in strong and table in before and seen.get(table) is not Hold.ALL:
                seen[table] = strong[mode]

    event.listen(Engine, "after_cursor_execute", look)
    try:
        yield seen
    finally:
        event.remove(Engine, "after_cursor_execute", look)


def numbered(name: str) -> str:
    """The revision of a migration by its file's name."""
    (path,) = (path for path in VERSIONS if path.stem.endswith(f"_{name}"))
    return path.stem.partition("_")[0]


def test_what_the_rules_alone_had_granted_waits_for_a_person_and_gives_its_cap_back(
    fresh_database_url: Callable[..., str],
) -> None:
    url = fresh_database_url()
    command.upgrade(migrate.configuration(url), "0011")
    with psycopg.connect(url, autocommit=True) as seen:
        seen.execute(
            "INSERT INTO application (receipt, notice_id, provision, name, enterprise, facts,"
            " state, outcome, lead_bureau, access_hash, source, received_at)"
            " SELECT 'R' || n, 'x', 'p', '测试', '{}', '{}', CASE n % 4 WHEN 3 THEN 'determined'"
            " ELSE 'decided' END, CASE n % 4 WHEN 0 THEN 'ineligible' ELSE 'eligible' END,"
            " 'sasac', '', 'form', now() FROM generate_series(1, 4000) AS n"
        )
        seen.execute("INSERT INTO cap_account (account, granted) VALUES ('a', 5)")
        seen.execute("INSERT INTO cap_grant (application_id, account, amount) VALUES (1, 'a', 5)")
    command.upgrade(migrate.configuration(url), numbered("determination"))
    with psycopg.connect(url, autocommit=True) as seen:
        states = "SELECT state, outcome, count(*) FROM application GROUP BY 1, 2 ORDER BY 1, 2"
        assert seen.execute(states).fetchall() == [
            ("awaiting_determination", "eligible", 2000),
            ("decided", "ineligible", 1000),
            ("determined", "eligible", 1000),
        ]
        events = "SELECT type, from_state, to_state, data ->> 'bureau', count(*) FROM event"
        assert seen.execute(events + " GROUP BY 1, 2, 3, 4").fetchall() == [
            (EventType.DETERMINATION_REQUIRED, "decided", "awaiting_determination", "sasac", 2000)
        ]
        items = "SELECT stage, count(*) FROM work_item GROUP BY 1 ORDER BY 1"
        assert seen.execute(items).fetchall() == [("assess", 1), ("chase", 2000)]
        with pytest.raises(psycopg.errors.CheckViolation):
            seen.execute("UPDATE application SET state = 'decided' WHERE outcome = 'eligible'")


def test_a_key_that_nobody_was_granted_is_given_back_and_asked_for_again(
    fresh_database_url: Callable[..., str],
) -> None:
    url = fresh_database_url()
    command.upgrade(migrate.configuration(url), f"{int(numbered('overlap')) - 1:04}")
    with psycopg.connect(url, autocommit=True) as seen:
        seen.execute(
            "INSERT INTO application (receipt, notice_id, provision, name, enterprise, facts,"
            " state, outcome, lead_bureau, access_hash, source, received_at)"
            " SELECT 'R' || n, 'x', 'p', '测试', '{}', '{}', CASE WHEN n = 7 THEN 'determined'"
            " ELSE 'awaiting_determination' END, 'eligible', 'sasac', '', 'form', now()"
            " FROM generate_series(1, 2500) AS n"
        )
        seen.execute(
            "INSERT INTO benefit_claim (key, application_id, amount, claimed_at)"
            " SELECT 'rent:' || id, id, 1, now() FROM application"
        )
        seen.execute(
            "INSERT INTO determination (application_id, granted, amount, reason, findings, bureau,"
            " from_state, proposed_by, proposed_at, state)"
            " VALUES (7, true, 1, '', '[]', 'sasac', 'awaiting_determination', '', now(),"
            "  'in_force')"
        )
    migrate.upgrade(url)
    with psycopg.connect(url, autocommit=True) as seen:
        held = seen.execute("SELECT application_id FROM benefit_claim").fetchall()
        again = seen.execute("SELECT count(*) FROM work_item WHERE stage = 'assess'").fetchall()
    assert (held, again) == ([(7,)], [(2500,)])
