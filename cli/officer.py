"""Tokens for the bureau side, made from the command line."""

from __future__ import annotations

from collections.abc import Callable

from casework import tokens
from config.settings import Settings
from store.db import Database

DEMO_LABEL = "wenqi demo"


def token_maker(settings: Settings) -> Callable[..., str]:
    """Return a function that makes a bearer token for a bureau id: an officer's, unless told."""

    def make(bureau: str, role: str = "officer", label: str = DEMO_LABEL) -> str:
        database = Database(settings.database_url, pool_size=1)
        try:
            return tokens.create(database, settings, bureau=bureau, role=role, label=label)
        finally:
            database.close()

    return make
