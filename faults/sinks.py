"""The outer world: a mail server and a bureau's system, real servers on loopback that misbehave."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes
from enum import Enum
from typing import Any

from tests.support.mailbox import Mailbox
from tests.support.receiver import Answer, Received, Receiver


class Mood(Enum):
    """How a sink treats what it is sent."""

    FINE = "fine"
    REFUSES = "refuses"  # says: not now
    HANGS = "hangs"  # takes it and says nothing until the client gives up
    FAILS_AFTER = "fails after accepting"  # keeps the message, then reports a failure


class _Box(Mailbox):
    """A mailbox that asks `take` about every Message-ID; None accepts it."""

    def __init__(self, take: Callable[[str], str | None]) -> None:
        super().__init__()
        self._take = take

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        while self.holding.is_set():
            await asyncio.sleep(0.02)
        return self._take(message_from_bytes(envelope.content)["Message-ID"]) or "250 OK"


class Mail:
    """The mail server. `kept` counts messages it has by their Message-ID, `tried` the attempts."""

    def __init__(self) -> None:
        self.kept: Counter[str] = Counter()
        self.tried = 0
        self._lock = threading.Lock()
        self._mood = Mood.FINE
        self._box = _Box(self._take)
        self._box.start()

    @property
    def url(self) -> str:
        """SMTP_URL."""
        return self._box.url

    def mood(self, mood: Mood) -> None:
        """Behave like this from now on."""
        self._mood = mood
        if mood is Mood.HANGS:
            self._box.holding.set()
        else:
            self._box.holding.clear()

    def stop(self) -> None:
        """Stop listening."""
        self._box.stop()

    def _take(self, message_id: str) -> str | None:
        with self._lock:
            self.tried += 1
            if self._mood is Mood.REFUSES:
                return "451 4.3.0 not now"
            self.kept[message_id] += 1
            return "451 4.3.0 lost its answer" if self._mood is Mood.FAILS_AFTER else None


class Webhook:
    """The bureau's system. `kept` counts what it has by webhook id, `tried` the attempts."""

    def __init__(self) -> None:
        self.kept: Counter[str] = Counter()
        self.tried = 0
        self._lock = threading.Lock()
        self._mood = Mood.FINE
        self._receiver = Receiver()
        self._receiver.answer = self._take
        self._receiver.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self._receiver.url}/events"

    def mood(self, mood: Mood) -> None:
        """Behave like this from now on; whoever is being kept waiting is let go."""
        self._mood = mood
        if mood is Mood.HANGS:
            self._receiver.release.clear()
        else:
            self._receiver.release.set()

    def stop(self) -> None:
        """Stop listening."""
        self._receiver.stop()

    def _take(self, request: Received) -> Answer:
        with self._lock:
            self._receiver.received.clear()
            self.tried += 1
            if self._mood is Mood.REFUSES:
                return Answer(503)
            if self._mood is Mood.HANGS:
                return Answer(how="hold")
            self.kept[request.headers["webhook-id"]] += 1
            return Answer(how="drop") if self._mood is Mood.FAILS_AFTER else Answer()
