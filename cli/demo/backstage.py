"""What a demonstration needs behind the API: tokens, business time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from casework.database import Database, open_database
from casework.notices import editions
from casework.operations import business_time
from casework.people import tokens
from config.settings import Settings
from vocabulary.identity import IdentityLevel
from vocabulary.people import Role

DEMO_LABEL = "wenqi demo"
DEMO_DAYS = 1
"""So long a token of a demonstration lives."""


def filed(settings: Settings) -> int:
    """How many applications there are."""
    with _database(settings) as database, database.statement() as conn:
        return int(conn.exec_driver_sql("SELECT count(*) FROM application").scalar_one())


def token_maker(settings: Settings) -> Callable[..., str]:
    """Return a function that makes a bearer token for a bureau id: an officer's, unless told."""

    def make(bureau: str, role: str = "officer", label: str = DEMO_LABEL) -> str:
        with _database(settings) as database:
            return tokens.create(
                database, settings, bureau=bureau, role=role, label=label, days=DEMO_DAYS
            )

    return make


def intake_token(settings: Settings) -> str:
    """Make the token with which the demonstrations file, as a portal with real-name login would."""
    notice = editions.edition(settings.notice_id).notice
    with _database(settings) as database:
        return tokens.create(
            database,
            settings,
            bureau=notice.above_bureaus or next(iter(notice.bureaus)),
            role=Role.INTAKE,
            label=DEMO_LABEL,
            days=DEMO_DAYS,
            vouches=IdentityLevel.ASSURED,
        )


def travel_to(settings: Settings, day: date) -> date:
    """Move business time to that day where time may be moved. Returns the business day now."""
    with _database(settings) as database:
        days = (day - business_time.now(database).date()).days
        if settings.allow_time_travel and days > 0:
            return business_time.advance(database, settings, timedelta(days=days)).date()
        return business_time.now(database).date()


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    database = open_database(settings, process="demo", pool_size=1)
    try:
        yield database
    finally:
        database.close()
