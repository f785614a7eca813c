"""Accepted applications by the ten thousand, through Wenqi's own use case."""

from __future__ import annotations

from collections.abc import Mapping

from bench.applications import body
from casework.intake import accept, identity
from config.settings import Settings
from store.db import Database
from tests.support.packaged import load_application
from vocabulary.identity import IdentityLevel, IdentityMeans

_AT_ONCE = 500


def fill(database_url: str, environment: Mapping[str, str], count: int, first_serial: int) -> None:
    """Leave `count` accepted applications waiting, one of each enterprise from `first_serial` on.

    One transaction: whoever works sees all of them at once.
    """
    settings = Settings.from_env({**environment, "DATABASE_URL": database_url})
    database = Database(settings.database_url)
    known = identity.vouched_by(IdentityMeans.OPERATOR, IdentityLevel.ASSURED, None)
    drafts = [
        accept.prepare(
            settings,
            load_application(body(serial)),
            identity=known,
            idempotency_key=None,
            source="form",
            request_id=None,
        )
        for serial in range(first_serial, first_serial + count)
    ]
    try:
        with database.transaction() as conn:
            for begin in range(0, count, _AT_ONCE):
                accept.file(conn, drafts[begin : begin + _AT_ONCE])
    finally:
        database.close()
