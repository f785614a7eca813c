"""Handing out due work: what the relay and the sweep ask of the ledger."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack

from sqlalchemy import Connection

from casework.work import canary, handover
from casework.work.stages import APPLICATION_OF
from config.settings import Settings
from store import ledger
from store.db import Database
from store.ledger import Claimed, DeadItem
from vocabulary.work import Stage

__all__ = [
    "CANARY_SECONDS",
    "Claimed",
    "ClockWatch",
    "DeadItem",
    "Lookout",
    "Stage",
    "claim",
    "dead_letters",
    "hand_back",
    "release",
    "retry",
    "send_canaries",
    "sweep",
]

CANARY_SECONDS = canary.EVERY_SECONDS
send_canaries = canary.send
SET_BACK_SECONDS = 1.0


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


class Lookout:
    """Sees whether work is due, over a connection it keeps; a look costs a fraction of a claim.

    One connection of the pool is in use from the first look on.
    Raises what the database raises when it is away, and is to be closed then.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._held = ExitStack()
        self._conn: Connection | None = None

    def sees(self, stage: Stage) -> bool:
        """Whether something of the stage is due."""
        if self._conn is None:
            self._conn = self._held.enter_context(self._db.statement())
            # The plan is made once, perhaps for an empty table, and must do for a full one.
            self._conn.exec_driver_sql("SET enable_seqscan = off")
        return ledger.is_due(self._conn, stage)

    def close(self) -> None:
        """Give the connection back; the next look takes another one."""
        self._conn = None
        self._held.close()


def release(db: Database, item_ids: Sequence[int]) -> None:
    """Give leases back, because no message went out."""
    with db.statement() as conn:
        ledger.release(conn, item_ids)


def hand_back(db: Database, item_ids: Sequence[int]) -> None:
    """Let leases lapse at once: the worker that had them is gone. They come back carefully."""
    with db.statement() as conn:
        ledger.hand_back(conn, item_ids)


def sweep(db: Database, settings: Settings) -> list[DeadItem]:
    """Put right what nobody else would: items that used up their attempts without ever reporting
    back are buried, what a clock that was set back has put off is due again. Those buried."""
    with db.transaction() as conn:
        ledger.mend_clock(conn, settings.lease_seconds)
        buried = ledger.bury_exhausted(conn, settings.max_attempts)
        unassessed = [item.subject_id for item in buried if item.stage is Stage.ASSESS]
        handover.to_people(conn, settings, unassessed)
        mails = [item.subject_id for item in buried if item.stage is Stage.NOTIFY]
        if mails:
            conn.exec_driver_sql(
                "UPDATE delivery SET state = 'failed', last_error = %(reason)s"
                " WHERE id = ANY(%(ids)s) AND state <> 'sent'",
                {"ids": mails, "reason": "worker_lost"},
            )
    return buried


class ClockWatch:
    """Notices when business time was set back: what is due by the old time is due again at once,
    not at the next sweep. One per process."""

    def __init__(self) -> None:
        self._ahead: float | None = None
        self._again = 0

    def look(self, db: Database, settings: Settings) -> None:
        """Compare business time with a clock that nobody sets; bring back what is too far ahead.

        So it does at the first look, and at the two after one that found some: what was being
        written when the clock was set carries the old time.
        """
        with db.statement() as conn:
            now: float = conn.exec_driver_sql(
                "SELECT extract(epoch FROM app_now())::float"
            ).scalar_one()
            ahead = now - time.monotonic()
            if self._ahead is None or ahead < self._ahead - SET_BACK_SECONDS:
                self._again = 3
            self._ahead = ahead
            if self._again:
                self._again -= 1
                ledger.mend_clock(conn, settings.lease_seconds)


def dead_letters(
    db: Database, *, after: int = 0, limit: int | None = 100, stage: str | None = None
) -> list[DeadItem]:
    """The dead-letter list with reasons, by id, from beyond `after`, of one stage or of all."""
    with db.statement() as conn:
        return ledger.dead(conn, APPLICATION_OF, after=after, limit=limit, stage=stage)


def retry(db: Database, item_ids: Sequence[int]) -> list[int]:
    """Give dead items a fresh set of attempts. Returns the ids that were dead and now are not."""
    with db.transaction() as conn:
        revived = ledger.revive(conn, item_ids)
        conn.exec_driver_sql(
            "UPDATE delivery SET state = 'pending' WHERE state = 'failed' AND id IN"
            " (SELECT subject_id FROM work_item WHERE stage = 'notify' AND id = ANY(%(ids)s))",
            {"ids": revived},
        )
    return revived
