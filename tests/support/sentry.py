"""A Sentry that keeps what it receives: a real HTTP server on loopback."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Sentry:
    """`dsn` to report to; `raw` envelopes received, decompressed; `events` inside them."""

    dsn: str
    raw: list[bytes] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The error events of all envelopes, in order of arrival."""
        return [
            json.loads(payload)
            for envelope in self.raw
            for header, payload in _items(envelope)
            if header["type"] == "event"
        ]


@contextmanager
def sentry_server() -> Iterator[Sentry]:
    """Run the server for the length of a `with` block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            sentry.raw.append(body)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sentry = Sentry(f"http://key@127.0.0.1:{server.server_port}/1")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield sentry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _items(envelope: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
    _, _, rest = envelope.partition(b"\n")
    while rest:
        line, _, rest = rest.partition(b"\n")
        if not line:
            continue
        header = json.loads(line)
        length = header.get("length", rest.find(b"\n"))
        yield header, rest[:length]
        rest = rest[length:].removeprefix(b"\n")
