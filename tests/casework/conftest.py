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
def mailing_office(database: Database, settings: Settings, mailbox: Mailbox) -> Office:
    """A deployment that mails."""
    over = replace(settings, smtp_url=mailbox.url, smtp_from="wenqi@example.org")
    return Office(database, over)
