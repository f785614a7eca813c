"""DingTalk, WeCom and an SMS gateway: 200 says nothing, their own code does; limits are kept."""

from __future__ import annotations

import base64
import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from casework.delivery.channels import gate, robots
from casework.delivery.channels.base import Target, clip
from casework.views import status
from casework.work import dispatch
from config.settings import Settings
from store.db import Database
from tests.support.ledgers import column, scalar
from tests.support.notifying import assessed, send
from tests.support.receiver import Answer, Receiver

Travel = Callable[[int], None]
Reached = Callable[..., Settings]
OK = b'{"errcode": 0, "errmsg": "ok"}'
DINGTALK_SECRET = "SEC0000-test"
ROBOT_KEY = "robot-key-0000"
"""Nothing that a row may hold by chance, as "T1" is in the hour of a time."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.answer = lambda _: Answer(body=OK)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def reached(settings: Settings, receiver: Receiver, tmp_path: Path) -> Reached:
    """Settings under which 区国资委 is reached over these channels, in this order."""

    def over(*channels: str, gateway: str = "") -> Settings:
        entries = {
            "dingtalk": f'address = "{receiver.url}/robot?access_token={ROBOT_KEY}",'
            f' secret = "{DINGTALK_SECRET}"',
            "wecom": f'address = "{receiver.url}/cgi-bin/webhook/send?key=K1"',
            "sms": 'address = "13800000000"',
        }
        listed = ", ".join(f'{{ channel = "{name}", {entries[name]} }}' for name in channels)
        addresses = tmp_path / "addresses.toml"
        addresses.write_text(f"[sasac]\nchannels = [{listed}]\n", encoding="utf-8")
        described = tmp_path / "gateway.toml"
        described.write_text(f'url = "{receiver.url}/sms"\n{gateway}', encoding="utf-8")
        return replace(
            settings,
            bureau_addresses=addresses,
            sms_gateway=described,
            enterprise_channels=("email",),  # these are about the bureau: no mail server is there
            http_timeout=2,
        )

    return over


def states(database: Database) -> list[tuple[str, str]]:
    with database.statement() as conn:
        rows = conn.exec_driver_sql(
            "SELECT channel, state FROM delivery"
            " WHERE recipient = 'sasac' AND channel <> 'inbox' ORDER BY id"
        )
        return [(row[0], row[1]) for row in rows]


def test_dingtalk_is_signed_with_its_secret_and_told_in_plain_text(
    database: Database, reached: Reached, receiver: Receiver
) -> None:
    accepted = assessed(database, reached("dingtalk"))
    assert send(database, reached("dingtalk")).done == 1
    (request,) = receiver.received
    query = parse_qs(urlsplit(request.path).query)
    assert query["access_token"] == [ROBOT_KEY]
    (timestamp,) = query["timestamp"]
    signed = hmac.digest(
        DINGTALK_SECRET.encode(), f"{timestamp}\n{DINGTALK_SECRET}".encode(), "sha256"
    )
    assert query["sign"] == [base64.b64encode(signed).decode()]
    assert request.json["msgtype"] == "text"
    content = request.json["text"]["content"]
    assert accepted.receipt in content
    assert "待认定" in content
    assert states(database) == [("dingtalk", "sent")]


def test_a_robots_address_is_its_key_and_is_stored_nowhere(
    database: Database, reached: Reached
) -> None:
    settings = reached("dingtalk", "wecom")
    assessed(database, settings)
    send(database, settings)
    with database.statement() as conn:
        for table in ("delivery", "channel_target", "event", "work_item"):
            rows = conn.exec_driver_sql(f"SELECT to_jsonb(t)::text FROM {table} AS t")  # noqa: S608 -- fixed names
            assert not any(ROBOT_KEY in row[0] or "127.0.0.1" in row[0] for row in rows)


@pytest.mark.parametrize("channel", ["dingtalk", "wecom"])
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"errcode": -1, "errmsg": "system busy"}', "errcode -1"),
        (b'{"errcode": 987654, "errmsg": "in no list"}', "errcode 987654"),
        (b'{"errmsg": "ok"}', "the answer has no errcode"),
        (b"<html>login</html>", "the answer has no errcode"),
        (b'{"errcode": "0"}', "the answer has no errcode"),
        (b"[0]", "the answer has no errcode"),
    ],
)
def test_200_is_no_success_until_the_errcode_says_so(
    database: Database,
    reached: Reached,
    receiver: Receiver,
    travel: Travel,
    channel: str,
    body: bytes,
    reason: str,
) -> None:
    settings = reached(channel)
    assessed(database, settings)
    receiver.answer = lambda _: Answer(body=body)
    (failure,) = send(database, settings).failures
    assert failure.reason == f"retryable: {channel}: {reason}"
    assert states(database) == [(channel, "pending")]
    receiver.answer = lambda _: Answer(body=OK)
    travel(60)
    assert send(database, settings).done == 1


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("dingtalk", 300005),  # no such token, as the platform really answers
        ("dingtalk", 310000),  # keyword, signature, timestamp or address refused
        ("dingtalk", 400013),  # the group was dissolved
        ("dingtalk", 430102),  # unsuitable text
        ("wecom", 93000),  # no such robot
        ("wecom", 40058),  # a wrong parameter
        ("wecom", 45002),  # too long
    ],
)
def test_a_wrong_key_or_signature_is_not_repeated_and_shows(
    database: Database, reached: Reached, receiver: Receiver, channel: str, code: int
) -> None:
    settings = reached(channel)
    assessed(database, settings)
    receiver.answer = lambda _: Answer(body=json.dumps({"errcode": code}).encode())
    (failure,) = send(database, settings).failures
    assert failure.dead
    (letter,) = dispatch.dead_letters(database)
    assert letter.reason == f"permanent: {channel}: errcode {code}"


@pytest.mark.parametrize(
    ("channel", "code", "pause"),
    [
        ("dingtalk", 130101, 600),
        ("dingtalk", 410100, 600),
        ("wecom", 45009, 60),
        ("wecom", 45033, 60),
    ],
)
def test_a_robot_that_says_too_fast_is_left_alone_for_its_own_pause(
    database: Database,
    reached: Reached,
    receiver: Receiver,
    travel: Travel,
    channel: str,
    code: int,
    pause: int,
) -> None:
    settings = reached(channel)
    for _ in range(3):
        assessed(database, settings)
    receiver.answer = lambda _: Answer(body=json.dumps({"errcode": code}).encode())
    send(database, settings)
    assert len(receiver.received) == 1
    receiver.answer = lambda _: Answer(body=OK)
    travel(pause - 10)
    assert send(database, settings).done == 0
    travel(20)
    assert send(database, settings).done == 3


def test_twenty_a_minute_and_the_rest_waits_without_a_failure(
    database: Database, reached: Reached, receiver: Receiver
) -> None:
    settings = reached("wecom")
    for _ in range(23):
        assessed(database, settings)
    report = send(database, settings)
    assert (report.done, report.failures) == (20, [])
    assert len(receiver.received) == 20
    assert Counter(states(database)) == {("wecom", "sent"): 20, ("wecom", "pending"): 3}
    # Their turn is when the first of the twenty is a minute old; no attempt was counted.
    waits = column(
        database,
        "SELECT extract(epoch FROM not_before - app_now()) FROM work_item WHERE stage = 'notify'",
    )
    assert all(30 < float(wait) <= 62 for wait in waits)
    assert scalar(database, "SELECT sum(attempts) FROM work_item WHERE stage = 'notify'") == 0


def test_the_limit_holds_for_many_workers_at_once(database: Database) -> None:
    target = Target("wecom:test", per_minute=20)

    def ask(_: int) -> bool:
        with database.transaction() as conn:
            return gate.admit(conn, target).wait is None

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(ask, range(60))) == 20


def test_the_window_slides_with_the_messages_it_has_seen(database: Database) -> None:
    target = Target("wecom:test", per_minute=2)
    with database.transaction() as conn:
        gate.admit(conn, target)
        conn.exec_driver_sql(
            "UPDATE channel_target SET recent ="
            " ARRAY[clock_timestamp() - interval '61 s', clock_timestamp() - interval '50 s']"
        )
        assert gate.admit(conn, target).wait is None
        wait = gate.admit(conn, target).wait
    assert wait is not None
    assert 9 < wait < 12


def test_what_was_folded_is_told_of_and_taken_up_no_more(
    database: Database, reached: Reached, receiver: Receiver
) -> None:
    settings = reached("wecom")
    for _ in range(3):
        assessed(database, settings)
    with database.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO channel_target (target, recent, line_until)"
            " SELECT %(key)s, array_agg(clock_timestamp() - interval '5 s'),"
            "  clock_timestamp() + interval '90 s' FROM generate_series(1, 20)",
            {"key": robots.target(settings.bureau_contacts()["sasac"][0]).key},
        )
    send(database, settings)
    assert Counter(states(database)) == {("wecom", "summed"): 3}
    assert column(database, "SELECT 1 FROM work_item WHERE stage = 'notify'") == []
    with database.transaction() as conn:
        conn.exec_driver_sql("UPDATE channel_target SET recent = '{}', line_until = NULL")
    assessed(database, settings)
    send(database, settings)
    assert "另有3件消息" in receiver.received[-1].body.decode()


def test_sms_speaks_the_gateways_own_fields(
    database: Database, reached: Reached, receiver: Receiver
) -> None:
    settings = reached(
        "sms",
        gateway="""
            format = "form"
            phone_field = "mobile"
            text_field = "content"
            id_field = "ref"
            sign = "【西城稳企】"
            max_chars = 40
            verdict_field = "result.code"
            success = ["OK"]
            [headers]
            Authorization = "Bearer test"
            [fields]
            account = "wenqi"
        """,
    )
    receiver.answer = lambda _: Answer(body=b'{"result": {"code": "OK"}}')
    assessed(database, settings)
    assert send(database, settings).done == 1
    (request,) = receiver.received
    form = {name: value for name, (value,) in parse_qs(request.body.decode()).items()}
    assert (form["mobile"], form["account"]) == ("13800000000", "wenqi")
    assert form["content"].startswith("【西城稳企】测试餐饮有限公司")
    assert len(form["content"]) == 40
    assert form["content"].endswith("…")
    assert form["ref"].startswith("WQ")
    assert request.headers["authorization"] == "Bearer test"


@pytest.mark.parametrize(
    ("answer", "dead", "reason"),
    [
        (b'{"code": 7}', True, "permanent: sms: refused with code 7"),
        (b'{"code": 9}', False, "retryable: sms: the gateway did not accept the message"),
        (b"fine", False, "retryable: sms: the gateway did not accept the message"),
    ],
)
def test_the_gateways_verdict_counts_not_its_status(
    database: Database,
    reached: Reached,
    receiver: Receiver,
    answer: bytes,
    dead: bool,
    reason: str,
) -> None:
    settings = reached("sms", gateway='verdict_field = "code"\nsuccess = ["0"]\npermanent = ["7"]')
    assessed(database, settings)
    receiver.answer = lambda _: Answer(body=answer)
    (failure,) = send(database, settings).failures
    assert (failure.dead, failure.reason) == (dead, reason)


def test_when_one_channel_refuses_for_good_the_next_takes_over_at_once(
    database: Database, reached: Reached, receiver: Receiver
) -> None:
    settings = reached("dingtalk", "wecom", "sms")
    accepted = assessed(database, settings)
    receiver.answer = lambda request: Answer(
        body=b'{"errcode": 400102}' if "/robot" in request.path else OK
    )
    assert send(database, settings).failures == []
    assert send(database, settings).done == 1
    assert states(database) == [("dingtalk", "failed"), ("wecom", "sent")]
    assert dispatch.dead_letters(database) == []
    found = status.read(database, settings, accepted.receipt, accepted.access_code)
    texts = [line.text for line in found.timeline]
    assert "告知区国资委（核对结果，钉钉）：发送失败" in texts
    assert "告知区国资委（核对结果，企业微信）：已发出" in texts


def test_a_failing_channel_is_left_after_some_attempts_and_the_last_one_shows(
    database: Database, reached: Reached, receiver: Receiver, travel: Travel
) -> None:
    settings = reached("dingtalk", "wecom")
    assessed(database, settings)
    receiver.answer = lambda _: Answer(500)
    while not dispatch.dead_letters(database):
        send(database, settings)
        travel(1800)
    tried = Counter(urlsplit(request.path).path for request in receiver.received)
    assert tried == {
        "/robot": settings.failover_attempts,
        "/cgi-bin/webhook/send": settings.max_attempts,
    }
    assert states(database) == [("dingtalk", "failed"), ("wecom", "failed")]


def test_a_channel_known_to_be_down_is_not_waited_for(
    database: Database, reached: Reached, receiver: Receiver
) -> None:
    settings = reached("dingtalk", "wecom")
    receiver.answer = lambda request: Answer(500) if "/robot" in request.path else Answer(body=OK)
    for _ in range(gate.SHUTS_AFTER + 1):
        assessed(database, settings)
    send(database, settings)
    send(database, settings)
    assert states(database).count(("wecom", "sent")) == 1
    assert len(receiver.received) == gate.SHUTS_AFTER + 1


def test_a_robot_that_is_gone_is_soon_not_asked_any_more_but_a_refused_text_is_no_fault_of_its(
    database: Database, reached: Reached, receiver: Receiver
) -> None:
    settings = reached("dingtalk", "wecom")
    codes = iter([430102] * gate.SHUTS_AFTER + [400013] * 20)
    receiver.answer = lambda request: Answer(
        body=json.dumps({"errcode": next(codes)}).encode() if "/robot" in request.path else OK
    )
    for _ in range(2 * gate.SHUTS_AFTER + 3):
        assessed(database, settings)
    send(database, settings)
    send(database, settings)
    tried = Counter(urlsplit(request.path).path for request in receiver.received)
    assert tried["/robot"] == 2 * gate.SHUTS_AFTER
    assert states(database).count(("wecom", "sent")) == 2 * gate.SHUTS_AFTER + 3


def test_a_clipped_text_stays_whole_characters() -> None:
    assert clip("稳企", 6) == "稳企"
    assert clip("稳企稳企", 10) == "稳企…"
    assert len(clip("稳" * 1000, 2048).encode()) <= 2048
