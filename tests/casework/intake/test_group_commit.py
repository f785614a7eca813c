"""Filing together: every thread its own answer, one statement for those that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from casework.database import UNAVAILABLE
from casework.errors import Overloaded
from casework.intake.accept import Accepted, Filed, Insertion
from casework.intake.group_commit import GroupCommit
from casework.intake.replays import IdempotencyConflict
from config.settings import Settings
from schemas.application import Submission
from store.db import Database
from tests.support.applications import tenant, uscc
from tests.support.filing import accept
from tests.support.ledgers import blocked, scalar
from tests.support.waiting import wait_for

LONG_KEY = "7f1c6a1e-8b1f-4c3a-9d52-0f6a7b1c2d3e"
COUNT = "SELECT count(*) FROM application"
# Business time is the transaction's: as many moments as statements.
STATEMENTS = "SELECT count(DISTINCT received_at) FROM application"


@contextmanager
def _nobody_inserts(database: Database) -> Iterator[None]:
    """Hold the table, so that the first statement waits and others have to queue."""
    with database.transaction() as conn:
        conn.exec_driver_sql("LOCK TABLE application IN EXCLUSIVE MODE")
        yield


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(40) as made:
        yield made


@pytest.fixture
def submit(settings: Settings, database: Database) -> Callable[..., Accepted]:
    def run(
        filing: Callable[[Insertion], Filed], submission: Submission, key: str | None = None
    ) -> Accepted:
        return accept(database, settings, submission, idempotency_key=key, filing=filing)

    return run


def _first_waits(database: Database) -> None:
    wait_for(lambda: blocked(database), "the first statement waits for the table")


def _queued(filing: GroupCommit, count: int) -> None:
    wait_for(lambda: len(filing._queue) == count, f"{count} wait")


def test_those_that_wait_share_a_statement_and_get_their_own_receipts(
    database: Database, submit: Callable[..., Accepted], pool: ThreadPoolExecutor
) -> None:
    filing = GroupCommit(database)
    with _nobody_inserts(database):
        first = pool.submit(submit, filing, tenant())
        _first_waits(database)
        names = [f"测试{number}" for number in range(30)]
        others: list[Future[Accepted]] = []
        for name in names:
            submission = tenant()
            submission.enterprise["name"] = name
            others.append(pool.submit(submit, filing, submission))
        _queued(filing, 30)
        assert not any(future.done() for future in (first, *others)), "answered before committed"
    receipts = [future.result().receipt for future in others]
    assert len({first.result().receipt, *receipts}) == 31
    assert (scalar(database, COUNT), scalar(database, STATEMENTS)) == (31, 2)
    with database.statement() as conn:
        rows = conn.exec_driver_sql("SELECT receipt, name FROM application ORDER BY id").all()
    stored = {row.receipt: row.name for row in rows}
    assert [stored[receipt] for receipt in receipts] == names
    assert scalar(database, "SELECT count(*) FROM work_item") == 31


def test_two_of_one_key_are_one_application(
    database: Database, submit: Callable[..., Accepted], pool: ThreadPoolExecutor
) -> None:
    filing = GroupCommit(database)
    code = uscc(1)
    submission, other = tenant(uscc=code), tenant(uscc=code)
    with _nobody_inserts(database):
        pool.submit(submit, filing, tenant())
        _first_waits(database)
        same = [pool.submit(submit, filing, submission, LONG_KEY) for _ in range(5)]
        _queued(filing, 5)
        changed = pool.submit(submit, filing, other, LONG_KEY)
        _queued(filing, 6)
    answers = {(told.result().receipt, told.result().access_code) for told in same}
    assert len(answers) == 1
    assert sorted(told.result().replayed for told in same) == [False, True, True, True, True]
    with pytest.raises(IdempotencyConflict):
        changed.result()
    assert scalar(database, COUNT) == 2


def test_an_error_hits_only_its_own_request(
    database: Database, submit: Callable[..., Accepted], pool: ThreadPoolExecutor
) -> None:
    filing = GroupCommit(database)
    poisoned = replace(tenant(), enterprise={"name": "nul \x00 character"})
    with _nobody_inserts(database):
        pool.submit(submit, filing, tenant())
        _first_waits(database)
        good = [pool.submit(submit, filing, tenant()) for _ in range(3)]
        bad = pool.submit(submit, filing, poisoned)
        more = [pool.submit(submit, filing, tenant(), f"key-{n}") for n in range(3)]
        _queued(filing, 7)
    assert len({told.result().receipt for told in good + more}) == 6
    with pytest.raises(DBAPIError):
        bad.result()
    assert scalar(database, COUNT) == 7
    assert submit(filing, tenant()).receipt, "it goes on afterwards"


def test_without_a_database_everyone_is_told_so(
    settings: Settings, pool: ThreadPoolExecutor
) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/none", pool_wait_seconds=1)
    filing = GroupCommit(away)
    submissions = [tenant() for _ in range(20)]

    def submit(submission: Submission) -> None:
        with pytest.raises(UNAVAILABLE):
            accept(away, settings, submission, filing=filing)

    assert len(list(pool.map(submit, submissions))) == 20


def test_a_connection_cut_mid_statement_is_told_to_all_and_mended(
    database: Database, submit: Callable[..., Accepted], pool: ThreadPoolExecutor
) -> None:
    filing = GroupCommit(database)
    with _nobody_inserts(database):
        pool.submit(submit, filing, tenant())
        _first_waits(database)
        waiting = [pool.submit(submit, filing, tenant()) for _ in range(4)]
        _queued(filing, 4)
        for pid in blocked(database):
            scalar(database, "SELECT pg_terminate_backend(%(pid)s)", pid=pid)
    told = [future.exception() for future in waiting]
    assert all(error is None or isinstance(error, UNAVAILABLE) for error in told)
    # Whether the cut came before or after their turn, whoever was told is stored, nobody else.
    accepted = sum(error is None for error in told)
    assert scalar(database, COUNT) == accepted
    assert submit(filing, tenant()).receipt


@pytest.mark.parametrize(
    "limits", [{"most": 2}, {"few": 2, "patience": 0.0}], ids=["full", "stalled"]
)
def test_too_many_are_refused_before_anything_is_stored(
    database: Database,
    submit: Callable[..., Accepted],
    pool: ThreadPoolExecutor,
    limits: dict[str, Any],
) -> None:
    filing = GroupCommit(database, **limits)
    with _nobody_inserts(database):
        pool.submit(submit, filing, tenant())
        _first_waits(database)
        kept = [pool.submit(submit, filing, tenant()) for _ in range(2)]
        _queued(filing, 2)
        with pytest.raises(Overloaded):
            submit(filing, tenant())
    assert all(future.result().receipt for future in kept)
    assert scalar(database, COUNT) == 3
    assert submit(filing, tenant()).receipt


def test_those_that_wait_are_let_go_when_the_statement_takes_long(
    database: Database, submit: Callable[..., Accepted], pool: ThreadPoolExecutor
) -> None:
    filing = GroupCommit(database, few=2, patience=0.3)
    with _nobody_inserts(database):
        first = pool.submit(submit, filing, tenant())
        _first_waits(database)
        waiting = [pool.submit(submit, filing, tenant()) for _ in range(9)]
        wait_for(lambda: sum(told.done() for told in waiting) == 7, "all but a few are let go")
    refused = [told for told in waiting if isinstance(told.exception(), Overloaded)]
    assert len(refused) == 7
    assert first.result().receipt
    assert scalar(database, COUNT) == 3
    assert submit(filing, tenant()).receipt


def test_a_group_is_no_larger_than_it_may_be(
    database: Database, submit: Callable[..., Accepted], pool: ThreadPoolExecutor
) -> None:
    filing = GroupCommit(database, group=4)
    with _nobody_inserts(database):
        pool.submit(submit, filing, tenant())
        _first_waits(database)
        others = [pool.submit(submit, filing, tenant()) for _ in range(12)]
        _queued(filing, 12)
    assert all(told.result().receipt for told in others)
    assert (scalar(database, COUNT), scalar(database, STATEMENTS)) == (13, 4)


def test_a_slow_statement_refuses_nobody_while_few_wait(
    database: Database, submit: Callable[..., Accepted], pool: ThreadPoolExecutor
) -> None:
    filing = GroupCommit(database, few=3, patience=0.0)
    with _nobody_inserts(database):
        pool.submit(submit, filing, tenant())
        _first_waits(database)
        kept = [pool.submit(submit, filing, tenant()) for _ in range(3)]
        _queued(filing, 3)
    assert all(future.result().receipt for future in kept)


def test_several_statements_at_once_lose_and_repeat_nothing(
    database: Database, submit: Callable[..., Accepted], pool: ThreadPoolExecutor
) -> None:
    filing = GroupCommit(database, statements=3)
    submissions = [tenant() for _ in range(300)]
    keys = [f"{LONG_KEY}-{number % 250}" for number in range(300)]
    for number in range(250, 300):
        submissions[number] = submissions[number - 250]
    told = list(pool.map(lambda one: submit(filing, *one), zip(submissions, keys, strict=True)))
    assert len({one.receipt for one in told}) == 250
    assert scalar(database, COUNT) == 250
    assert filing._idle == 3
