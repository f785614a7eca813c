"""Whether the broker takes messages, and if not, why and what mends it.

One that answers may still refuse every write: a read-only replica, out of memory, too few replicas,
a disk that is full. Restarting it, or the relay, mends none of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import redis

SECONDS: Final = 1.0
KEY: Final = "wenqi:readiness"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the broker, and what mends it (None: it needs a restart)."""

    what: str
    mend: str | None = None


_AWAY: Final = Fault("the broker does not answer")
_REFUSALS: Final = (
    (
        "READONLY",
        Fault(
            "the broker refuses writes: it is a read-only replica",
            "point REDIS_URL at the primary, or make this one the primary: REPLICAOF NO ONE",
        ),
    ),
    (
        "OOM",
        Fault(
            "the broker refuses writes: it has reached its maxmemory",
            "raise maxmemory (CONFIG SET maxmemory …), or remove what else fills it",
        ),
    ),
    (
        "NOREPLICAS",
        Fault(
            "the broker refuses writes: fewer replicas than min-replicas-to-write",
            "bring the replicas back, or lower min-replicas-to-write",
        ),
    ),
    (
        "MISCONF",
        Fault(
            "the broker refuses writes: it cannot save to its disk",
            "give its disk room; it takes writes again after the next save",
        ),
    ),
)
_OTHER: Final = Fault(
    "the broker refuses writes",
    "see what it answers to: SET wenqi:readiness 1 EX 60",
)


def look(url: str) -> Fault | None:
    """Ask the broker to take a write. None: it does."""
    # kombu's name for a unix socket is not redis-py's.
    url = url.replace("redis+socket://", "unix://", 1)
    try:
        with redis.Redis.from_url(
            url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
        ) as client:
            client.set(KEY, 1, ex=60)
    except redis.ResponseError as error:
        return _refusal(error)
    except (redis.RedisError, OSError):
        return _AWAY
    return None


def _refusal(error: redis.ResponseError) -> Fault:
    # redis-py keeps the word of some of its errors only in their class.
    said = f"{type(error).__name__} {error}".upper()
    if "READONLY" in said or "READ ONLY" in said:
        return _REFUSALS[0][1]
    if "OUTOFMEMORY" in said:
        return _REFUSALS[1][1]
    return next((fault for word, fault in _REFUSALS if word in said), _OTHER)
