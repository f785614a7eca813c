"""Hostile requests, some hundreds of what `make fuzz` fires: no 5xx, and nothing refused stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.settings import Settings
from faults.fuzz import Tally, Target, corpus, from_the_document, judge
from store.db import Database


@pytest.fixture
def target(settings: Settings, database: Database) -> Iterator[Target]:
    """The API over the test's empty database."""
    made = Target(settings)
    assert made.counts()["application"] == 0, database
    yield made
    made.close()


def test_our_own_corpus(target: Target) -> None:
    tally = Tally()
    corpus(target, tally, seed=6, count=400)
    assert judge(target, tally) == []
    assert {400, 413, 415, 422} <= set(tally.statuses)
    assert target.counts()["application"] == len(tally.receipts) < 40


def test_requests_made_from_the_openapi_document(target: Target) -> None:
    tally = Tally()
    from_the_document(target, tally, seed=6, examples=1)
    assert judge(target, tally) == []
    assert {200, 404, 422} <= set(tally.statuses)
