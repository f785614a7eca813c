"""Faults that hit a planted process at its critical moment, for certain; see `plants.strike`."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Mapping

from faults.kinds import Inject, Kind
from faults.plants import planted, strike
from faults.proxy import Trap
from faults.world import World

WAIT_SECONDS = 50.0
POLL_SECONDS = 0.02


def _kill_at(program: str, moment: str) -> Inject:
    def inject(world: World, _: random.Random) -> None:
        def is_there() -> bool:
            about = strike.reached(world.strikes, moment)
            # A promise is broken only once the client has it.
            return about is not None and (not about or about in world.answered)

        _await(is_there, moment)
        world.send(program, signal.SIGKILL)

    return inject


def _lose(world: World, _: random.Random) -> None:
    """The next message of assessment, however long it takes to come."""
    world.proxy.arm(Trap.LOSE, "assess")
    try:
        _await(world.proxy.trapped.is_set, "message lost")
    finally:
        world.proxy.arm(None)
    world.send("worker-assess", signal.SIGKILL)


def _await(is_there: Callable[[], bool], moment: str) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while not is_there():
        if time.monotonic() > until:
            raise RuntimeError(f"no process got to: {moment}")
        time.sleep(POLL_SECONDS)


STRIKES: Mapping[str, Kind] = {
    planted.HELD: Kind(
        "kill -9 worker-assess, its work done and not committed",
        "worker-assess",
        _kill_at("worker-assess", strike.IN_TRANSACTION),
    ),
    "acknowledge-before-commit": Kind(
        "kill -9 worker-assess, its items given up",
        "worker-assess",
        _kill_at("worker-assess", strike.GIVEN_UP),
    ),
    "answer-before-commit": Kind(
        "kill -9 api, its 202 sent", "api", _kill_at("api", strike.ANSWERED)
    ),
    "delete-at-publish": Kind("message of assessment popped and lost", "broker", _lose),
}
"""Which fault a plant is made for; `delivery-not-unique` shows without any."""
