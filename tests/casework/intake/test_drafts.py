"""A draft: found by its code alone, kept encrypted, filed once, forgotten in time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from casework.intake import accept, drafts
from casework.intake.identity import Identity
from casework.operations import business_time, purge, replay_expiry
from config.settings import Settings
from store.db import Database
from tests.support.applications import tenant
from tests.support.ledgers import column, scalar
from vocabulary.days import plain_day
from vocabulary.personal_data import DataKind
from vocabulary.zone import CHINA

RENT = "/facts/leases/0/rent"


def test_what_was_typed_is_found_by_its_code_alone_and_lies_encrypted(
    database: Database, settings: Settings
) -> None:
    code = drafts.start(database, settings, "m01_tenant")
    drafts.save(database, settings, code, lambda typed: {**typed, RENT: "２万左右"})
    found = drafts.find(database, settings, code.lower().replace("-", " "))
    assert (found.typed, found.provision, found.is_frozen) == (
        {RENT: "２万左右"},
        "m01_tenant",
        False,
    )
    assert found.kept_until - found.saved_at == timedelta(days=30)
    (stored,) = column(database, "SELECT to_jsonb(d)::text FROM draft AS d")
    (typed,) = column(database, "SELECT typed FROM draft")
    assert found.key not in stored
    assert code not in stored
    assert "２万".encode() not in bytes(typed)
    with pytest.raises(drafts.DraftNotFound):
        drafts.find(database, settings, "0" * 20)


def test_two_tabs_take_nothing_from_each_other(database: Database, settings: Settings) -> None:
    code = drafts.start(database, settings, "m01_tenant")

    def type_in(place: int) -> None:
        drafts.save(database, settings, code, lambda typed: {**typed, f"/facts/{place}": "x"})

    with ThreadPoolExecutor(4) as people:
        list(people.map(type_in, range(12)))
    assert len(drafts.find(database, settings, code).typed) == 12


def test_too_much_is_refused_and_what_was_saved_stays(
    database: Database, settings: Settings
) -> None:
    code = drafts.start(database, settings, "m01_tenant")
    drafts.save(database, settings, code, lambda _: {RENT: "1"})
    with pytest.raises(drafts.DraftTooLarge):
        drafts.save(database, settings, code, lambda _: {RENT: "1" * drafts.MOST_BYTES})
    assert drafts.find(database, settings, code).typed == {RENT: "1"}


def test_a_draft_that_is_submitted_twice_makes_one_application(
    database: Database, settings: Settings
) -> None:
    code = drafts.start(database, settings, "m01_tenant")

    submission = tenant()

    def submit() -> accept.Accepted:
        frozen = drafts.freeze(database, settings, code)
        return accept.accept(
            database, settings, submission, identity=Identity(), idempotency_key=frozen.key
        )

    first, second = submit(), submit()
    assert (first.receipt, first.access_code) == (second.receipt, second.access_code)
    assert (first.replayed, second.replayed) == (False, True)
    assert scalar(database, "SELECT count(*) FROM application") == 1
    with pytest.raises(drafts.DraftFrozen):
        drafts.save(database, settings, code, lambda _: {RENT: "2"})


def test_a_draft_is_forgotten_after_its_days(database: Database, settings: Settings) -> None:
    moving = replace(settings, allow_time_travel=True)
    code = drafts.start(database, moving, "m01_tenant")
    business_time.advance(database, moving, timedelta(days=29))
    kept = drafts.start(database, moving, "m01_tenant")
    assert drafts.find(database, moving, code).typed == {}
    business_time.advance(database, moving, timedelta(days=2))
    filed = drafts.start(database, moving, "m01_tenant")
    drafts.freeze(database, moving, filed)
    yesterday = business_time.now(database).astimezone(CHINA).date() - timedelta(days=1)
    ended = f"已经过期（{plain_day(yesterday)}）"
    with pytest.raises(drafts.DraftExpired, match=ended):
        drafts.find(database, moving, code)
    due = {each.kind: each.rows for each in purge.due(database, moving)}
    assert due[DataKind.DRAFTS] == 1
    replay_expiry.run(database, moving)
    assert scalar(database, "SELECT count(*) FROM draft") == 2
    drafts.find(database, moving, kept)
    # Of the other one nothing is left but that it was there and until when, and that not for long.
    with pytest.raises(drafts.DraftExpired, match=ended):
        drafts.find(database, moving, code)
    with pytest.raises(drafts.DraftNotFound):
        drafts.find(database, moving, "0" * 20)
    business_time.advance(database, moving, timedelta(days=drafts.ENDED_DAYS))
    replay_expiry.run(database, moving)
    for forgotten in (code, filed):  # what was submitted has a receipt, and has not ended
        with pytest.raises(drafts.DraftNotFound):
            drafts.find(database, moving, forgotten)
    with pytest.raises(drafts.DraftExpired):
        drafts.find(database, moving, kept)
