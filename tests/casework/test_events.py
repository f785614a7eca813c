"""Events: every type happens somewhere, reads as Chinese, and reaches whom it says it reaches."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from casework import events
from casework.delivery import webhooks
from casework.events import NewEvent
from casework.people.access import Principal
from casework.views import inbox
from config.settings import Settings
from schemas.kit.paging import LIMIT_MAX
from store.db import Database
from tests.support import eventful
from tests.support.ledgers import column, scalar
from tests.support.office import Office
from tests.support.packaged import example
from vocabulary.audiences import Party, Reach
from vocabulary.deliveries import Recipient, RecipientKind
from vocabulary.event_data import published
from vocabulary.event_details import (
    DETAILS,
    OF_THE_APPLICANT,
    PUBLISHED_TYPES,
    always,
    sometimes,
)
from vocabulary.events import EventType
from vocabulary.parties import Actor
from vocabulary.people import Role

ROOT = Path(__file__).parents[2]
CHINESE = re.compile("[\u4e00-\u9fff]")
BY_A_MIGRATION = {EventType.DETERMINATION_REQUIRED}
"""Types that happen no more; the tests of migrations see them."""


@pytest.fixture
def lived(database: Database, settings: Settings, tmp_path: Path) -> Database:
    """Where everything has happened."""
    strict = replace(settings, determination_approval_yuan=Decimal(10_000))
    eventful.live(Office(database, strict), tmp_path)
    return database


def rows(database: Database, statement: str) -> list[Any]:
    with database.statement() as conn:
        return list(conn.exec_driver_sql(statement).all())


def test_every_type_happens_reads_as_chinese_and_reaches_its_audience(lived: Database) -> None:
    happened = rows(lived, "SELECT type, application_id, data FROM event")
    assert {row.type for row in happened} == set(EventType) - BY_A_MIGRATION
    for row in happened:
        kind = EventType(row.type)
        sentence = kind.sentence(row.data, lambda bureau: f"〔{bureau}〕")
        assert CHINESE.search(sentence), kind
        assert "None" not in sentence, sentence
        if kind.audience.reach is Reach.CASE:
            assert row.application_id is not None, kind
        elif kind.audience.reach is Reach.HOUSE:
            # About no application, so that no trigger and no timeline can show it.
            assert row.application_id is None, kind

    reached: dict[EventType, set[Party]] = defaultdict(set)
    for row in rows(
        lived,
        "SELECT e.type, d.recipient, a.copied_bureaus FROM delivery AS d"
        " JOIN event AS e ON e.id = d.event_id LEFT JOIN application AS a"
        " ON a.id = d.application_id WHERE d.channel <> 'webhook'",
    ):
        to = Recipient.parse(row.recipient)
        if to.kind is RecipientKind.APPLICANT:
            party = Party.APPLICANT
        elif to.is_head:
            party = Party.HEAD
        else:
            party = Party.COPIED if to.bureau in (row.copied_bureaus or ()) else Party.BUREAU
        reached[EventType(row.type)].add(party)
    declared = {kind: set(kind.audience.told) for kind in EventType if kind.audience.told}
    assert dict(reached) == declared


def test_what_other_systems_are_sent_is_in_the_catalogue(lived: Database) -> None:
    """The document's `webhooks` and docs/events.md say of every type which keys it has."""
    for row in rows(lived, "SELECT type, data FROM event"):
        kind = EventType(row.type)
        if kind in PUBLISHED_TYPES:
            keys = set(published(row.data)) - ({OF_THE_APPLICANT} - set(always(kind)))
            assert keys >= set(always(kind)), kind
            assert keys <= {*always(kind), *sometimes(kind)}, kind
            for key in keys:
                words = DETAILS[key].words
                if words is not None:
                    assert row.data[key] in {word.value for word in words}, (kind, key)
                elif not DETAILS[key].or_none:
                    assert row.data[key] is not None, (kind, key)


