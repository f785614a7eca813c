"""Nobody files, screens or guesses without end; who may is not slowed, and Redis may be away."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import fields, replace
from ipaddress import ip_network
from typing import Any, Final

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import limits
from api.app import create_app
from api.limits import Limiter, TooOften
from api.services import services
from config.limits import Limits
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant_body, uscc
from tests.support.effort import counted
from tests.support.filing import STATED
from tests.support.ledgers import scalar
from tests.support.servers import free_port

FORMS: Final = "/api/v1/applications"
NUMBERS: Final = [each.name for each in fields(Limits) if each.name != "proxies"]
NONE: Final = replace(Limits(), **dict.fromkeys(NUMBERS, 0))  # type: ignore[arg-type]
PLENTY: Final = 5
Start = Callable[..., FlaskClient]


@pytest.fixture
def start(settings: Settings, database: Database) -> Iterator[Start]:
    """The API under some limits; it may be started again, as a second process."""
    assert database
    with ExitStack() as started:

        def begin(redis_url: str | None = None, **limits: Any) -> FlaskClient:
            app = create_app(
                replace(
                    settings,
                    limits=replace(NONE, **limits),
                    redis_url=redis_url or settings.redis_url,
                )
            )
            started.callback(_close, app)
            return app.test_client()

        yield begin


def _close(app: Flask) -> None:
    with app.app_context():
        services().db.close()


def _file(
    client: FlaskClient,
    body: dict[str, Any] | None = None,
    address: str = "192.0.2.1",
    **headers: str,
) -> TestResponse:
    return client.post(
        FORMS,
        json=body or tenant_body(),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        environ_overrides={"REMOTE_ADDR": address},
    )


def _refusal(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 429, answer.data
    assert answer.content_type == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    problem: dict[str, Any] = json.loads(answer.data)
    assert problem["code"] == "too_many_requests"
    assert "频繁" in problem["detail"]
    return problem


@pytest.mark.parametrize("limit", ["address_minute", "address_day"])
def test_one_address_files_so_many_and_no_more(
    start: Start, database: Database, limit: str
) -> None:
    """Sixty in a second were all accepted; what is refused is not stored, and counts for all."""
    processes = [start(**{limit: PLENTY}), start(**{limit: PLENTY})]
    answers = [_file(processes[number % 2]) for number in range(20)]
    assert [answer.status_code for answer in answers] == [202] * PLENTY + [429] * 15
    _refusal(answers[-1])
    assert scalar(database, "SELECT count(*) FROM application") == PLENTY
    assert _file(processes[0], address="192.0.2.2").status_code == 202


def test_what_a_form_names_is_counted_wherever_it_comes_from(start: Start) -> None:
    """A victim's credit code, telephone or mail address, however each is written."""
    phones = ["13900000000", "+86 13900000000", "0086-13900000000转8", "１３９００００００００转12"]
    mails = ["Amt@Example.org", "amt@example.org", "amt+1@example.org"]
    named: dict[str, Callable[[int], dict[str, Any]]] = {
        "enterprise_day": lambda _: tenant_body(uscc=uscc(4242)),
        "phone_day": lambda n: _with_contact(phone=phones[n % 4]),
        "mail_day": lambda n: _with_contact(email=mails[n % 3]),
    }
    for limit, body in named.items():
        client = start(**{limit: 3})
        tried = [_file(client, body(n), address=f"192.0.2.{n}") for n in range(6)]
        assert [answer.status_code for answer in tried] == [202] * 3 + [429] * 3, limit
        assert int(tried[-1].headers["Retry-After"]) > 3600
        other = tenant_body(email="other@example.org")
        other["enterprise"]["contact"]["phone"] = "13700000000"
        assert _file(client, other).status_code == 202


def _with_contact(**contact: str) -> dict[str, Any]:
    body = tenant_body()
    body["enterprise"]["contact"] |= contact
    return body


def test_a_sending_system_is_held_to_its_own_limit_only(
    start: Start, database: Database, settings: Settings
) -> None:
    narrow = dict.fromkeys(["address_minute", "address_day", "enterprise_day", "phone_day"], 1)
    client = start(**narrow, client_minute=12)
    known = filing.credentials(database, settings)
    body = tenant_body() | STATED
    answers = [_file(client, body, **known) for _ in range(20)]
    assert [answer.status_code for answer in answers] == [202] * 12 + [429] * 8
    _refusal(answers[-1])
    second = filing.credentials(database, settings, label="另一测试渠道")
    assert _file(client, body, **second).status_code == 202
    batch = client.post(
        f"{FORMS}/batch",
        data=json.dumps(body) + "\n",
        content_type="application/x-ndjson",
        headers=known,
    )
    _refusal(batch)


