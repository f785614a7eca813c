"""Every kind of fault: what it touches, and how it is done to a world and undone again.

An `inject` returns when its fault is over: from then on the system has to recover by itself.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil
import psycopg
import redis

from faults import settled, upkeep
from faults.proxy import Mode, Trap
from faults.sinks import Mood
from faults.world import LEASE_SECONDS, Twice, World

Inject = Callable[[World, random.Random], None]
LONGER_THAN_LEASE = LEASE_SECONDS + 1.5
WORKERS = ("worker-assess", "worker-notify", "worker-remind", "worker-export")
TRAP_SECONDS = 4.0
HOUR = 3600
ANSWER_LIMIT_SECONDS = 5.0
EVERYTHING = "everything"


@dataclass(frozen=True)
class Kind:
    """A kind of fault. `touches`: two that touch the same thing are never under way together
    (EVERYTHING: it comes alone); `weight`: how often it is drawn, relative to others."""

    name: str
    touches: str
    inject: Inject
    weight: int = 2


def _kill(name: str) -> Inject:
    def inject(world: World, chance: random.Random) -> None:
        """The whole program at once, or (a pool's) one process of it."""
        found = world.processes(name)
        if len(found) > 1 and chance.random() < 1 / 3:
            with suppress(Exception):
                found[-1].kill()
        else:
            world.send(name, signal.SIGKILL)

    return inject


def _freeze(name: str) -> Inject:
    def inject(world: World, _: random.Random) -> None:
        world.send(name, signal.SIGSTOP)
        time.sleep(LONGER_THAN_LEASE)
        world.send(name, signal.SIGCONT)

    return inject


def _trap(trap: Trap) -> Inject:
    def inject(world: World, _: random.Random) -> None:
        """Between the broker's pop and the worker's acknowledgement, then the worker is killed."""
        world.proxy.arm(trap)
        world.proxy.trapped.wait(TRAP_SECONDS)
        queue = world.proxy.trapped_queue
        world.proxy.arm(None)
        if queue:
            world.send(f"worker-{queue}", signal.SIGKILL)

    return inject


def _broker_kill(world: World, _: random.Random) -> None:
    world.send("valkey", signal.SIGKILL)


def _broker_restart(world: World, chance: random.Random) -> None:
    world.halt("valkey")
    time.sleep(chance.uniform(0, 4))
    world.launch("valkey")


def _broker_wipe(world: World, _: random.Random) -> None:
    with suppress(redis.RedisError), redis.Redis.from_url(world.valkey.url) as client:
        client.flushall()


_REFUSALS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
    (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
    (
        ("CONFIG", "SET", "min-replicas-to-write", "1"),
        ("CONFIG", "SET", "min-replicas-to-write", "0"),
    ),
)
"""Ways to have a broker answer and refuse writes, and how each ends."""


def _broker_refuses(world: World, chance: random.Random) -> None:
    begin, end = chance.choice(_REFUSALS)
    with suppress(redis.RedisError), redis.Redis.from_url(world.valkey.url) as client:
        client.execute_command(*begin)
        try:
            time.sleep(chance.uniform(1, LONGER_THAN_LEASE))
        finally:
            client.execute_command(*end)


def _broker(mode: Mode) -> Inject:
    def inject(world: World, chance: random.Random) -> None:
        world.proxy.set_mode(mode)
        time.sleep(chance.uniform(1, LONGER_THAN_LEASE))
        world.proxy.set_mode(Mode.OPEN)

    return inject


def _broker_cut(world: World, _: random.Random) -> None:
    world.proxy.cut()


def _postgres_kill(world: World, chance: random.Random) -> None:
    """The postmaster, or one backend: then it restarts all of them itself."""
    found = world.processes("postgres")
    if len(found) > 1 and chance.random() < 1 / 2:
        with suppress(Exception):
            chance.choice(found[1:]).kill()
    else:
        world.send("postgres", signal.SIGKILL)


def _postgres_restart(world: World, chance: random.Random) -> None:
    world.halt("postgres")
    time.sleep(chance.uniform(0, 3))
    world.launch("postgres")


def _postgres_cut(world: World, _: random.Random) -> None:
    """End connections in the middle of whatever they do, for a second."""
    until = time.monotonic() + 1
    with suppress(psycopg.Error), world.connection() as conn:
        while time.monotonic() < until:
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name LIKE 'wenqi-%' AND state <> 'idle'"
            )
            time.sleep(0.02)


def _postgres_full(world: World, chance: random.Random) -> None:
    """Take every connection the server has, then end the application's."""
    held: list[psycopg.Connection] = []
    until = time.monotonic() + chance.uniform(2, 4)
    try:
        with world.connection() as first:
            while time.monotonic() < until:
                try:
                    held.append(psycopg.connect(world.postgres.url, connect_timeout=2))
                except psycopg.OperationalError:
                    first.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE application_name LIKE 'wenqi-%'"
                    )
                    time.sleep(0.1)
    except psycopg.Error:
        pass
    finally:
        for conn in held:
            conn.close()


