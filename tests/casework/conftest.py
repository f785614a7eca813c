"""What the tests of use cases share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from casework.operations import business_time
from config.settings import Settings
from store.db import Database
from tests.support.mailbox import Mailbox
from tests.support.office import Office


@pytest.fixture
def travel(database: Database, settings: Settings) -> Callable[[int], None]:
    """Move business time forward by so many seconds."""

    def by(seconds: int) -> None:
        business_time.advance(database, settings, timedelta(seconds=seconds))

    return by


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server."""
    made = Mailbox()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def office(request: pytest.FixtureRequest, office: Office) -> Office:
    """The test's database with people around it; it mails where the test has a mail server."""
    if "mailbox" not in request.fixturenames:
        return office
    mailbox: Mailbox = request.getfixturevalue("mailbox")
    over = replace(office.settings, smtp_url=mailbox.url, smtp_from="wenqi@example.org")
    return Office(office.db, over)
