"""Handing out due work: what the relay and the sweep ask of the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from config.settings import Settings
from store import ledger
from store.db import Database
from store.ledger import Claimed, DeadItem
from store.vocabulary import Stage

__all__ = [
    "Claimed",
    "DeadItem",
    "Stage",
    "claim",
    "dead_letters",
    "hand_back",
    "release",
    "retry",
    "sweep",
]


def claim(db: Database, settings: Settings, stage: Stage, limit: int) -> list[Claimed]:
    """Lease up to `limit` due items of a stage; committed on return."""
    with db.statement() as conn:
        return ledger.claim(
            conn,
            stage,
            limit=limit,
            lease_seconds=settings.lease_seconds,
            max_attempts=settings.max_attempts,
        )


def release(db: Database, item_ids: Sequence[int]) -> None:
    """Give leases back, because no message went out."""
    with db.statement() as conn:
        ledger.release(conn, item_ids)


def hand_back(db: Database, item_ids: Sequence[int]) -> None:
    """Let leases lapse at once: the worker that had them is gone. They come back carefully."""
    with db.statement() as conn:
        ledger.hand_back(conn, item_ids)


def sweep(db: Database, settings: Settings) -> list[DeadItem]:
    """Bury items that used up their attempts without ever reporting back. Out: those buried."""
    with db.transaction() as conn:
        buried = ledger.bury_exhausted(conn, settings.max_attempts)
        mails = [item.subject_id for item in buried if item.stage is Stage.NOTIFY]
        if mails:
            conn.exec_driver_sql(
                "UPDATE delivery SET state = 'failed', last_error = %(reason)s"
                " WHERE id = ANY(%(ids)s) AND state <> 'sent'",
                {"ids": mails, "reason": "worker_lost"},
            )
    return buried


def dead_letters(db: Database, *, after: int = 0, limit: int = 100) -> list[DeadItem]:
    """The dead-letter list with reasons, by id, from beyond `after`."""
    with db.statement() as conn:
        return ledger.dead(conn, after=after, limit=limit)


def retry(db: Database, item_ids: Sequence[int]) -> list[int]:
    """Give dead items a fresh set of attempts. Out: the ids that were dead and now are not."""
    with db.statement() as conn:
        return ledger.revive(conn, item_ids)