def _postgres_stop(world: World, _: random.Random) -> None:
    """Every process of it hangs, those that hold a statement of ours as well. Whoever asks the API
    is answered while it does, and no thread of the API is held when it goes on."""
    serving = {process.pid for process in world.processes("api")}
    answered = world.is_alive(ANSWER_LIMIT_SECONDS)
    frozen = world.processes("postgres")
    for process in frozen:
        with suppress(psutil.NoSuchProcess):
            process.suspend()
    try:
        time.sleep(ANSWER_LIMIT_SECONDS)  # what was under way has been answered by now
        # One that another fault has killed listens again when it has read which keys there are.
        is_same = answered and serving == {process.pid for process in world.processes("api")}
        if is_same and not world.is_alive(ANSWER_LIMIT_SECONDS):
            world.complaints.append("the API answers nothing while PostgreSQL is stopped")
    finally:
        for process in frozen:
            with suppress(psutil.NoSuchProcess):
                process.resume()


def _disk_full(world: World, chance: random.Random) -> None:
    servers = [process.pid for process in world.processes("postgres")]
    world.disk.fill(servers)
    time.sleep(chance.uniform(2, 4))
    # Those that were started meanwhile are limited, too.
    world.disk.free([process.pid for process in world.processes("postgres")])


def _clock(world: World, chance: random.Random) -> None:
    """Business time an hour forward, an hour back, or right again."""
    with suppress(psycopg.Error), world.connection() as conn:
        conn.execute("UPDATE clock SET offset_seconds = %s", [chance.choice((-HOUR, 0, HOUR))])


def _sink(which: str, mood: Mood) -> Inject:
    def inject(world: World, chance: random.Random) -> None:
        sink = world.mail if which == "mail" else world.webhook
        sink.mood(mood)
        time.sleep(chance.uniform(1, 4))
        sink.mood(Mood.FINE)

    return inject


def _deploy(world: World, _: random.Random) -> None:
    """Restart every process of the application, one after the other, each asked politely."""
    for program in world.application:
        with suppress(Exception):  # it may be down because of another fault
            world.halt(program.name)
            world.launch(program.name)


def _upgrade(world: World, chance: random.Random) -> None:
    """Every process is replaced by one of the release before, one after the other, and each of
    these by one of this release: on the schema of this one, which is there first."""
    for previous in (True, False):
        world.use_release(previous=previous)
        _deploy(world, chance)


PROGRAMS = ("api", "relay", Twice.relay, *WORKERS, "beat", Twice.beat)

KINDS: tuple[Kind, ...] = (
    *(Kind(f"kill -9 {name}", name, _kill(name), 3) for name in PROGRAMS),
    *(Kind(f"SIGSTOP {name} beyond the lease", name, _freeze(name), 1) for name in PROGRAMS),
    Kind("message popped and lost, worker killed", "broker", _trap(Trap.LOSE), 4),
    Kind("worker killed between pop and acknowledgement", "broker", _trap(Trap.DELIVER), 4),
    Kind("broker kill -9", "broker", _broker_kill, 3),
    Kind("broker restart", "broker", _broker_restart),
    Kind("broker FLUSHALL", "broker", _broker_wipe, 4),
    Kind("broker refuses writes", "broker", _broker_refuses, 3),
    Kind("broker blackhole", "broker", _broker(Mode.BLACKHOLE)),
    Kind("broker refuses connections", "broker", _broker(Mode.REFUSE)),
    Kind("broker connections reset", "broker", _broker_cut, 3),
    Kind("PostgreSQL kill -9", "postgres", _postgres_kill, 3),
    Kind("PostgreSQL restart", "postgres", _postgres_restart),
    Kind("PostgreSQL connections cut in mid-transaction", "postgres", _postgres_cut, 3),
    Kind("PostgreSQL max_connections exhausted", "postgres", _postgres_full),
    Kind("PostgreSQL SIGSTOP with its backends", "postgres", _postgres_stop),
    Kind("PostgreSQL disk full", "postgres", _disk_full),
    Kind("business clock one hour off", "clock", _clock, 3),
    *(
        Kind(f"{which} {mood.value}", which, _sink(which, mood))
        for which in ("mail", "webhook")
        for mood in (Mood.REFUSES, Mood.HANGS, Mood.FAILS_AFTER)
    ),
    Kind("data keys rotated, every process restarted", "keys", upkeep.rotate_keys, 1),
    Kind("messages grown too old purged", "purge", upkeep.purge_messages),
    # Not while keys change: what it files itself would lie under those of before.
    Kind("settled cases purged whole", "keys", settled.purge_settled),
    Kind("trail sealed by several at once and verified", "seals", upkeep.seal_and_verify),
    Kind("rolling restart of every process", EVERYTHING, _deploy, 1),
    Kind("rolling upgrade from the release before", EVERYTHING, _upgrade, 1),
)
