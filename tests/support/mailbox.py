"""A real SMTP server on loopback whose answers a test decides."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.servers import free_port

Answer = Callable[[str], str | None]


class Mailbox:
    """Keeps what it accepts. `on_recipient` and `on_data` may answer otherwise (None: accept);
    while `holding` is set, nothing is answered to a message's data."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.on_recipient: Answer = lambda _: None
        self.on_data: Answer = lambda _: None
        self.holding = threading.Event()
        self._port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)

    def start(self) -> None:
        """Start listening on a free port."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening; twice does no harm."""
        self.holding.clear()
        if self._controller.server is not None:
            self._controller.stop()

    @property
    def url(self) -> str:
        """SMTP_URL."""
        return f"smtp://127.0.0.1:{self._port}"

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        refusal = self.on_recipient(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        while self.holding.is_set():
            await asyncio.sleep(0.02)
        refusal = self.on_data(envelope.rcpt_tos[0])
        if refusal is None:
            self.accepted.append(message_from_bytes(envelope.content, policy=default))
        return refusal or "250 OK"
