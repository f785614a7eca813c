"""The migrated database itself: one head, no drift from the tables, the words it enforces."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from stdnum.iso7064 import mod_37_36

from store import functions, migrate
from store.db import Database, app_now
from tests.support.tables import metadata
from vocabulary.cases import DeterminationState, ReviewState, Source, State, SupplementState
from vocabulary.codes import Handing, Purpose
from vocabulary.deliveries import Channel, DeliveryState, RecipientKind
from vocabulary.documents import DocumentState, FileKind
from vocabulary.exports import ExportFormat, ExportState
from vocabulary.fulfilment import (
    Found,
    FulfilmentState,
    LineState,
    ObjectionState,
    ReclaimReason,
    ReturnReason,
    Way,
)
from vocabulary.identity import CONFIRMABLE, IdentityLevel, IdentityMeans
from vocabulary.imports import ImportPart, ImportState
from vocabulary.matters import Telling
from vocabulary.outcomes import Outcome
from vocabulary.people import LoginWay, Role, SessionStage
from vocabulary.receipts import parse
from vocabulary.requests import RequestSource, RequestState, RequestSubject
from vocabulary.visits import VisitResult, VisitState
from vocabulary.work import Stage

WORDS: list[tuple[str, str, Iterable[str]]] = [
    ("application", "state", State),
    ("application", "outcome", Outcome),
    ("application", "source", Source),
    ("contact_code", "channel", CONFIRMABLE),
    ("contact_code", "purpose", Purpose),
    ("access_code", "handed", Handing),
    ("account_session", "stage", SessionStage),
    ("account_session", "way", LoginWay),
    ("assessment", "outcome", Outcome),
    ("work_item", "stage", Stage),
    ("delivery", "recipient_kind", RecipientKind),
    ("delivery", "channel", Channel),
    ("delivery", "state", DeliveryState),
    ("visit", "state", VisitState),
    ("visit", "result", VisitResult),
    ("request", "source", RequestSource),
    ("request", "state", RequestState),
    ("request", "subject", RequestSubject),
    ("message_choice", "telling", Telling),
    ("api_token", "role", Role),
    ("api_token", "vouches", IdentityLevel),
    ("application", "identity", IdentityLevel),
    ("application", "identity_how", IdentityMeans),
    ("supplement", "state", SupplementState),
    ("determination", "state", DeterminationState),
    ("review", "state", ReviewState),
    ("delegation", "role", Role),
    ("export", "format", ExportFormat),
    ("export", "state", ExportState),
    ("import_upload", "vouched", IdentityLevel),
    ("import_upload", "state", ImportState),
    ("import_piece", "part", ImportPart),
    ("fulfilment", "way", Way),
    ("fulfilment", "state", FulfilmentState),
    ("fulfilment", "waived_how", Found),
    ("payment_line", "state", LineState),
    ("payment_line", "reason", ReturnReason),
    ("reclaim", "reason", ReclaimReason),
    ("objection", "channel", CONFIRMABLE),
    ("objection", "state", ObjectionState),
    ("document_file", "kind", FileKind),
    ("document_file", "state", set(DocumentState) - {DocumentState.RECEIVING}),
]


def test_there_is_one_migration_head() -> None:
    script = ScriptDirectory.from_config(migrate.configuration(""))
    assert script.get_heads() == [migrate.head()]
    assert migrate.revisions() == {each.revision for each in script.walk_revisions()}


def test_the_migrations_make_exactly_the_tables_in_the_code(database_url: str) -> None:
    config = migrate.configuration(database_url)
    config.attributes["metadata"] = metadata
    command.check(config)


def test_several_processes_may_migrate_at_once(fresh_database_url: Callable[..., str]) -> None:
    url = fresh_database_url()
    assert migrate.current(url) is None
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate.upgrade, [url] * 3))
    assert migrate.current(url) == migrate.head()


@pytest.mark.parametrize(("table", "column", "words"), WORDS)
def test_the_database_takes_the_words_of_the_code_and_no_others(
    database: Database, table: str, column: str, words: Iterable[str]
) -> None:
    with database.statement() as conn:
        check = conn.execute(
            text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"),
            {"name": f"ck_{table}_{column}"},
        ).scalar_one()
    assert set(re.findall(r"'([a-z_/]+)'::text", check)) == {str(word) for word in words}


def test_every_closed_word_list_in_the_code_is_tested_above() -> None:
    checked = {
        constraint.name
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if " IN (" in str(getattr(constraint, "sqltext", ""))
    }
    assert checked == {f"ck_{table}_{column}" for table, column, _ in WORDS}


def test_events_can_be_neither_changed_nor_deleted(database: Database, owner: Database) -> None:
    with database.transaction() as conn:
        conn.execute(text("INSERT INTO event (type, actor, at) VALUES ('test', 'test', app_now())"))
    for change in ("UPDATE event SET actor = 'x'", "DELETE FROM event"):
        with pytest.raises(IntegrityError, match="append-only"), owner.transaction() as conn:
            conn.execute(text(change))


def test_what_unchecked_keys_refer_to_is_never_deleted(database: Database, owner: Database) -> None:
    with database.transaction() as conn:
        conn.execute(text("INSERT INTO event (type, actor, at) VALUES ('test', 'test', app_now())"))
        parents = conn.execute(
            text(
                "SELECT DISTINCT c.confrelid::regclass::text, a.attname FROM pg_constraint AS c"
                " JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = c.confkey[1]"
                " WHERE c.contype = 'f' AND NOT c.conenforced"
            )
        ).all()
    assert len(parents) == 4
    for parent, key in parents:
        for change in (
            f"DELETE FROM {parent}",  # noqa: S608 -- the catalogue's own names
            f"UPDATE {parent} SET {key} = DEFAULT",  # noqa: S608 -- likewise
        ):
            refused = pytest.raises(IntegrityError, match=r"append-only|referred to")
            with refused, owner.transaction() as conn:
                conn.execute(text(change))


def test_business_time_follows_the_clock_row(owner: Database) -> None:
    with owner.transaction() as conn:
        before = app_now(conn)
        conn.execute(text("UPDATE clock SET offset_seconds = 86400"))
        after = app_now(conn)
    assert (after - before).total_seconds() == 86400


def test_the_database_numbers_receipts_as_the_public_library_would(database: Database) -> None:
    with database.statement() as conn:
        receipts = conn.execute(
            text(
                "SELECT receipt_for(n * 7919, date '2020-05-11' + n::int)"
                " FROM generate_series(0, 2000) AS n"
            )
        ).scalars()
        for receipt in receipts:
            assert parse(receipt) == receipt, receipt
            stem = receipt.replace("-", "")[:-1]
            assert mod_37_36.calc_check_digit(stem) == receipt[-1]


@pytest.mark.parametrize(
    "typed",
    [
        "WQ200511-0000001-9",  # wrong check character
        "WQ200511-0000010-8",  # two digits swapped
        "WQ2005110000001-9",  # the same without hyphens
        "",
        "XX200511-0000001-8",
    ],
)
def test_a_mistyped_receipt_is_not_valid(typed: str) -> None:
    assert parse(typed) is None


def test_a_receipt_is_read_as_people_type_it() -> None:
    for typed in ("wq200511-0000001-8 ", "WQ2005110000001-8", "WQ2005110000001 8"):
        assert parse(typed) == "WQ200511-0000001-8"


_MADE = re.compile(r"^CREATE (?:FUNCTION|TRIGGER) (\w+)", re.MULTILINE)
_IN_DATABASE = text(
    "SELECT p.proname AS name, pg_get_functiondef(p.oid) AS definition FROM pg_proc AS p"
    " WHERE p.pronamespace = 'public'::regnamespace UNION ALL"
    " SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger AS t WHERE NOT t.tgisinternal"
)


def test_functions_and_triggers_of_the_database_are_those_of_the_files(owner: Database) -> None:
    """Made again from the newest files, each is what the migrations have made; none has no file."""
    newest: dict[str, int] = {}
    for path in functions.FOLDER.glob("*.sql"):
        name, _, version = path.stem.partition(".v")
        newest[name] = max(newest.get(name, 0), int(version))
    files = [functions.load(name, version) for name, version in newest.items()]
    with owner.transaction() as conn:
        before = {row.name: row.definition for row in conn.execute(_IN_DATABASE)}
        for sql in files:
            # A constraint trigger cannot be replaced.
            for name, table in re.findall(r"CREATE CONSTRAINT TRIGGER (\w+) .* ON (\w+)", sql):
                conn.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
            made = re.sub(r"(?m)^CREATE (?=FUNCTION|TRIGGER)", "CREATE OR REPLACE ", sql)
            conn.exec_driver_sql(made)
        after = {row.name: row.definition for row in conn.execute(_IN_DATABASE)}
        conn.rollback()
    assert after == before
    assert set(before) == {name for sql in files for name in _MADE.findall(sql)}


def test_released_functions_are_never_edited() -> None:
    """Databases made earlier would differ from new ones: a change is a file `.v<n+1>.sql`."""
    pinned = (functions.FOLDER / "released.sha256").read_text(encoding="utf-8")
    found = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(functions.FOLDER.glob("*.sql"))
    ]
    assert found
    assert "".join(found) == pinned
