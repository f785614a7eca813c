"""Pages in a real browser: one Chromium for all tests of a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from config.settings import Settings
from tests.support.browser import chromium
from tests.support.keys import TEST_RING, TEST_SECRET_KEY
from web.app import create_app


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="session")
def alone() -> Flask:
    """The application while database and broker are away."""
    return create_app(
        Settings(
            database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
            redis_url="redis://127.0.0.1:1/0",
            secret_key=TEST_SECRET_KEY,
            data_keys=TEST_RING,
        )
    )
