"""The batch over real HTTP: every line its answer, streamed, resumable, honest when things fail."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import psutil
import pytest
import requests
from sqlalchemy import text

from casework.intake.ndjson import split
from store.db import Database
from tests.support.app import App
from tests.support.applications import tenant_body
from tests.support.filing import STATED
from tests.support.ledgers import blocked, column, scalar
from tests.support.packaged import example
from tests.support.waiting import wait_for

TIMEOUT = 60
NDJSON = {"Content-Type": "application/x-ndjson"}
COUNT = "SELECT count(*) FROM application"
GROUP = 256


@pytest.fixture
def api(shared_api: Callable[..., App]) -> App:
    return shared_api()


def _line(body: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({**STATED, **body, **more}, ensure_ascii=False).encode() + b"\n"


def _send(api: App, data: bytes | Iterable[bytes], **headers: str) -> requests.Response:
    url = f"{api.base_url}/api/v1/applications/batch"
    return requests.post(
        url, data=data, headers={**NDJSON, **api.known, **headers}, timeout=TIMEOUT
    )


def _told(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert answer.headers["Cache-Control"] == "no-store"
    lines = [json.loads(line) for line in answer.content.splitlines()]
    assert lines[-1]["end"] is True
    return lines


def test_each_line_is_answered_and_a_bad_one_stops_nothing(api: App, database: Database) -> None:
    big = _line(tenant_body(), unbekannt="x" * 300_000)
    data = [
        _line(tenant_body()),
        b"{not json}\n",
        b"\n",
        b"   \r\n",
        _line({**example("m01_tenant"), "provision": "m99"}),
        big,
        b'{"a":1,"a":2}\n',
        b"\xff\xfe\n",
        b"[" * 5000 + b"\n",
        _line(tenant_body(), idempotency_key="with space"),
        _line(tenant_body(rent="-1")),
        b"null\n",
        _line(tenant_body()).replace(b"\n", b"\r\n"),
        _line(tenant_body())[:-1],  # the last one needs no line end
    ]
    lines = _told(_send(api, b"".join(data)))
    assert [(line["line"], line["status"], line.get("code")) for line in lines[:-1]] == [
        (1, 202, None),
        (2, 400, "malformed_json"),
        (5, 422, "invalid_application"),
        (6, 413, "body_too_large"),
        (7, 400, "forbidden_content"),
        (8, 400, "invalid_encoding"),
        (9, 400, "too_deep"),
        (10, 422, "invalid_application"),
        (11, 422, "invalid_application"),
        (12, 422, "invalid_application"),
        (13, 202, None),
        (14, 202, None),
    ]
    assert lines[-1] == {"end": True, "accepted": 3, "refused": 9, "repeat": 0}
    by_line = {line["line"]: line for line in lines[:-1]}
    assert by_line[2]["detail"] == "第 2 行第 2 列起不是合法的 JSON。", "as lines of the batch"
    assert all(line["detail"] for line in lines[:-1] if line["status"] != 202)
    assert by_line[5]["errors"][0]["pointer"] == "/provision"
    assert by_line[10]["errors"][0]["pointer"] == "/idempotency_key"
    assert by_line[11]["errors"][0] == {
        "pointer": "/facts/leases/0/rent",
        "code": "negative",
        "message": "不能是负数。",
    }
    receipts = {line["receipt"] for line in lines if line.get("receipt")}
    assert receipts == set(column(database, "SELECT receipt FROM application"))
    assert column(database, "SELECT DISTINCT source FROM application") == ["batch"]
    assert scalar(database, "SELECT count(*) FROM work_item WHERE stage = 'assess'") == 3
    # What a line was told opens its status.
    first = by_line[1]
    bearer = {"Authorization": f"Bearer {first['access_code']}"}
    assert requests.get(first["status_url"], headers=bearer, timeout=TIMEOUT).status_code == 200


def test_it_can_be_sent_again_after_a_break(api: App, database: Database) -> None:
    bodies = [(tenant_body(), f"row-{number}") for number in range(600)]
    data = [_line(body, idempotency_key=key) for body, key in bodies]
    # The client goes away somewhere in the middle of the 400th line.
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=TIMEOUT)
    connection.putrequest("POST", "/api/v1/applications/batch")
    connection.putheader("Content-Type", NDJSON["Content-Type"])
    connection.putheader("Authorization", api.known["Authorization"])
    connection.putheader("Content-Length", str(sum(map(len, data))))
    connection.endheaders()
    connection.send(b"".join(data[:400])[:-700])
    wait_for(lambda: scalar(database, COUNT) >= GROUP, "the first group is stored")
    connection.close()

    lines = _told(_send(api, b"".join(data)))
    assert [line["status"] for line in lines[:-1]] == [202] * 600
    assert sum("replayed" in line for line in lines) >= GROUP
    again = _told(_send(api, b"".join(data)))
    assert [line["receipt"] for line in again[:-1]] == [line["receipt"] for line in lines[:-1]]
    assert [line["access_code"] for line in again[:-1]] == [
        line["access_code"] for line in lines[:-1]
    ]
    assert scalar(database, COUNT) == 600

    # One key twice in a batch: the same application, or a conflict.
    body, other = tenant_body(), tenant_body()
    data = [_line(one, idempotency_key="twice") for one in (body, body, other)]
    lines = _told(_send(api, b"".join(data)))
    assert [line["status"] for line in lines[:-1]] == [202, 202, 422]
    assert lines[0]["receipt"] == lines[1]["receipt"]
    assert lines[2]["code"] == "idempotency_conflict"
    assert "不同" in lines[2]["detail"], "in words, too"
    # And the key is the same key as a single application's.
    headers = {"Idempotency-Key": "twice", **api.known}
    single = requests.post(
        f"{api.base_url}/api/v1/applications",
        json=body | STATED,
        headers=headers,
        timeout=TIMEOUT,
    )
    assert single.json()["receipt"] == lines[0]["receipt"]


def test_results_come_while_the_rest_is_still_being_sent(api: App, database: Database) -> None:
    """Both ways at once: results arrive while the client still holds back the end."""
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=TIMEOUT)
    connection.putrequest("POST", "/api/v1/applications/batch")
    connection.putheader("Content-Type", NDJSON["Content-Type"])
    connection.putheader("Authorization", api.known["Authorization"])
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()

    def send(data: bytes) -> None:
        connection.send(b"%x\r\n%b\r\n" % (len(data), data))

    for _ in range(3 * GROUP):
        send(_line(tenant_body()))
    answer = connection.getresponse()
    first = json.loads(answer.readline())
    assert (first["line"], first["status"]) == (1, 202)
    assert scalar(database, COUNT) >= GROUP, "what was answered is committed"
    send(_line(tenant_body()))
    connection.send(b"0\r\n\r\n")
    rest = [json.loads(line) for line in answer.read().splitlines()]
    assert rest[-1] == {"end": True, "accepted": 3 * GROUP + 1, "refused": 0, "repeat": 0}


def test_when_the_database_goes_away_the_rest_is_told_to_come_again(
    api: App, database: Database
) -> None:
    with database.transaction() as conn:
        conn.execute(text("LOCK TABLE application IN EXCLUSIVE MODE"))
        answers: list[requests.Response] = []
        data = b"".join(
            _line(tenant_body(), idempotency_key=f"row-{number}") for number in range(700)
        )
        sender = threading.Thread(target=lambda: answers.append(_send(api, data)))
        sender.start()
        [pid] = wait_for(lambda: blocked(database), "the first group waits")
        scalar(database, "SELECT pg_terminate_backend(%(pid)s)", pid=pid)
        sender.join()
    lines = _told(answers[0])
    assert [line["line"] for line in lines[:-1]] == list(range(1, 701))
    assert {line["status"] for line in lines[:-1]} == {503}
    assert {line["code"] for line in lines[:-1]} == {"database_unavailable"}
    assert lines[-1] == {"end": True, "accepted": 0, "refused": 0, "repeat": 700}
    assert scalar(database, COUNT) == 0
    # The same batch again, now that the database answers.
    assert _told(_send(api, data))[-1]["accepted"] == 700
    assert scalar(database, COUNT) == 700


def test_its_memory_does_not_grow_with_the_batch(api: App) -> None:
    """Refused lines cost the least and are the most that fit a short test: 60 MB of them."""
    worker = psutil.Process(api.pid("api"))
    processes = [worker, *worker.children(recursive=True)]
    line = b'{"provision":"' + b"x" * 1000 + b'"}\n'

    def resident() -> int:
        return sum(process.memory_info().rss for process in processes)

    def answered(count: int) -> int:
        def chunks() -> Iterator[bytes]:
            for _ in range(count // 100):
                yield line * 100

        url = f"{api.base_url}/api/v1/applications/batch"
        total = 0
        # The client reads in another thread than it sends, as the documentation asks.
        connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=TIMEOUT)
        connection.putrequest("POST", url)
        connection.putheader("Content-Type", NDJSON["Content-Type"])
        connection.putheader("Authorization", api.known["Authorization"])
        connection.putheader("Content-Length", str(len(line) * count))
        connection.endheaders()
        sender = threading.Thread(target=lambda: connection.send(chunks()))
        sender.start()
        with connection.getresponse() as answer:
            while answer.readline():
                total += 1
        sender.join()
        return total

    assert answered(2000) == 2001
    before = resident()
    assert answered(60_000) == 60_001
    assert resident() - before < 24 * 1024 * 1024


def test_only_ndjson_is_taken_and_only_so_many_at_once(
    launch_app: Callable[..., App], database: Database
) -> None:
    api = launch_app("api", env={"API_WORKERS": "1"})  # each process counts its own
    for headers in (
        {"Content-Type": "application/json"},
        {"Content-Type": "application/x-ndjson; charset=gb18030"},
        {"Content-Encoding": "gzip"},
    ):
        refused = _send(api, _line(tenant_body()), **headers)
        assert refused.status_code == 415
        assert refused.json()["code"] == "unsupported_media_type"
    assert _told(_send(api, b"")) == [{"end": True, "accepted": 0, "refused": 0, "repeat": 0}]
    held = []
    with database.transaction() as conn:
        conn.execute(text("LOCK TABLE application IN EXCLUSIVE MODE"))
        for number in (1, 2):
            held.append(threading.Thread(target=_send, args=(api, _line(tenant_body()))))
            held[-1].start()
            wait_for(
                partial(lambda wanted: len(blocked(database)) == wanted, number), "a batch waits"
            )
        third = _send(api, _line(tenant_body()))
        assert third.status_code == 503
        assert third.headers["Retry-After"]
        assert third.json()["code"] == "overloaded"
    for sender in held:
        sender.join()
    assert _told(_send(api, _line(tenant_body())))[-1]["accepted"] == 1
    assert scalar(database, COUNT) == 3


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_lines_are_split_alike_however_they_arrive(size: int) -> None:
    whole = b"first\n\nxxxxxxxxxxxx\nsecond\r\nxxxxxxxxxxxxxxx"
    parts = iter([whole[at : at + size] for at in range(0, len(whole), size)])
    lines = list(split(lambda _: next(parts, b""), 10))
    assert lines == [b"first", b"", None, b"second\r", None]
