"""Tokens for the bureau side, made from the command line."""

from __future__ import annotations

from collections.abc import Callable

from casework import tokens
from config.settings import Settings
from store.db import Database

DEMO_LABEL = "wenqi demo"


def token_maker(settings: Settings) -> Callable[[str], str]:
    """Return a function that makes an officer's bearer token for a bureau id."""

    def make(bureau: str) -> str:
        database = Database(settings.database_url, pool_size=1)
        try:
            return tokens.create(database, settings, bureau=bureau, label=DEMO_LABEL)
        finally:
            database.close()

    return make
