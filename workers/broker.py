"""kombu's Redis transport, corrected where losing the broker would stop a worker for good or long.

Two faults are in kombu 5.7.0 and need a task to be running when the broker goes away, a third is
its way with a broker that refuses writes; the tests in tests/workers/test_broker_loss.py bring them
about. Every process that imports `workers.app` or
the relay uses this transport, by whichever form of REDIS_URL. The fourth is a default that no
setting reaches: how long workers and beat pause between two tries to connect.
"""

from __future__ import annotations

from typing import Any

import kombu
from celery.app import amqp
from kombu.transport import TRANSPORT_ALIASES, redis, virtual
from redis.exceptions import ResponseError

RETRY_SECONDS = {"interval_start": 0.2, "interval_step": 0.2, "interval_max": 1.0}


class QoS(redis.QoS):
    """A message that cannot be acknowledged no longer counts as in work.

    Otherwise it would keep its place among the few a worker may hold. With all places kept, the
    worker asks the broker for nothing more, and so never notices that the connection is gone. The
    ledger has settled the message's items already; its copy comes back and finds nothing to do.
    """

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message."""
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Reject a message."""
        try:
            super().reject(delivery_tag, requeue=requeue)
        finally:
            virtual.QoS.ack(self, delivery_tag)


class Channel(redis.Channel):
    """A channel that closes although the broker is gone.

    Closing first reads what the broker was asked for. When that fails, the channel would stay open,
    be closed again after its transport, and take the worker down with an AttributeError.
    """

    QoS = QoS

    def close(self) -> None:
        """Close the channel; raises a connection error if the broker could not be told."""
        try:
            super().close()
        except redis.Transport.connection_errors:
            if self.closed:
                raise
            super().close()


class Transport(redis.Transport):
    """The transport to use for Redis-protocol brokers."""

    Channel: Any = Channel
    # A broker that answers and refuses (read-only, out of memory, too few replicas) is one to wait
    # for: kombu counts it as a fault of the channel, and the worker would end.
    connection_errors = (*redis.Transport.connection_errors, ResponseError)


class Connection(kombu.Connection):
    """A connection that is tried again within a second of the broker's return.

    kombu pauses 2, 4, 6 ... 30 seconds: after a minute without a broker, work would rest for up to
    another half.
    """

    def ensure_connection(self, *args: Any, **kwargs: Any) -> Any:
        """Connect, trying again and again; see kombu."""
        return super().ensure_connection(*args, **{**RETRY_SECONDS, **kwargs})


class AMQP(amqp.AMQP):
    """What makes the app's connections."""

    Connection = Connection


def install() -> None:
    """Have kombu use this transport for every Redis address."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
