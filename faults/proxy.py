"""A TCP proxy before the broker: refuses, swallows, cuts, and loses messages at chosen moments."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Coroutine
from contextlib import suppress
from enum import Enum
from typing import Any

from vocabulary.work import Queue

CHUNK = 1 << 16
# A reply to BRPOP that carries a message: an array of the queue's name and the message.
_POPPED = re.compile(rb"\*2\r\n\$\d+\r\n(" + "|".join(Queue).encode() + rb")\r\n\$\d{3,}\r\n")


def _named(task: str) -> bytes:
    """How a message's headers name its task."""
    return f'"task": "{task}"'.encode()


_CANARY = _named("canary")


class Mode(Enum):
    """What happens to traffic."""

    OPEN = "open"
    REFUSE = "refuse"  # nobody listens, open connections are reset
    BLACKHOLE = "blackhole"  # connections are accepted and stay open; nothing is ever answered


class Trap(Enum):
    """What to do with the next message a worker takes."""

    LOSE = "lose"  # popped by the broker, never seen by the worker
    DELIVER = "deliver"  # seen by the worker, whose next words (its note of it) never arrive


class Proxy:
    """Listens on `port` of loopback and forwards to `target`, both on loopback.

    Runs in a thread of its own. `set_mode` changes the mode for open and new connections alike.
    """

    def __init__(self, port: int, target: int) -> None:
        self._port = port
        self._target = target
        self._mode = Mode.OPEN
        self._trap: Trap | None = None
        self._trap_task: str | None = None
        self.trapped = threading.Event()
        self.trapped_queue = ""
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Begin to forward."""
        self._thread.start()
        self._await(self._listen())

    def stop(self) -> None:
        """Close everything."""
        self._await(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def set_mode(self, mode: Mode) -> None:
        """Change what happens to traffic."""
        self._await(self._change(mode))

    def arm(self, trap: Trap | None, task: str | None = None) -> None:
        """Catch the next message that is popped (None: catch none): one of `task`, or any but a
        canary, which nobody would miss. `trapped` is set then, and `trapped_queue`."""
        self.trapped.clear()
        self.trapped_queue = ""
        self._trap_task = task
        self._trap = trap

    def cut(self) -> None:
        """Reset every open connection."""
        self._await(self._reset())

    def _await(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._reset()

    async def _change(self, mode: Mode) -> None:
        self._mode = mode
        if mode is Mode.REFUSE:
            await self._close()
        elif self._server is None:
            await self._listen()
        if mode is Mode.OPEN:
            # What was swallowed leaves a connection out of step for good.
            await self._reset()

    async def _reset(self) -> None:
        for writer in tuple(self._open):
            writer.transport.abort()
        self._open.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._mode is Mode.BLACKHOLE:
                await reader.read()
                return
            there_reader, there = await asyncio.open_connection("127.0.0.1", self._target)
            self._open.add(there)
            both = (
                asyncio.create_task(self._forward(reader, there, from_worker=True)),
                asyncio.create_task(self._forward(there_reader, writer, from_worker=False)),
            )
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            for task in both:
                task.cancel()
            self._open.discard(there)
            there.transport.abort()
        except OSError:
            pass
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_worker: bool
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                while self._mode is Mode.BLACKHOLE:
                    await asyncio.sleep(0.05)
                caught = None if from_worker else self._caught(data)
                if caught is Trap.LOSE:
                    return
                writer.write(data)
                await writer.drain()
                if caught is Trap.DELIVER:
                    # The worker has the message; whatever it says from now on is not heard.
                    await asyncio.sleep(1)
                    return

    def _caught(self, data: bytes) -> Trap | None:
        trap = self._trap
        if trap is None or (popped := _POPPED.match(data)) is None:
            return None
        if _CANARY in data or (self._trap_task and _named(self._trap_task) not in data):
            return None
        self._trap = None
        self.trapped_queue = popped[1].decode()
        self.trapped.set()
        return trap
