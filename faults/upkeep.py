"""What operators do while everything runs, and faults come on top: other keys in front and what is
personal encrypted anew, the trail sealed and verified, what is too old purged."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar
from xmlrpc.client import Fault

import psutil
import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from casework.errors import RetryableError
from casework.operations import key_rotation, purge, sealing, trail_check
from casework.outbox.deliveries import address_of
from casework.personal import credentials
from config import keys
from config.settings import Settings
from faults.world import World
from store.personal_columns import SIGN
from vocabulary.personal_data import DataKind

T = TypeVar("T")
Find = Callable[..., None]
SECONDS = 90.0
PAUSE_SECONDS = 0.2
RESTARTS_AT_ONCE = 3
SEALERS = 3
ADDRESSES = 60
"""Addresses of messages at once: every second one is of a message that has grown too old."""
PHONE = "13800000000"
HASH_BYTES = 32

_FREE = (
    "SELECT d.id FROM delivery AS d JOIN application AS a ON a.id = d.application_id"
    " WHERE d.recipient_kind = 'enterprise' AND d.state = 'sent' AND d.address IS NULL"
    " AND NOT d.id = ANY(%s) AND NOT a.receipt = ANY(%s) ORDER BY d.id DESC LIMIT %s"
)
_SET = (
    "UPDATE delivery SET address = %s, created_at = sent_at - %s * interval '1 day'"
    " WHERE id = ANY(%s)"
)


def rotate_keys(world: World, _: random.Random) -> None:
    """Of DATA_KEYS the key that every process knows already goes to the front, a fresh one behind
    it for next time; SECRET_KEY has a fresh one in front; all are restarted; what lies under other
    data keys is on its way when this returns."""
    since = time.time()
    newest, following, *older = world.data_keys
    fresh, secret = (
        keys.new_entry(f"faults-{len(ring)}") for ring in (world.data_keys, world.secret_keys)
    )
    world.use_keys([following, fresh, newest, *older], [secret, *world.secret_keys])
    world.environment["SECRET_KEY"] = ",".join(world.secret_keys)
    with ThreadPoolExecutor(RESTARTS_AT_ONCE) as lanes:
        restarts = [lanes.submit(_restart, world, each.name, since) for each in world.application]
    for restart in restarts:
        restart.result()
    world.settings = Settings.from_env(world.environment)
    world.settled_at = until_it_works(lambda: _newest_application(world))
    until_it_works(lambda: key_rotation.start(world.db, world.settings))


def purge_messages(world: World, _: random.Random) -> None:
    """Addresses of messages in clear, as releases before left them; those of half are too old."""
    days = world.settings.practice.kept(DataKind.MESSAGES) + 1
    known = [*world.too_old, *world.kept]

    def choose() -> list[int]:
        with world.connection() as conn:
            return [row[0] for row in conn.execute(_FREE, [known, [*world.settled], ADDRESSES])]

    chosen = until_it_works(choose)
    too_old, kept = chosen[::2], chosen[1::2]

    def mark() -> None:
        with world.connection() as conn:
            conn.execute(_SET, [PHONE, days, too_old])
            conn.execute(_SET, [PHONE, 0, kept])

    until_it_works(mark)
    world.too_old += too_old
    world.kept += kept
    until_it_works(lambda: purge.file(world.db, world.settings))


def seal_and_verify(world: World, _: random.Random) -> None:
    """Several seal at once, beside both beats; what is sealed by then fits the trail."""

    def seal() -> None:
        with suppress(SQLAlchemyError):
            sealing.run(world.db, world.settings)

    with ThreadPoolExecutor(SEALERS) as lanes:
        for _one in range(SEALERS):
            lanes.submit(seal)
    with suppress(SQLAlchemyError), world.db.transaction() as conn:
        conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        verdict = trail_check.verify(conn, world.settings)
        world.complaints += [f"trail: {each}" for each in verdict.findings]


def settle(world: World) -> None:
    """Faults are over: put on its way what the last of them left."""
    if world.too_old or world.settled:
        until_it_works(lambda: purge.file(world.db, world.settings))
    if world.has_rotated:
        until_it_works(lambda: key_rotation.start(world.db, world.settings))


def check(conn: Connection, world: World, find: Find) -> None:
    """Compare what was to go, to stay and to be encrypted with what the database holds."""
    find("upkeep that went wrong", world.complaints)
    rows = {
        row.id: row
        for row in conn.exec_driver_sql(
            "SELECT id, event_id, channel, address FROM delivery WHERE id = ANY(%(ids)s)",
            {"ids": [*world.too_old, *world.kept]},
        )
    }
    find("addresses kept too long", [each for each in world.too_old if rows[each].address])
    unlike = [
        each
        for each in world.kept
        if address_of(rows[each].address, rows[each].event_id, rows[each].channel) != PHONE
    ]
    find("addresses that were lost", unlike, lost=True)
    if world.has_rotated and not unlike:
        newest = world.settings.require_data_keys().newest.id
        left = [each for each in key_rotation.standing(world.db) if each.key != newest]
        clear = [each for each in world.kept if not rows[each].address.startswith(SIGN)]
        find("addresses still in clear", clear)
        find("not under the newest key", [f"{each.column} {each.key}" for each in left], lost=True)
    if world.has_rotated:
        head = credentials.access_hash(world.settings.require_secret_key(), "")[:-HASH_BYTES]
        old = conn.exec_driver_sql(
            "SELECT receipt FROM application WHERE id > %(settled)s"
            " AND NOT starts_with(encode(access_hash, 'hex'), %(head)s)",
            {"settled": world.settled_at, "head": head.hex()},
        )
        find("access codes under an old key", old.scalars())


def _newest_application(world: World) -> int:
    with world.connection() as conn:
        row = conn.execute("SELECT coalesce(max(id), 0) FROM application").fetchone()
    assert row is not None  # noqa: S101 -- an aggregate always gives a row
    return int(row[0])


def _restart(world: World, name: str, since: float) -> None:
    """Ask a program politely until one that began later runs."""

    def restarted() -> None:
        running = world.processes(name)
        if not running or running[0].create_time() < since:
            with suppress(Exception):
                world.halt(name)
            world.launch(name)
            raise TimeoutError(name)

    until_it_works(restarted)


def until_it_works(act: Callable[[], T]) -> T:
    """Another fault may be under way. Raises what it raised last."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            return act()
        except (SQLAlchemyError, RetryableError, psycopg.Error, psutil.Error, OSError, Fault):
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_SECONDS)
