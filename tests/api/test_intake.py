"""Submitting over real HTTP: what is accepted, what is refused, and that refused is not stored."""

from __future__ import annotations

import json
import re
import socket
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from sqlalchemy import text

from store.db import Database
from tests.support.app import App
from tests.support.packaged import example

TIMEOUT = 30
JSON = {"Content-Type": "application/json"}
MEGABYTE = 1024 * 1024
REQUEST_ID = "7d444840-9dc0-11d1-b245-5ffdce74fad2"


@pytest.fixture
def api(shared_api: Callable[..., App]) -> App:
    return shared_api()


@pytest.fixture
def url(api: App) -> str:
    return f"{api.base_url}/api/v1/applications"


def _post(url: str, body: Any, **headers: str) -> requests.Response:
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return requests.post(url, data=data, headers={**JSON, **headers}, timeout=TIMEOUT)


def _stored(database: Database) -> dict[str, int]:
    tables = ("application", "event", "work_item", "idempotency")
    with database.transaction() as conn:
        return {
            table: conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            for table in tables
        }


def _changed(part: str, **values: Any) -> bytes:
    raw = example("m01_tenant")
    raw[part].update(values)
    return json.dumps(raw, ensure_ascii=False).encode()


def _lease(**values: Any) -> bytes:
    raw = example("m01_tenant")
    raw["facts"]["leases"][0].update(values)
    return json.dumps(raw, ensure_ascii=False).encode()


def _with_rent(literal: bytes) -> bytes:
    return _lease(rent="@@").replace(b'"@@"', literal)


def _bad_bodies() -> Iterator[tuple[bytes, int, str, str]]:
    """Body, status, pointer and code of the first fault."""
    good = json.dumps(example("m01_tenant")).encode()
    lease = "/facts/leases/0"
    yield b"", 400, "", "malformed_json"
    yield b"null", 422, "", "invalid_object"
    yield b"[]", 422, "", "invalid_object"
    yield b"{}", 422, "/provision", "required"
    yield good[:-1], 400, "", "malformed_json"
    yield b"\xff" + good, 400, "", "invalid_encoding"
    yield b"\xef\xbb\xbf" * 2 + good, 400, "", "invalid_encoding"  # one is passed over
    yield json.dumps(example("m01_tenant")).encode("utf-16"), 400, "", "invalid_encoding"
    yield (
        _changed("enterprise", name="测试甲").decode().encode("gb18030"),
        400,
        "",
        "invalid_encoding",
    )
    yield b"[" * 100_000, 400, "", "too_deep"
    yield b'{"facts":' * 100 + b"1" + b"}" * 100, 400, "/facts" * 17, "too_deep"
    yield good[:-1] + b',"facts":{}}', 400, "/facts", "duplicate_name"
    yield _changed("facts", unbekannt=1), 422, "/facts/unbekannt", "unknown_field"
    yield (
        _changed("enterprise", uscc="91350100M000100Y44"),
        422,
        "/enterprise/uscc",
        ("invalid_uscc_check"),
    )
    yield _changed("enterprise", name=["测试甲"]), 422, "/enterprise/name", "invalid_string"
    yield _changed("enterprise", name="a\x00b"), 400, "/enterprise/name", "nul_character"
    yield (
        _changed("enterprise", name="@@").replace(b"@@", rb"\ud800"),
        *(400, "/enterprise/name", "lone_surrogate"),
    )
    yield _changed("enterprise", employees="十"), 422, "/enterprise/employees", "invalid_integer"
    yield _changed("facts", leases={}), 422, "/facts/leases", "invalid_list"
    yield _changed("facts", staff_before=None), 422, "/facts/staff_before", "null_not_allowed"
    yield _lease(starts_on="2021-02-29"), 422, f"{lease}/starts_on", "invalid_date"
    yield _lease(rent="-0.01"), 422, f"{lease}/rent", "negative"
    yield _lease(rent="1.234"), 422, f"{lease}/rent", "too_many_decimals"
    yield _with_rent(b"1.234"), 422, f"{lease}/rent", "too_many_decimals"
    yield _with_rent(b"1e15"), 422, f"{lease}/rent", "too_large"
    yield _with_rent(b"1e999"), 400, f"{lease}/rent", "number_out_of_range"
    yield _with_rent(b"9" * 5000), 400, f"{lease}/rent", "number_out_of_range"
    yield _with_rent(b"NaN"), 400, f"{lease}/rent", "not_a_number"
    yield _with_rent(b"-Infinity"), 400, f"{lease}/rent", "not_a_number"
    yield _with_rent(b"true"), 422, f"{lease}/rent", "invalid_money"


