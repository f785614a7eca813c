"""The load generator against real sockets."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bench.applications import Bodies, body
from bench.load import LoadError, Tally, _Pacer, parse, requests, run, summary
from bench.stream import lines

ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}"
REFUSED = b"HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


def test_an_answer_is_read_only_when_it_is_whole() -> None:
    for cut in range(len(ACCEPTED)):
        assert parse(ACCEPTED[:cut]) is None
    assert parse(ACCEPTED) == (202, False)
    assert parse(REFUSED) == (503, True)


def test_an_answer_of_unknown_length_is_an_error() -> None:
    with pytest.raises(LoadError, match="Content-Length"):
        parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


@contextmanager
def server(answer: Callable[[int], bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Serve each connection in a thread; `answer` gets the number of the request. Yields the port
    and the bodies received."""
    bodies: list[bytes] = []
    lock = threading.Lock()

    def talk(guest: socket.socket) -> None:
        with guest, guest.makefile("rb") as lines:
            while head := lines.readline():
                while (line := lines.readline()) != b"\r\n":
                    head += line
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                body = lines.read(length)
                with lock:
                    bodies.append(body)
                    said = answer(len(bodies))
                if not said:
                    return
                # In two pieces, as networks do.
                guest.sendall(said[:9])
                guest.sendall(said[9:])
                if b"close" in said:
                    return

    def listen(door: socket.socket) -> None:
        while True:
            try:
                guest, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(guest,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=listen, args=(door,), daemon=True).start()
        yield door.getsockname()[1], bodies
        door.shutdown(socket.SHUT_RDWR)


def loaded(
    answer: Callable[[int], bytes], first: int, connections: int
) -> tuple[Tally, list[bytes]]:
    """Load until more than ten requests were sent, however slow the machine is: what came of it,
    and what the server received."""
    for seconds in (0.3, 3.0, 30.0):
        with server(answer) as (port, bodies):
            tally = run(port, requests(first), connections=connections, warmup=0.0, seconds=seconds)
        if len(bodies) > 10:
            break
    assert tally.answered == len(bodies) > 10
    return tally, bodies


def test_every_request_is_a_whole_application_of_another_enterprise() -> None:
    _, bodies = loaded(lambda _: ACCEPTED, first=70, connections=3)
    names = [json.loads(body)["enterprise"]["name"] for body in bodies]
    assert sorted(names) == [f"测试餐饮第{70 + n:07d}号" for n in range(len(bodies))]


def test_refusals_are_counted_and_their_connections_replaced() -> None:
    tally, _ = loaded(lambda number: ACCEPTED if number % 5 else REFUSED, first=0, connections=2)
    assert set(tally.statuses) == {202, 503}


def test_a_connection_closed_without_an_answer_is_an_error() -> None:
    silent = server(lambda number: ACCEPTED if number < 4 else b"")
    with silent as (port, _), pytest.raises(LoadError, match="instead of answering"):
        run(port, requests(0), connections=1, warmup=0.0, seconds=5.0)


def test_at_a_given_rate_the_schedule_is_the_same_every_time() -> None:
    gaps = []
    for pacer in (_Pacer(60), _Pacer(60)):
        due = [pacer.take() for _ in range(2001)]
        assert due == sorted(due)
        gaps.append([later - earlier for earlier, later in itertools.pairwise(due)])
    assert gaps[0] == pytest.approx(gaps[1], abs=1e-6)
    assert 1 / (sum(gaps[0]) / 2000) == pytest.approx(60, rel=0.05)
    assert max(gaps[0]) > 3 / 60, "at random moments, not evenly"


def test_at_a_given_rate_no_more_is_sent_than_is_due() -> None:
    with server(lambda _: ACCEPTED) as (port, bodies):
        run(port, requests(0), connections=8, warmup=0.0, seconds=0.5, rate=60)
    pacer = _Pacer(60)
    first = pacer.take()
    due = next(number for number in itertools.count(1) if pacer.take() >= first + 0.5)
    assert 1 <= len(bodies) <= due


def test_only_answers_inside_the_window_count() -> None:
    tally = Tally(begins_at=10.0, ends_at=12.0)
    for status, now in ((202, 9.9), (202, 10.0), (503, 11.0), (202, 12.0)):
        tally.add(status, due_at=now - 0.25, now=now)
    found = summary(tally, seconds=2.0, cpu_seconds=0.1)
    assert (found["answered"], found["counted"], found["good"]) == (4, 2, 1)
    assert found["per_second"] == 0.5
    assert found["p99_ms"] == 250


def test_a_batch_is_one_whole_application_per_line() -> None:
    whole = b"".join(lines(first_serial=5, count=130))
    documents = [json.loads(line) for line in whole.splitlines()]
    assert documents == [body(serial) for serial in range(5, 135)]
    assert len(whole) == 130 * (Bodies().length + 1)
