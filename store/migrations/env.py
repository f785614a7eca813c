"""Alembic's environment: one migration per transaction, and never a long wait for a lock.

A migration that waits for a lock makes everyone behind it wait; it gives up instead, the process
that runs it fails visibly, and it is run again.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine, pool

config = context.config


def run() -> None:
    """Run the migrations on the URL in the configuration's attributes."""
    if context.is_offline_mode():
        raise RuntimeError("migrations need a database connection")
    engine = create_engine(
        config.attributes["url"],
        poolclass=pool.NullPool,
        connect_args={"options": "-c lock_timeout=5s -c statement_timeout=15min"},
    )
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            # Given only where a test compares the database with the tables it expects.
            target_metadata=config.attributes.get("metadata"),
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
