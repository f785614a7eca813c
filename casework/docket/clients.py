"""Systems that send filings, by their intake tokens.

A token is looked up once in some seconds per process, so that a high volume of filings costs the
database nothing more: a revoked one is refused that much later.
"""

from __future__ import annotations

import time
from typing import Final

from casework.errors import Forbidden
from casework.people import access
from casework.people.access import Principal
from casework.people.rights import Right
from casework.personal import credentials
from config.settings import Settings
from store.db import Database

REMEMBERED_SECONDS: Final = 2.0


class SenderShut(Forbidden):
    """An operator has shut off the system."""

    code = "sender_shut"
    title = "申报渠道已停用"
    message = "这个申报渠道已被停用，暂不接收它提交的申报；请与本系统的运维人员联系。"


class Clients:
    """Who holds an intake token; safe for many threads."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self._known: dict[tuple[bytes, str | None], tuple[float, Principal]] = {}

    def __call__(self, token: str, address: str | None = None) -> Principal:
        """The sending system that calls from an address. Raises TokenRefused, NotPermitted for
        another role's token, and SenderShut."""
        hashed = credentials.token_hash(self._settings.require_secret_key(), token)
        key = hashed, address
        now = time.monotonic()
        known = self._known.get(key)
        if known is not None and now - known[0] < REMEMBERED_SECONDS:
            return known[1]
        self._known.pop(key, None)
        client = access.authenticate(self._db, self._settings, token, address)
        client.require(Right.FILE)
        if client.is_shut:
            raise SenderShut
        self._known[key] = now, client
        return client
