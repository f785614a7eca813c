"""kombu's Redis transport, corrected where the broker, or what lies in it, would stop a worker.

Two faults are in kombu 5.7.0 and need a task to be running when the broker goes away, a third is
its way with a broker that refuses writes; the tests in tests/workers/test_broker_loss.py bring them
about. Every process that imports `workers.app` or
the relay uses this transport, by whichever form of REDIS_URL. The fourth is a default that no
setting reaches: how long workers and beat pause between two tries to connect. The fifth is trust:
whoever can write to the broker could end every worker with one entry (:mod:`workers.envelope`).
"""

from __future__ import annotations

from typing import Any

import kombu
import structlog
from celery.app import amqp
from kombu.transport import TRANSPORT_ALIASES, redis, virtual
from redis.exceptions import ResponseError

from workers import envelope

log = structlog.get_logger(__name__)

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

    def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:
        """Put a message whose worker is gone back into its queue; one of a wrong form is dropped
        instead, or it would stop every worker that comes by."""
        try:
            super().restore_by_tag(tag, client, leftmost)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("broker.dropped", reason=type(error).__name__, queue=self.unacked_key)
            self._remove_from_indices(tag).execute()  # type: ignore[attr-defined]


class Channel(redis.Channel):
    """A channel that closes although the broker is gone, and that hands on messages of ours only.

    Closing first reads what the broker was asked for. When that fails, the channel would stay open,
    be closed again after its transport, and take the worker down with an AttributeError.
    """

    QoS = QoS

    def _create_client(self, asynchronous: bool = False) -> Any:
        client = super()._create_client(asynchronous)  # type: ignore[misc]
        client.set_response_callback("BRPOP", _ours)
        return client

    def _queue_bind(self, *_: Any) -> None:
        """Nothing: messages name their queue, and nobody asks the broker for its bindings."""

    def close(self) -> None:
        """Close the channel; raises a connection error if the broker could not be told."""
        try:
            super().close()
        except redis.Transport.connection_errors:
            if self.closed:
                raise
            super().close()


def _ours(reply: Any, **_: Any) -> tuple[Any, Any] | None:
    """What BRPOP gave, or None, as when nothing came, for what is no message of ours."""
    if not reply:
        return None
    queue, entry = reply
    reason = envelope.fault(entry)
    if reason is None:
        return queue, entry
    # Not a word of what it holds: who wrote it is unknown.
    log.warning("broker.dropped", reason=reason, queue=_name(queue), bytes=len(entry))
    return None


def _name(queue: bytes | str) -> str:
    return queue.decode(errors="replace") if isinstance(queue, bytes) else queue


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