def _assert_problem(answer: requests.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer.content.decode())
    assert problem["status"] == status
    for said in (problem["title"], problem["detail"]):
        assert re.search("[一-龥]", said), said
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    return problem


def test_malformed_applications_are_refused_in_chinese_and_not_stored(
    url: str, database: Database
) -> None:
    for body, status, pointer, code in _bad_bodies():
        problem = _assert_problem(_post(url, body), status)
        first = problem["errors"][0]
        assert (first["pointer"], first["code"]) == (pointer, code), (body[:80], problem)
        assert re.search("[一-龥]", first["message"])
    assert set(_stored(database).values()) == {0}


def test_only_json_is_taken(url: str, database: Database) -> None:
    good = json.dumps(example("m01_tenant")).encode()
    for headers in (
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=gb18030"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ):
        answer = requests.post(url, data=good, headers=headers, timeout=TIMEOUT)
        assert _assert_problem(answer, 415)["code"] == "unsupported_media_type"
    assert set(_stored(database).values()) == {0}


def test_large_bodies_are_refused_however_they_are_sent(url: str, database: Database) -> None:
    whole = b'{"a":"' + b"x" * (5 * MEGABYTE) + b'"}'

    def chunks() -> Iterator[bytes]:
        for start in range(0, len(whole), MEGABYTE):
            yield whole[start : start + MEGABYTE]

    for data in (whole, chunks()):
        answer = requests.post(url, data=data, headers=JSON, timeout=TIMEOUT)
        assert _assert_problem(answer, 413)["code"] == "body_too_large"
    # A chunked body of normal size is taken like any other.
    good = json.dumps(example("m01_tenant")).encode()
    answer = requests.post(url, data=iter([good[:100], good[100:]]), headers=JSON, timeout=TIMEOUT)
    assert answer.status_code == 202
    assert _stored(database)["application"] == 1


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 1000000\r\n",  # more than is sent
        "Content-Length: 5\r\n",  # less than is sent
        "Content-Length: abc\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 10\r\nContent-Length: 20\r\n",
        "Transfer-Encoding: chunked\r\n",  # what follows is not chunked
    ],
)
def test_a_lying_length_stores_nothing_and_leaves_the_server_alive(
    api: App, database: Database, head: str
) -> None:
    body = json.dumps(example("m01_tenant")).encode()
    request = (
        "POST /api/v1/applications HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\n{head}\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", api.port), timeout=TIMEOUT) as connection:
        connection.sendall(request + body)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(65536)
    assert not answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5")), answer[:200]
    assert requests.get(f"{api.base_url}/healthz", timeout=TIMEOUT).ok
    assert set(_stored(database).values()) == {0}


