"""The planted bugs, each the kind of mistake that works until something breaks at that moment."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from faults.plants import strike

Change = Callable[[ModuleType], None]
LATE_SECONDS = 0.05
WRITTEN_TWICE_EVERY = 19


def answer_before_commit(accept: ModuleType) -> None:
    """202 goes out while the transaction is open; it is committed a moment later."""

    def planted(db: Any, settings: Any, submission: Any, **given: Any) -> Any:
        draft = accept.prepare(
            settings,
            submission,
            identity=given["identity"],
            idempotency_key=given.get("idempotency_key"),
            source=given.get("source", "form"),
            request_id=given.get("request_id"),
        )
        conn = db.engine.connect()
        filed = accept.file(conn, [draft])[0]

        def commit() -> None:
            strike.reach(strike.ANSWERED, given.get("idempotency_key") or "")
            with conn:
                conn.commit()

        threading.Timer(LATE_SECONDS, commit).start()
        return accept.answer(draft, filed)

    accept.accept = planted  # type: ignore[attr-defined]


def acknowledge_before_commit(work: ModuleType) -> None:
    """A worker gives its items up in a transaction of their own, then does the work."""

    def planted(db: Any, stage: Any, item_ids: Any, handler: Any, report: Any) -> None:
        with db.transaction() as conn:
            items = work.ledger.lock(conn, stage, item_ids)
            work.ledger.finish(conn, [item.id for item in items])
        if items:
            if stage == "assess":
                strike.reach(strike.GIVEN_UP)
            with db.transaction() as conn:
                handler(conn, items)
            report.done += len(items)

    work._attempt = planted  # type: ignore[attr-defined]


def held_in_transaction(work: ModuleType) -> None:
    """No bug: the worst moment for an honest worker, all its work done and nothing committed."""
    honest = work._attempt

    def attempt(db: Any, stage: Any, item_ids: Any, handler: Any, report: Any) -> None:
        def held(conn: Any, items: Any) -> Any:
            failed = handler(conn, items)
            if stage == "assess":
                strike.reach(strike.IN_TRANSACTION)
            return failed

        honest(db, stage, item_ids, held, report)

    work._attempt = attempt  # type: ignore[attr-defined]


def delete_at_publish(ledger: ModuleType) -> None:
    """The relay deletes what it publishes: from then on only the broker knows of it."""
    honest_claim, honest_lock = ledger.claim, ledger.lock

    def claim(conn: Any, stage: Any, **given: Any) -> Any:
        claimed = honest_claim(conn, stage, **given)
        if stage == "assess" and claimed:
            ids = [item.id for item in claimed]
            conn.exec_driver_sql(
                "WITH gone AS (DELETE FROM work_item WHERE id = ANY(%(ids)s)"
                " RETURNING id, subject_id) INSERT INTO planted SELECT * FROM gone",
                {"ids": ids},
            )
        return claimed

    def lock(conn: Any, stage: Any, ids: Any) -> Any:
        if stage != "assess":
            return honest_lock(conn, stage, ids)
        rows = conn.exec_driver_sql(
            "DELETE FROM planted WHERE id = ANY(%(ids)s) RETURNING id, subject_id",
            {"ids": list(ids)},
        )
        return [ledger.Item(row[0], row[1], 0) for row in rows]

    ledger.claim, ledger.lock = claim, lock  # type: ignore[attr-defined]


def write_now_and_then_twice(deliver: ModuleType) -> None:
    """No bug: a caller that is not sure whether its rows were written writes them once more."""
    honest, calls = deliver.write, itertools.count()

    def write(conn: Any, notifications: Any, *others: Any, **given: Any) -> Any:
        written = honest(conn, notifications, *others, **given)
        if notifications and next(calls) % WRITTEN_TWICE_EVERY == 0:
            honest(conn, notifications, *others, **{**given, "fresh": False})
        return written

    deliver.write = write  # type: ignore[attr-defined]


def no_uniqueness(deliver: ModuleType) -> None:
    """Nothing keeps an event from being told twice: neither the constraint nor the statement."""
    honest = deliver.write

    class Careless:
        def __init__(self, conn: Any) -> None:
            self._conn = conn

        def __getattr__(self, name: str) -> Any:
            return getattr(self._conn, name)

        def exec_driver_sql(self, statement: str, *values: Any) -> Any:
            once = "ON CONFLICT (event_id, recipient_kind, recipient, channel) DO NOTHING"
            statement = statement.replace(once, "")
            return self._conn.exec_driver_sql(statement, *values)

    def write(conn: Any, *others: Any, **given: Any) -> Any:
        return honest(Careless(conn), *others, **given)

    deliver.write = write  # type: ignore[attr-defined]
    write_now_and_then_twice(deliver)


NONE = "none"
HELD = "held-in-transaction"
ALWAYS: Mapping[str, Change] = {"casework.outbox.deliveries": write_now_and_then_twice}
PLANTS: Mapping[str, Mapping[str, Change]] = {
    NONE: {},
    HELD: {"casework.work.run": held_in_transaction},
    "answer-before-commit": {"casework.intake.accept": answer_before_commit},
    "acknowledge-before-commit": {"casework.work.run": acknowledge_before_commit},
    "delete-at-publish": {"store.ledger": delete_at_publish},
    "delivery-not-unique": {"casework.outbox.deliveries": no_uniqueness},
}

CHANGED_SCHEMA = {
    "delete-at-publish": (
        "CREATE TABLE planted (id bigint, subject_id bigint); GRANT ALL ON planted TO PUBLIC"
    ),
    "delivery-not-unique": (
        "ALTER TABLE delivery DROP CONSTRAINT uq_delivery_event_id_recipient_kind_recipient_channel"
    ),
}
"""What the owner of the tables changes for a plant; the application may not."""
