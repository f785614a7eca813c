"""Opening the database for a process."""

from __future__ import annotations

from config.settings import Settings
from store.db import Database

__all__ = ["Database", "open_database"]


def open_database(settings: Settings, *, process: str, pool_size: int = 5) -> Database:
    """The database of `settings`; nothing is connected yet.

    In: `process` names the connections in pg_stat_activity; `pool_size` is how many threads of
    the process may use the database at once.
    """
    return Database(settings.database_url, pool_size=pool_size, application_name=f"wenqi-{process}")