def test_every_message_of_a_bureau_reads_as_what_it_tells(lived: Database) -> None:
    read: set[str] = set()
    for bureau in column(
        lived, "SELECT DISTINCT split_part(recipient, ':', 1) FROM delivery WHERE channel = 'inbox'"
    ):
        page = inbox.list_messages(
            lived, Principal(bureau, Role.SUPERVISOR, "测试甲"), limit=LIMIT_MAX
        )
        types = dict(rows(lived, "SELECT d.id, e.type FROM delivery AS d JOIN event AS e"
                                 " ON e.id = d.event_id"))  # fmt: skip
        for message in page.items:
            read.add(types[message.id])
            is_reminder = types[message.id] == EventType.VISIT_REMINDED
            assert message.text.startswith("走访提醒") is is_reminder, message
            assert CHINESE.search(message.text)
    assert {EventType.VISIT_MOVED, EventType.VISIT_DONE, EventType.VISIT_CANCELLED} < read


def test_the_trigger_publishes_what_the_types_say_and_nothing_else(
    database: Database, settings: Settings
) -> None:
    office = Office(database, replace(settings, webhook_allow_private=True))
    office.submit()
    webhooks.add(database, office.settings, bureau="sasac", url="http://127.0.0.1:9/hook")
    application_id = scalar(database, "SELECT id FROM application")
    with database.transaction() as conn:
        # With an application wherever one can be named: who reads is told to nobody even so.
        events.write(
            conn,
            [
                NewEvent(kind, Actor.SYSTEM, None if is_of_the_house(kind) else application_id)
                for kind in EventType
            ],
        )
    published = column(
        database,
        "SELECT e.type FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE d.recipient_kind = 'system'",
    )
    assert sorted(published) == sorted(kind for kind in EventType if kind.is_on_timeline)
    assert column(
        database, "SELECT DISTINCT recipient FROM delivery WHERE channel = 'webhook'"
    ) == [str(Recipient("sasac", endpoint=1))]


def is_of_the_house(kind: EventType) -> bool:
    return kind.audience.reach is Reach.HOUSE


def test_many_events_are_one_statement_and_their_ids_come_in_their_order(
    database: Database,
) -> None:
    made = [
        NewEvent(EventType.ACCESS_CASES_LISTED, f"sasac:{number}", data={"receipts": [number]})
        for number in range(300)
    ]
    with database.transaction() as conn:
        assert events.write(conn, []) == []
        ids = events.write(conn, made)
    stored = dict(rows(database, "SELECT id, actor FROM event"))
    assert [stored[event_id] for event_id in ids] == [event.actor for event in made]


@pytest.mark.parametrize("text", ["applicant", "sasac", "sasac:supervisor", "sasac/7"])
def test_a_recipient_reads_back_what_it_writes(text: str) -> None:
    assert str(Recipient.parse(text)) == text


def test_events_are_written_in_two_places_only() -> None:
    rooms = ("api", "casework", "cli", "config", "deploy", "schemas", "store", "vocabulary")
    writers = [
        path.relative_to(ROOT).as_posix()
        for room in (*rooms, "workers")
        for path in sorted((ROOT / room).rglob("*"))
        if path.suffix in {".py", ".sql"}
        and re.search(r"(?i)insert\s+into\s+\"?event\b", path.read_text(encoding="utf-8"))
    ]
    # A migration that moves applications says so on their trail.
    moves = ["store/migrations/versions/0013_determination.py"]
    assert writers == ["casework/events.py", "casework/intake/accept.py", *moves]


def test_what_happens_to_a_case_reaches_the_systems_of_its_bureaus_and_of_nobody_else(
    office: Office,
) -> None:
    for bureau in ("finance", "sasac", "education"):  # leads, is copied, has nothing to do with it
        webhooks.add(office.db, office.settings, bureau=bureau, url=f"https://{bureau}.example.org")
    office.submit(example("m07_procurement"))
    told = column(
        office.db,
        "SELECT d.recipient FROM delivery AS d JOIN event AS e ON e.id = d.event_id"
        " WHERE d.channel = 'webhook' AND e.type = 'application.assessed' ORDER BY d.id",
    )
    assert told == ["finance/1", "sasac/2"]
