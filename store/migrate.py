"""Bring a database's schema up to date; several may try at once."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, create_engine, pool, text

from store import roles
from store.db import CONNECT_SECONDS, driver_url

if TYPE_CHECKING:  # Alembic is large, and only who migrates needs it
    from alembic.config import Config
    from alembic.script import ScriptDirectory

# Any fixed number: names the lock under which one process at a time migrates.
MIGRATION_LOCK = 0x77656E7169
PATIENCE_SECONDS = 300


_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_NAMED: Final = re.compile(r'^(down_)?revision = "(\w+)"$', re.MULTILINE)

OLDEST_SERVER = 18  # foreign keys that are declared and not enforced (migration 0007)


class MigrationRefused(RuntimeError):
    """The schema cannot be brought up to date now; the message says why."""


class MigrationBusy(MigrationRefused):
    """Another process has held the migration lock for longer than we wait."""


class SchemaNewer(MigrationRefused):
    """A later release has migrated it."""


class ServerTooOld(MigrationRefused):
    """The server lacks what the schema needs."""


def configuration(url: str) -> Config:
    """Alembic's configuration for a database URL, without an ini file."""
    from alembic.config import Config

    config = Config()
    # ConfigParser would take a % in the checkout's path for its own.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = driver_url(url)
    return config


def upgrade(url: str, logins: roles.Logins | None = None) -> None:
    """Apply every missing migration, and give the other roles their rights. `url`: the owner's.

    Whoever comes second waits for the first and finds nothing to do.
    Raises MigrationBusy after `PATIENCE_SECONDS`, ServerTooOld, SchemaNewer, SQLAlchemyError when
    the database refuses.
    """
    from alembic import command

    engine = create_engine(
        driver_url(url),
        poolclass=pool.NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )
    try:
        with engine.connect() as connection:
            found = int((connection.dialect.server_version_info or (0,))[0])
            if found < OLDEST_SERVER:
                raise ServerTooOld(f"Wenqi needs PostgreSQL {OLDEST_SERVER}; this is {found}")
            deadline = time.monotonic() + PATIENCE_SECONDS
            lock = text("SELECT pg_try_advisory_lock(:lock)")
            # Polled: a statement that waits would hold a snapshot and block index builds.
            while not connection.execute(lock, {"lock": MIGRATION_LOCK}).scalar_one():
                if time.monotonic() > deadline:
                    raise MigrationBusy("another process has been migrating this database too long")
                time.sleep(0.1)
            found_at = revision_of(connection)
            if found_at is not None and found_at not in revisions():
                raise SchemaNewer(
                    f"it is at {found_at}, and the newest that this release knows is {head()};"
                    " run the release that made it so"
                )
            command.upgrade(configuration(url), "head")
            if logins is not None:
                with engine.execution_options(isolation_level="READ COMMITTED").begin() as granting:
                    roles.grant(granting, logins)
    finally:
        engine.dispose()


def scripts() -> ScriptDirectory:
    """The migrations of this code."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(configuration(""))


def revisions() -> frozenset[str]:
    """Every revision that this code knows."""
    return frozenset(_chain())


def head() -> str:
    """The one newest revision in the code. Raises if there are several."""
    chain = _chain()
    [revision] = chain.keys() - chain.values()
    return revision


def _chain() -> dict[str, str | None]:
    """Every revision with the one before it, as the files say: whoever only looks whether a schema
    is the one it needs does not load them all."""
    files = [path.read_text("utf-8") for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")]
    said = [dict(_NAMED.findall(file)) for file in files]
    return {each[""]: each.get("down_") for each in said}


def current(url: str) -> str | None:
    """The revision a database is at, or None for an empty one."""
    engine = create_engine(driver_url(url), poolclass=pool.NullPool)
    try:
        with engine.connect() as connection:
            return revision_of(connection)
    finally:
        engine.dispose()


def revision_of(connection: Connection) -> str | None:
    """The same, of one that is connected to."""
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
