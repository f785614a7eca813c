"""Whether the broker takes messages, and if not, why and what mends it.

One that answers may still refuse every write: a read-only replica, out of memory, too few replicas,
a disk that is full. Restarting it, or the relay, mends none of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import redis

from vocabulary.troubles import BROKER_AWAY, BROKER_REFUSES, BROKER_REFUSES_ANYHOW, Told

SECONDS: Final = 1.0
KEY: Final = "wenqi:readiness"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the broker, and what mends it (None: it needs a restart)."""

    what: Told
    mend: Told | None = None


_AWAY: Final = Fault(BROKER_AWAY)
_REFUSALS: Final = {word: Fault(*said) for word, said in BROKER_REFUSES.items()}
_OTHER: Final = Fault(*BROKER_REFUSES_ANYHOW)


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
        return _REFUSALS["READONLY"]
    if "OUTOFMEMORY" in said:
        return _REFUSALS["OOM"]
    return next((fault for word, fault in _REFUSALS.items() if word in said), _OTHER)