def test_screenings_are_limited(start: Start) -> None:
    client = start(screenings_minute=2)
    body = {"enterprise": tenant_body()["enterprise"]}
    answers = [client.post("/api/v1/screenings", json=body) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    _refusal(answers[-1])


@pytest.mark.parametrize("path", ["access-code/request", "access-code"])
def test_asking_for_codes_and_trying_them_is_limited(start: Start, path: str) -> None:
    client = start(codes_minute=2)
    url = f"{FORMS}/WQ261128-0000001-E/{path}"
    answers = [client.post(url, json={"code": "ABCD-EFGH"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [
        *([202] * 2 if path.endswith("request") else [422] * 2),
        429,
    ]
    _refusal(answers[-1])


@pytest.mark.parametrize("path", [f"{FORMS}/WQ261128-0000001-E", "/api/v1/cases"])
def test_wrong_codes_and_tokens_close_the_door_for_a_while(start: Start, path: str) -> None:
    """Ten thousand wrong codes used to cause nothing at all. The right ones cost no look."""
    client = start(failures_minute=PLENTY)
    told = _file(client).get_json()
    right = {"Authorization": f"Bearer {told['access_code']}"}
    wrong = {"Authorization": "Bearer 00000-00000-00000-00000"}

    def read(headers: dict[str, str], where: str, address: str = "192.0.2.1") -> int:
        found = client.get(where, headers=headers, environ_overrides={"REMOTE_ADDR": address})
        if found.status_code == 429:
            _refusal(found)
        return found.status_code

    own = f"{FORMS}/{told['receipt']}"
    assert [read(right, own) for _ in range(PLENTY + 3)] == [200] * (PLENTY + 3)
    tried = [read(wrong, path) for _ in range(PLENTY + 3)]
    assert set(tried[: PLENTY + 1]) <= {401, 404}
    assert set(tried[PLENTY + 1 :]) == {429}
    assert read(right, own) == 429
    assert read(right, own, "192.0.2.2") == 200


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),  # anybody can write that
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "nonsense", ""),
        ("2001:db8:1:2:3:4:5:6", "", "2001:0db8:0001:0002"),
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
    ],
)
def test_only_our_proxies_are_believed(
    settings: Settings, peer: str, forwarded: str, seen: str
) -> None:
    limits = replace(NONE, proxies=(ip_network("10.0.0.0/8"),))
    limiter = Limiter(replace(settings, limits=limits))
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    with Flask("x").test_request_context(headers=headers, environ_overrides={"REMOTE_ADDR": peer}):
        assert limiter.address() == seen


def test_without_redis_intake_goes_on_and_the_process_counts_by_itself(start: Start) -> None:
    client = start(f"redis://127.0.0.1:{free_port()}/0", address_minute=PLENTY)
    answers = [_file(client).status_code for _ in range(PLENTY + 2)]
    assert answers == [202] * PLENTY + [429] * 2


def test_a_redis_that_hangs_is_not_asked_again_for_a_while(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits._REDIS_SECONDS <= 0.25
    monkeypatch.setattr(limits, "_AWAY_SECONDS", 3600)
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        port = silent.getsockname()[1]
        client = start(f"redis://127.0.0.1:{port}/0", address_minute=PLENTY, address_day=PLENTY)
        assert _file(client).status_code == 202
        first = _waiting_at(silent)
        assert 0 < first <= 4, "it is tried again at once, and then no more"
        answers = [_file(client).status_code for _ in range(PLENTY)]
        assert answers == [202] * (PLENTY - 1) + [429]
        assert _waiting_at(silent) == 0


def _waiting_at(server: socket.socket) -> int:
    """How many have connected since the last look."""
    server.setblocking(False)
    with ExitStack() as accepted:
        for count in range(1000):
            try:
                accepted.enter_context(server.accept()[0])
            except BlockingIOError:
                return count
    raise AssertionError


def test_without_redis_a_crowd_does_not_fill_the_process(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.limits._MOST_COUNTED", 90)
    away = replace(settings, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    limiter = Limiter(replace(away, limits=replace(NONE, enterprise_day=1, phone_day=1)))
    for number in range(200):
        limiter.filing({"uscc": uscc(number), "contact": {"phone": f"139{number:08}"}})
    assert len(limiter._memory.storage) <= 91
    with pytest.raises(TooOften):
        limiter.filing({"uscc": uscc(199)})


def test_redis_holds_nothing_of_anybody(start: Start, settings: Settings) -> None:
    client = start(**dict.fromkeys(NUMBERS, PLENTY))
    body = _with_contact(phone="13912345678", email="amt@example.org")
    body["enterprise"]["uscc"] = uscc(777)
    assert _file(client, body, address="198.51.100.23").status_code == 202
    with redis.Redis.from_url(settings.redis_url) as store:
        names = [key.decode() for key in store.keys("*limits*")]
    assert len(names) == 5
    for part in ("13912345678", "amt", uscc(777), "198.51.100.23"):
        assert not any(part in name for name in names)


def test_a_limit_costs_a_sending_system_next_to_nothing(settings: Settings) -> None:
    """It is drawn from Redis in parts."""
    limiter = Limiter(replace(settings, limits=replace(NONE, client_minute=1_000_000)))
    limiter.client(1)

    def send() -> None:
        for _ in range(5000):
            limiter.client(1)

    _, calls = counted(send)
    assert calls / 5000 < 10
    with pytest.raises(TooOften):
        limiter.client(1, 2_000_000)
