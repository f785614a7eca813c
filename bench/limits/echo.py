"""A server that does nothing: what the load generator reaches against it is its own ceiling.

    python -m bench.limits.echo PORT

It answers each arrival without reading it; that is safe only because the generator sends one
small request at a time per connection.
"""

from __future__ import annotations

import selectors
import socket
import sys

ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}"


def serve(port: int) -> None:
    """Answer on loopback until stopped."""
    with selectors.DefaultSelector() as selector, socket.create_server(("127.0.0.1", port)) as door:
        selector.register(door, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                sock = key.fileobj
                assert isinstance(sock, socket.socket)  # noqa: S101 - we registered nothing else
                if sock is door:
                    guest, _ = door.accept()
                    selector.register(guest, selectors.EVENT_READ)
                elif sock.recv(65536):
                    sock.sendall(ANSWER)
                else:
                    selector.unregister(sock)
                    sock.close()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
