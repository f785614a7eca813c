"""Accepting: stored once, on record, queued; idempotency under real concurrency."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from casework.errors import ApplicationNotFound, IdempotencyInFlight
from casework.intake import accept
from casework.intake.accept import Accepted
from casework.intake.replays import IdempotencyConflict
from casework.personal import credentials, parts
from casework.views import status
from config.settings import Settings, SettingsError
from schemas.application import Submission
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant, uscc
from tests.support.ledgers import column, scalar
from tests.support.wire import wire
from vocabulary.receipts import parse

KEY = "5d0c6a1e-8b1f-4c3a-9d52-0f6a7b1c2d3e"


def test_application_event_and_work_item_are_stored_together(
    database: Database, settings: Settings
) -> None:
    submission = tenant()
    accepted = filing.accept(database, settings, submission, request_id="r-1")
    assert parse(accepted.receipt) == accepted.receipt
    with database.statement() as conn:
        stored = conn.exec_driver_sql("SELECT * FROM application").one()
        event = conn.exec_driver_sql("SELECT * FROM event").one()
        item = conn.exec_driver_sql("SELECT * FROM work_item").one()
    assert (stored.receipt, stored.state, stored.version) == (accepted.receipt, "received", 1)
    assert parts.put_back(stored.receipt, stored.enterprise, stored.facts, stored.personal) == (
        submission.enterprise,
        submission.facts,
    )
    assert stored.received_at == accepted.received_at
    assert (event.application_id, event.type) == (stored.id, "application.received")
    assert event.data == {"identity": "assured", "how": "operator", "request_id": "r-1"}
    assert (item.stage, item.subject_id, item.attempts) == ("assess", stored.id, 0)


def test_the_access_code_is_kept_only_as_a_keyed_hash(
    database: Database, settings: Settings
) -> None:
    accepted = filing.accept(database, settings, tenant(), idempotency_key=KEY)
    bare = accepted.access_code.replace("-", "")
    for table in ("application", "event", "work_item", "idempotency"):
        rows = column(database, f"SELECT t::text FROM {table} AS t")  # noqa: S608
        assert not any(part in row for row in rows for part in (bare, accepted.access_code, KEY))


def test_each_application_gets_its_own_receipt_and_code(
    database: Database, settings: Settings
) -> None:
    submission = tenant()

    def file(_: int) -> list[Accepted]:
        return [filing.accept(database, settings, submission) for _ in range(25)]

    with ThreadPoolExecutor(4) as pool:
        accepted = [one for several in pool.map(file, range(4)) for one in several]
    assert len({one.receipt for one in accepted}) == 100
    assert len({one.access_code for one in accepted}) == 100
    assert scalar(database, "SELECT count(*) FROM application") == 100


def test_the_same_key_and_body_give_the_same_receipt_and_a_working_code(
    database: Database, settings: Settings
) -> None:
    submission = tenant()
    first = filing.accept(database, settings, submission, idempotency_key=KEY)
    again = filing.accept(database, settings, submission, idempotency_key=KEY)
    assert again == replace(first, replayed=True)
    assert scalar(database, "SELECT count(*) FROM work_item") == 1
    assert status.read(database, settings, again.receipt, again.access_code).state == "received"


def test_equal_bodies_written_differently_count_as_the_same(
    database: Database, settings: Settings
) -> None:
    submission = tenant()
    reordered = Submission(
        submission.provision,
        dict(reversed(submission.enterprise.items())),
        dict(reversed(submission.facts.items())),
    )
    first = filing.accept(database, settings, submission, idempotency_key=KEY)
    again = filing.accept(database, settings, reordered, idempotency_key=KEY)
    assert again.receipt == first.receipt


def test_the_same_key_with_another_body_is_refused(database: Database, settings: Settings) -> None:
    code = uscc(1)
    filing.accept(database, settings, tenant(uscc=code), idempotency_key=KEY)
    with pytest.raises(IdempotencyConflict):
        filing.accept(database, settings, tenant(uscc=code), idempotency_key=KEY)
    assert scalar(database, "SELECT count(*) FROM application") == 1


def test_a_request_whose_key_is_in_use_at_this_moment_is_told_so(
    database: Database, settings: Settings
) -> None:
    submission = tenant()
    draft = accept.prepare(
        settings,
        submission,
        identity=filing.TRUSTED,
        idempotency_key=KEY,
        source="form",
        request_id=None,
    )
    with database.transaction() as unfinished:
        accept.file(unfinished, [draft])
        with pytest.raises(IdempotencyInFlight):
            filing.accept(database, settings, submission, idempotency_key=KEY)
    assert filing.accept(database, settings, submission, idempotency_key=KEY).replayed


def test_a_first_request_that_failed_leaves_its_key_free(
    database: Database, settings: Settings
) -> None:
    submission = tenant()
    draft = accept.prepare(
        settings,
        submission,
        identity=filing.TRUSTED,
        idempotency_key=KEY,
        source="form",
        request_id=None,
    )
    with database.engine.connect() as conn:
        accept.file(conn, [draft])
        conn.rollback()
    assert not filing.accept(database, settings, submission, idempotency_key=KEY).replayed


def test_four_clients_with_one_key_file_one_application(
    database: Database, settings: Settings
) -> None:
    submission = tenant()
    together = Barrier(4)

    def insist(_: int) -> set[str]:
        receipts = set()
        together.wait()
        for attempt in range(20):
            try:
                key = f"{KEY}-{attempt}"
                receipts.add(
                    f"{key} "
                    + filing.accept(database, settings, submission, idempotency_key=key).receipt
                )
            except IdempotencyInFlight:
                continue
        return receipts

    with ThreadPoolExecutor(4) as pool:
        receipts = set().union(*pool.map(insist, range(4)))
    assert len({line.split()[0] for line in receipts}) == len(receipts) == 20
    assert scalar(database, "SELECT count(*) FROM application") == 20
    assert scalar(database, "SELECT count(*) FROM idempotency") == 20


def test_many_applications_filed_in_one_statement_keep_their_order(
    database: Database, settings: Settings
) -> None:
    drafts = [
        accept.prepare(
            settings,
            tenant(rent=f"{1000 + n}.00"),
            identity=filing.TRUSTED,
            idempotency_key=f"k{n}" if n % 2 else None,
            source="batch",
            request_id=None,
        )
        for n in range(10)
    ]
    with database.statement() as conn:
        filed = accept.file(conn, drafts)
        stored = conn.exec_driver_sql("SELECT receipt, facts FROM application").all()
    rents = {row.receipt: row.facts["leases"][0]["rent"] for row in stored}
    assert [rents[str(one.receipt)] for one in filed] == [f"{1000 + n}.00" for n in range(10)]
    assert scalar(database, "SELECT count(*) FROM idempotency") == 5


def test_without_a_secret_nothing_is_accepted(database: Database, settings: Settings) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        filing.accept(database, replace(settings, secret_key=""), tenant())


def test_a_code_works_however_it_is_typed(database: Database, settings: Settings) -> None:
    accepted = filing.accept(database, settings, tenant())
    misread = accepted.access_code.replace("0", "O").replace("1", "l").lower().replace("-", " ")
    receipt = f" {accepted.receipt.lower()} "
    assert wire(status.read(database, settings, receipt, misread))["receipt"] == accepted.receipt


@pytest.mark.parametrize("code", ["", "00000-00000-00000-00000", "错误的查询码"])
def test_a_wrong_code_and_an_unknown_receipt_get_the_same_answer(
    database: Database, settings: Settings, code: str
) -> None:
    accepted = filing.accept(database, settings, tenant())
    other = "WQ200511-0000001-8"
    assert parse(other) == other
    answers = set()
    for receipt, tried in ((accepted.receipt, code), (other, accepted.access_code), ("x", code)):
        with pytest.raises(ApplicationNotFound) as refused:
            status.read(database, settings, receipt, tried)
        answers.add((refused.value.code, refused.value.detail))
    assert len(answers) == 1


def test_codes_are_long_and_use_no_letter_that_can_be_misread() -> None:
    bare = credentials.random_access_code().replace("-", "")
    assert len(bare) == 20
    assert not set(bare) & set("ILOU")
    assert len({credentials.random_access_code() for _ in range(1000)}) == 1000