def test_an_application_is_accepted_and_its_status_is_private(
    api: App, url: str, database: Database
) -> None:
    accepted = _post(url, example("m01_tenant"), **{"X-Request-ID": REQUEST_ID})
    assert accepted.status_code == 202
    assert accepted.headers["Cache-Control"] == "no-store"
    assert accepted.headers["X-Request-ID"] == REQUEST_ID
    told = accepted.json()
    assert told["status_url"] == accepted.headers["Location"] == f"{url}/{told['receipt']}"
    assert re.fullmatch(r"WQ\d{6}-\d{7}-[0-9A-Z]", told["receipt"])
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}", told["access_code"])
    assert _stored(database) == {"application": 1, "event": 1, "work_item": 1, "idempotency": 0}

    def ask(address: str, **headers: str) -> requests.Response:
        return requests.get(address, headers=headers, timeout=TIMEOUT)

    right = {"Authorization": f"Bearer {told['access_code']}"}
    status = ask(told["status_url"], **right)
    assert status.status_code == 200
    assert status.headers["Cache-Control"] == "no-store"
    assert status.json()["state"] == "received"
    assert status.json()["timeline"][0]["type"] == "application.received"

    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}):
        refused = ask(told["status_url"], **headers)
        _assert_problem(refused, 401)
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    wrong = {"Authorization": "Bearer 00000-00000-00000-00000"}
    # The check character of another number: never a receipt of anybody.
    other = told["status_url"][:-1] + ("A" if told["receipt"][-1] != "A" else "B")
    answers = [ask(told["status_url"], **wrong), ask(other, **right), ask(f"{url}/x%00", **right)]
    problems = [_assert_problem(answer, 404) for answer in answers]
    for problem in problems:
        del problem["request_id"]
    assert problems[0] == problems[1] == problems[2]

    # What the logs say of all this holds ids and nothing of the applicant.
    log = (api.folder / "api.log").read_text()
    assert REQUEST_ID in log
    assert told["receipt"] in log
    # Ids are random and may hold any few digits; whole ones are taken out first.
    rest = re.sub(r"\b[0-9a-f]{32}\b", "", log)
    for secret in (told["access_code"], "91110102MA00A001XU", "13800000000", "示例名称", "30000"):
        assert secret not in rest


def test_an_insane_request_id_is_replaced(url: str) -> None:
    for given in (
        "x",
        "a" * 65,
        "a b c d e f g h",
        "<script>alert(1)</script>",
        "编号编号编号编号",
        # What a person is known by, alone or with something behind it.
        "91110102MA09000135X",
        "91110102MA0900013-5",
        "13900000042",
        "11010219900101004X",
    ):
        answer = requests.get(url, headers={"X-Request-ID": given.encode()}, timeout=TIMEOUT)
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_the_same_key_never_accepts_twice(url: str, database: Database) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = example("m01_tenant")
    first = _post(url, body, **key)
    assert first.status_code == 202
    # The same application, written differently, is the same body.
    body["enterprise"]["uscc"] = body["enterprise"]["uscc"].lower()
    again = _post(url, dict(reversed(list(body.items()))), **key)
    assert again.status_code == 202
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    quoted = {"Idempotency-Key": f'"{key["Idempotency-Key"]}"'}
    assert _post(url, body, **quoted).json() == first.json()

    body["enterprise"]["name"] = "测试乙"
    assert _assert_problem(_post(url, body, **key), 422)["code"] == "idempotency_conflict"
    assert _stored(database) == {"application": 1, "event": 1, "work_item": 1, "idempotency": 1}
    for bad in ("", "a b", "x" * 201, '""'):
        problem = _assert_problem(_post(url, body, **{"Idempotency-Key": bad}), 400)
        assert problem["code"] == "invalid_header"


def test_whoever_polls_is_sent_what_changed_and_no_more(url: str, database: Database) -> None:
    filed = _post(url, example("m01_tenant")).json()
    holder = {"Authorization": f"Bearer {filed['access_code']}"}
    first = requests.get(filed["status_url"], headers=holder, timeout=TIMEOUT)
    tag = first.headers["ETag"]
    assert tag.startswith(f'"{first.json()["version"]}-')
    again = requests.get(
        filed["status_url"], headers={**holder, "If-None-Match": tag}, timeout=TIMEOUT
    )
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    # What does not change the version changes the tag: something happened to it.
    with database.transaction() as conn:
        conn.execute(
            text(
                "INSERT INTO event (application_id, type, actor, at)"
                " SELECT id, 'application.withdrawn', 'test', app_now() FROM application"
            )
        )
    changed = requests.get(
        filed["status_url"], headers={**holder, "If-None-Match": tag}, timeout=TIMEOUT
    )
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    # An act that builds on what was read takes the tag as it is.
    for seen, status in (('"99-0f"', 412), (changed.headers["ETag"], 200)):
        gone = requests.post(
            f"{filed['status_url']}/withdrawal",
            json={},
            headers={**holder, "If-Match": seen},
            timeout=TIMEOUT,
        )
        assert gone.status_code == status, gone.text
