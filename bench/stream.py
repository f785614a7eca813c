"""The batch client: a process of its own that streams NDJSON and reads the answer meanwhile.

    python -m bench.stream --port 8000 --lines 20000 --most 5000 --connections 2

Every line is another application. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.applications import Bodies, trusted
from bench.load import HOST, LoadError

PATH = "/api/v1/applications/batch"
SEND_LINES = 64
SILENCE_SECONDS = 60


def lines(first_serial: int, count: int) -> Iterator[bytes]:
    """The batch, some lines at a time."""
    bodies = Bodies()
    for start in range(first_serial, first_serial + count, SEND_LINES):
        stop = min(start + SEND_LINES, first_serial + count)
        yield b"".join(bodies(serial) + b"\n" for serial in range(start, stop))


def send(port: int, first_serial: int, count: int) -> int:
    """Stream one batch. Returns how many lines were accepted. Raises LoadError otherwise."""
    connection = http.client.HTTPConnection(HOST, port, timeout=SILENCE_SECONDS)
    connection.putrequest("POST", PATH)
    connection.putheader("Content-Type", "application/x-ndjson")
    for name, value in trusted().items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str((Bodies().length + 1) * count))
    connection.endheaders()
    with ThreadPoolExecutor(1) as sender:
        # Answers come while lines are still being sent; who does not read them stops the server.
        sent = sender.submit(_write, connection, first_serial, count)
        answer = connection.getresponse()
        last = b""
        while said := answer.read(256 * 1024):
            last = (last + said)[-1024:]
        sent.result()
    connection.close()
    if answer.status != 200:
        raise LoadError(f"the batch was answered {answer.status}")
    ending = json.loads(last.rstrip(b"\n").rpartition(b"\n")[2])
    if not ending.get("end") or ending.get("accepted") != count:
        raise LoadError(f"not every line was accepted: {ending}")
    return int(ending["accepted"])


def _write(connection: http.client.HTTPConnection, first_serial: int, count: int) -> None:
    for part in lines(first_serial, count):
        connection.send(part)


def send_all(port: int, first_serial: int, count: int, *, most: int, connections: int) -> int:
    """Send `count` lines in batches of `most`, so many at once. Returns how many were accepted.

    Every batch has a connection of its own, as a client's next run has: where several processes
    share the door, none of them gets all the work by chance for long.
    """
    batches = [
        (start, min(most, first_serial + count - start))
        for start in range(first_serial, first_serial + count, most)
    ]
    with ThreadPoolExecutor(connections) as senders:
        return sum(senders.map(lambda batch: send(port, *batch), batches))


def main() -> None:
    """Parse the command line, run, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--most", type=int, default=5_000, help="lines in one batch")
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--first-serial", type=int, default=0)
    chosen = parser.parse_args()
    begun = time.monotonic()
    accepted = send_all(
        chosen.port,
        chosen.first_serial,
        chosen.lines,
        most=chosen.most,
        connections=chosen.connections,
    )
    seconds = time.monotonic() - begun
    print(json.dumps({"accepted": accepted, "per_second": accepted / seconds}))


if __name__ == "__main__":
    main()
