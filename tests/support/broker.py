"""A broker that a test may stop, wipe and start again."""

from __future__ import annotations

import secrets
import signal
import subprocess
from pathlib import Path

import redis

from deploy.local.embedded import ValkeyServer
from tests.support.servers import free_port
from tests.support.waiting import wait_for


class Broker:
    """A Valkey that can be stopped as by a power cut and started again on the same address."""

    def __init__(self, folder: Path) -> None:
        self.server = ValkeyServer(
            data=folder / "valkey", port=free_port(), password=secrets.token_hex(8)
        )
        self.url = self.server.url
        self._process: subprocess.Popen[bytes] | None = None
        self.server.prepare()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            self.server.program().command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(self.server.answers, "the broker answers")

    def kill(self) -> None:
        """Kill it without a word."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def wipe(self) -> None:
        """FLUSHALL."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()
