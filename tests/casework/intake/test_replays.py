"""A key and a body are no access code: whose a key is, how long it shows the code, what is kept."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.errors import ApplicationNotFound
from casework.intake import accept, replays
from casework.intake.accept import Accepted
from casework.intake.identity import Identity
from casework.intake.replays import AccessCodeGone, IdempotencyConflict, IdempotencyKeyUsed
from casework.operations import business_time, replay_expiry
from casework.views import status
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant, uscc
from tests.support.ledgers import column, scalar
from vocabulary.identity import IdentityLevel, IdentityMeans

KEY = "0b0e7a3c-6a8c-4c0e-9a55-3a9f6f0f2f11"
FIRST, SECOND = (Identity(IdentityLevel.ASSURED, IdentityMeans.CLIENT, client) for client in (1, 2))


@pytest.fixture
def moving(settings: Settings) -> Settings:
    return replace(settings, allow_time_travel=True)


def test_codes_are_random_whatever_the_key_and_the_body(
    database: Database, settings: Settings
) -> None:
    """Of two deployments of one secret, or after the row is gone."""
    submission = tenant()
    codes = set()
    for _ in range(2):
        codes.add(filing.accept(database, settings, submission, idempotency_key=KEY).access_code)
        with database.transaction() as conn:
            conn.exec_driver_sql("DELETE FROM idempotency")
    assert len(codes) == 2


def test_a_key_of_one_client_is_another_key_for_everybody_else(
    database: Database, settings: Settings
) -> None:
    """Nobody gets a code by a key that is not theirs, nor takes the key from its owner."""
    submission = tenant()

    def file(identity: Identity, key: str) -> Accepted:
        return accept.accept(
            database, settings, submission, identity=identity, idempotency_key=key, source="batch"
        )

    told = [file(identity, "row-2") for identity in (FIRST, SECOND)]
    stranger = filing.accept(
        database, settings, submission, identity=Identity(), idempotency_key="row-2"
    )
    other = filing.accept(database, settings, tenant(), identity=Identity(), idempotency_key=KEY)
    again = filing.accept(database, settings, submission, identity=Identity(), idempotency_key=KEY)
    every = [*told, stranger, other, again]
    assert len({one.receipt for one in every}) == len({one.access_code for one in every}) == 5
    assert not any(one.replayed for one in every)
    assert file(FIRST, "row-2") == replace(told[0], replayed=True)


@pytest.mark.parametrize("key", ["row-2", "import-2", "1", "x" * 200, "abababababababababab"])
def test_a_key_that_can_be_guessed_opens_nothing_and_compares_nothing(
    database: Database, settings: Settings, key: str
) -> None:
    """An officer knows the body, and the key of the second row is soon tried."""
    code = uscc(7)
    submission = tenant(uscc=code)
    filing.accept(database, settings, submission, identity=Identity(), idempotency_key=key)
    for tried in (submission, tenant(uscc=code)):
        with pytest.raises(IdempotencyKeyUsed):
            filing.accept(database, settings, tried, identity=Identity(), idempotency_key=key)
    assert scalar(database, "SELECT count(*) FROM application") == 1


def test_after_a_day_the_code_is_gone_and_the_key_still_files_nothing(
    database: Database, moving: Settings
) -> None:
    submission = tenant()
    first = filing.accept(database, moving, submission, idempotency_key=KEY)
    business_time.advance(database, moving, timedelta(hours=23))
    assert filing.accept(database, moving, submission, idempotency_key=KEY) == replace(
        first, replayed=True
    )
    replay_expiry.run(database, moving)
    assert scalar(database, "SELECT count(sealed_code) FROM idempotency") == 1

    business_time.advance(database, moving, timedelta(hours=2))
    for _ in range(2):
        with pytest.raises(AccessCodeGone, match=first.receipt):
            filing.accept(database, moving, submission, idempotency_key=KEY)
        replay_expiry.run(database, moving)
        assert scalar(database, "SELECT count(sealed_code) FROM idempotency") == 0
    changed = tenant(uscc=submission.enterprise["uscc"])
    with pytest.raises(IdempotencyConflict):
        filing.accept(database, moving, changed, idempotency_key=KEY)
    assert status.read(database, moving, first.receipt, first.access_code).receipt == first.receipt

    business_time.advance(database, moving, timedelta(days=moving.idempotency_days))
    replay_expiry.run(database, moving)
    assert scalar(database, "SELECT count(*) FROM idempotency") == 0
    assert not filing.accept(database, moving, submission, idempotency_key=KEY).replayed


def test_a_copy_of_the_database_gives_no_code(database: Database, settings: Settings) -> None:
    """Not by trying the keys that everybody uses, nor under another secret or in another row."""
    submission = tenant()
    told = accept.accept(
        database,
        settings,
        submission,
        identity=FIRST,
        idempotency_key="row-2",
        source="batch",
    )
    with database.statement() as conn:
        row = conn.exec_driver_sql("SELECT * FROM idempotency").one()
    kept = b"".join(bytes(value) for value in (row.key_hash, row.body_hash, row.sealed_code))
    assert told.access_code.encode() not in kept
    for guess in (b"row-2", submission.canonical()):
        assert hashlib.sha256(guess).digest() not in kept
    secret, sealed = settings.secret_key, bytes(row.sealed_code)
    assert replays.unseal(secret, bytes(row.key_hash), sealed) == told.access_code
    assert replays.unseal(secret, bytes(32), sealed) is None
    assert replays.unseal("another" * 8, bytes(row.key_hash), sealed) is None


def test_a_code_that_was_replaced_is_not_shown_again(
    database: Database, settings: Settings
) -> None:
    submission = tenant()
    told = filing.accept(database, settings, submission, idempotency_key=KEY)
    with database.transaction() as conn:
        conn.exec_driver_sql("UPDATE application SET access_hash = 'another'")
    with pytest.raises(AccessCodeGone):
        filing.accept(database, settings, submission, idempotency_key=KEY)
    with pytest.raises(ApplicationNotFound):
        status.read(database, settings, told.receipt, told.access_code)


def _first_release(database: Database, submission: Any, key: str, application: int) -> None:
    with database.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO idempotency (key_hash, body_hash, application_id, created_at)"
            " VALUES (%(key)s, %(body)s, %(id)s, app_now())",
            {
                "key": hashlib.sha256(key.encode()).digest(),
                "body": hashlib.sha256(submission.canonical()).digest(),
                "id": application,
            },
        )


def test_rows_of_the_first_release_are_keyed_and_still_keep_from_filing_twice(
    database: Database, settings: Settings
) -> None:
    submission = tenant()
    first = filing.accept(database, settings, submission)
    [application] = column(database, "SELECT id FROM application")
    _first_release(database, submission, KEY, application)
    replay_expiry.run(database, settings)
    assert column(database, "SELECT is_keyed FROM idempotency") == [True]
    with pytest.raises(AccessCodeGone, match=first.receipt):
        filing.accept(database, settings, submission, idempotency_key=KEY)
    kept = b"".join(column(database, "SELECT key_hash || body_hash FROM idempotency"))
    assert hashlib.sha256(KEY.encode()).digest() not in kept

    # A retry may have come before the old row was keyed: it goes, nothing else does.
    _first_release(database, submission, KEY, application)
    replay_expiry.run(database, settings)
    assert column(database, "SELECT is_keyed FROM idempotency") == [True]
