"""What the tests of use cases share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from casework.operations import business_time
from config.settings import Settings
from store.db import Database


@pytest.fixture
def travel(database: Database, settings: Settings) -> Callable[[int], None]:
    """Move business time forward by so many seconds."""

    def by(seconds: int) -> None:
        business_time.advance(database, settings, timedelta(seconds=seconds))

    return by
