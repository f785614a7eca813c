"""The proxy before the broker knows a message that a worker has popped."""

from __future__ import annotations

import pytest

from faults.proxy import Proxy, Trap
from vocabulary.work import Queue


@pytest.mark.parametrize("queue", Queue)
def test_a_message_of_any_queue_can_be_lost(queue: Queue) -> None:
    proxy = Proxy(0, 0)
    proxy.arm(Trap.LOSE)
    message = b'{"headers": {"task": "any"}}'.ljust(200)
    popped = f"*2\r\n${len(queue)}\r\n{queue}\r\n${len(message)}\r\n".encode() + message
    assert proxy._caught(popped) is Trap.LOSE
    assert proxy.trapped_queue == queue
    assert proxy.trapped.is_set()
    proxy._loop.close()
