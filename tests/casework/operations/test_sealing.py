"""The chain of seals: what it finds when somebody with every right has been at the trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from casework import events
from casework.events import NewEvent
from casework.operations import sealing, seals, trail_check
from casework.operations.seals import Head
from casework.operations.trail_check import Fault, Verdict
from config.settings import Settings
from store.db import Database
from vocabulary.events import EventType


def write(database: Database, count: int, actor: str = "sasac:测试甲") -> None:
    made = [
        NewEvent(EventType.ACCESS_CASES_LISTED, actor, data={"number": number})
        for number in range(count)
    ]
    with database.transaction() as conn:
        events.write(conn, made)


def verify(database: Database, settings: Settings, *known: Head) -> Verdict:
    with database.transaction() as conn:
        return trail_check.verify(conn, settings, known)


def found(verdict: Verdict) -> list[tuple[Fault, int]]:
    return [(one.fault, one.row) for one in verdict.findings]


@pytest.fixture
def sealed(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Thirty events under six seals; 13 and 14 were rolled back."""
    monkeypatch.setattr(sealing, "BATCH", 5)
    write(database, 12)
    with database.transaction() as conn:
        events.write(conn, [NewEvent(EventType.ACCESS_CASES_LISTED, "x")] * 2)
        conn.rollback()
    write(database, 18)
    assert sealing.run(database, settings) == 30
    return database


@contextmanager
def tampered(intruder: Database, *statements: str) -> Iterator[Connection]:
    """What a superuser did with triggers off, before anybody looks; undone at the end."""
    with intruder.engine.connect() as conn:
        transaction = conn.begin()
        for statement in statements:
            assert conn.exec_driver_sql(statement).rowcount != 0, statement
        yield conn
        transaction.rollback()


def test_what_was_left_alone_is_whole(sealed: Database, settings: Settings) -> None:
    verdict = verify(sealed, settings)
    assert (verdict.events, verdict.seals, verdict.waiting) == (30, 6, 0)
    assert verdict.findings == ()
    write(sealed, 3)
    assert verify(sealed, settings).waiting == 3
    assert sealing.run(sealed, settings) == 3
    assert sealing.run(sealed, settings) == 0
    assert verify(sealed, settings, *([verdict.head] if verdict.head else [])).findings == ()


FORGED = "INSERT INTO event (id, type, actor, at) OVERRIDING SYSTEM VALUE"
ADDED = "INSERT INTO event (type, actor, at, recorded_at)"
KINDS: dict[str, tuple[tuple[str, ...], tuple[Fault, int]]] = {
    "a word": (
        ("""UPDATE event SET data = '{"number": 99}' WHERE id = 7""",),
        (Fault.ALTERED, 7),
    ),
    "a kind": (
        ("UPDATE event SET type = 'access.case_read' WHERE id = 1",),
        (Fault.ALTERED, 1),
    ),
    "a time": (
        ("UPDATE event SET at = at - interval '1 microsecond' WHERE id = 8",),
        (Fault.ALTERED, 8),
    ),
    "real time": (
        ("UPDATE event SET recorded_at = recorded_at + interval '1 day' WHERE id = 30",),
        (Fault.ALTERED, 30),
    ),
    "an actor": (
        ("UPDATE event SET actor = 'sasac:无辜者' WHERE id = 20",),
        (Fault.ALTERED, 20),
    ),
    "whose case": (
        ("UPDATE event SET shown = '{4711}' WHERE id = 9",),
        (Fault.ALTERED, 9),
    ),
    "one is gone": (("DELETE FROM event WHERE id = 11",), (Fault.MISSING, 11)),
    "the last one is gone": (("DELETE FROM event WHERE id = 32",), (Fault.MISSING, 32)),
    "all are gone": (("DELETE FROM event",), (Fault.MISSING, 1)),
    "one in between": (
        (f"{FORGED} VALUES (13, 'access.case_read', 'sasac:无辜者', now())",),
        (Fault.ADDED, 13),
    ),
    "two changed places": (
        ("UPDATE event AS e SET data = o.data FROM event AS o WHERE e.id + o.id = 8 AND e.id > 2",),
        (Fault.ALTERED, 3),
    ),
    "a number changed": (
        (
            f"{FORGED} SELECT 14, type, actor, at FROM event WHERE id = 15",  # noqa: S608 -- fixed
            "DELETE FROM event WHERE id = 15",
        ),
        (Fault.ADDED, 14),
    ),
    "a seal is gone": (("DELETE FROM event_seal WHERE serial = 3",), (Fault.SEAL_MISSING, 3)),
    "a seal was written anew": (
        (
            "UPDATE event_seal SET last_id = 4, count = 4, runs = '{1,4}' WHERE serial = 1",
            "DELETE FROM event WHERE id = 5",
        ),
        (Fault.SEAL_ALTERED, 1),
    ),
    "a digest was made up": (
        ("UPDATE event_seal SET digest = sha256('x') WHERE serial = 6",),
        (Fault.SEAL_ALTERED, 6),
    ),
    "two seals changed places": (
        (
            "UPDATE event_seal SET serial = 102 WHERE serial = 2",
            "UPDATE event_seal SET serial = 2 WHERE serial = 3",
            "UPDATE event_seal SET serial = 3 WHERE serial = 102",
        ),
        (Fault.SEAL_ALTERED, 2),
    ),
    "one of before the trail began": (
        (f"{FORGED} VALUES (0, 'access.case_read', 'sasac:无辜者', now())",),
        (Fault.ADDED, 0),
    ),
    "one of long ago at the end": (
        (f"{ADDED} VALUES ('access.case_read', 'x', '2020-05-11', '2020-05-11')",),
        (Fault.BACKDATED, 33),
    ),
    "the last seals are gone and their events altered": (
        (
            "DELETE FROM event_seal WHERE serial > 4",
            "UPDATE event SET recorded_at = recorded_at - interval '10 minutes' WHERE id > 28",
        ),
        (Fault.UNSEALED, 29),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_superuser_did_is_named(
    sealed: Database, intruder: Database, settings: Settings, kind: str
) -> None:
    assert verify(sealed, settings).findings == ()
    statements, first = KINDS[kind]
    with tampered(intruder, *statements) as conn:
        verdict = trail_check.verify(conn, settings)
    assert found(verdict)[0] == first, found(verdict)


def test_a_tail_cut_off_with_its_seals_is_known_by_a_head_that_was_handed_out(
    sealed: Database, intruder: Database, settings: Settings
) -> None:
    handed = verify(sealed, settings).head
    assert handed is not None
    with tampered(
        intruder,
        "DELETE FROM event_seal WHERE serial > 4",
        "DELETE FROM event WHERE id > 22",
    ) as conn:
        assert trail_check.verify(conn, settings).findings == ()
        assert found(trail_check.verify(conn, settings, [handed])) == [(Fault.HEAD_LOST, 6)]


def test_what_is_sealed_anew_after_a_cut_is_known_by_the_head_too(
    sealed: Database, intruder: Database, settings: Settings
) -> None:
    handed = verify(sealed, settings).head
    assert handed is not None
    with intruder.transaction() as conn:
        conn.exec_driver_sql("DELETE FROM event_seal WHERE serial > 5")
        conn.exec_driver_sql("UPDATE event SET actor = 'sasac:无辜者' WHERE id = 32")
    sealing.run(sealed, settings)
    assert verify(sealed, settings).findings == ()
    assert found(verify(sealed, settings, handed)) == [(Fault.HEAD_LOST, 6)]


def test_another_key_is_no_key(sealed: Database, settings: Settings) -> None:
    other = replace(settings, secret_key="another-" + "1" * 32)
    assert found(verify(sealed, other))[0] == (Fault.SEAL_KEY, 1)


def test_who_commits_late_is_waited_for(database: Database, settings: Settings) -> None:
    """One takes a number and dawdles, another takes the next and commits first."""
    with database.transaction() as slow:
        events.write(slow, [NewEvent(EventType.ACCESS_CASES_LISTED, "slow")])
        write(database, 1, "quick")
        assert sealing.run(database, settings, wait_seconds=0.1) == 0
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(sealing.run, database, settings)
            write(database, 1, "later")  # nobody is kept from writing meanwhile
            with database.statement() as conn:
                assert seals.head(conn) is None
            slow.commit()
            sealed = waiting.result()
    assert sealed in (2, 3)  # the later one, too, if it was there before the look
    assert verify(database, settings).findings == ()
    assert sealing.run(database, settings) == 3 - sealed
    assert verify(database, settings).findings == ()


def test_numbers_are_given_out_one_by_one(database: Database) -> None:
    """What sealing stands on: a session that kept numbers back would use them after the look."""
    with database.statement() as conn:
        cache = conn.exec_driver_sql(
            "SELECT seqcache FROM pg_sequence WHERE seqrelid = 'event_id_seq'::regclass"
        ).scalar_one()
    assert cache == 1


def test_many_write_and_several_seal_and_each_event_has_one_seal(
    database: Database, settings: Settings
) -> None:
    def writer(_: int) -> None:
        for _ in range(20):
            write(database, 3)

    def sealer(_: int) -> int:
        return sum(sealing.run(database, settings) for _ in range(10))

    with ThreadPoolExecutor(5) as pool:
        writing = [pool.submit(writer, number) for number in range(3)]
        counts = [pool.submit(sealer, number) for number in range(2)]
        for one in writing:
            one.result()
        sealed = sum(one.result() for one in counts)
    sealed += sealing.run(database, settings)
    verdict = verify(database, settings)
    assert (sealed, verdict.events, verdict.findings) == (180, 180, ())


def test_events_of_an_earlier_release_are_sealed_as_they_are(
    database: Database, intruder: Database, settings: Settings
) -> None:
    write(database, 4)
    with intruder.transaction() as conn:
        conn.exec_driver_sql("UPDATE event SET recorded_at = NULL WHERE id < 4")
    sealing.run(database, settings)
    assert verify(database, settings).findings == ()
    with tampered(
        intruder,
        f"{ADDED} VALUES ('access.case_read', 'x', '2020-05-11', NULL)",
    ) as conn:
        assert found(trail_check.verify(conn, settings)) == [(Fault.BACKDATED, 5)]


def test_a_seal_is_changed_by_nobody_who_serves(
    sealed: Database, owner: Database, alter: Callable[[Database, str], str]
) -> None:
    for statement in (
        "UPDATE event_seal SET count = 0",
        "DELETE FROM event_seal",
        "TRUNCATE event_seal",
    ):
        assert "permission denied" in alter(sealed, statement)
        assert "append-only" in alter(owner, statement)


@pytest.fixture
def alter() -> Callable[[Database, str], str]:
    def said(database: Database, statement: str) -> str:
        with (
            pytest.raises(Exception, match=r"permission|append") as refused,
            database.transaction() as conn,
        ):
            conn.exec_driver_sql(statement)
        return str(refused.value)

    return said
