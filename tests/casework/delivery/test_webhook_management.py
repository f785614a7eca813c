"""Whoever owns an endpoint looks after it: a bureau, or a system that sends filings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from standardwebhooks import Webhook

from casework.delivery import webhook_attempts, webhooks
from casework.delivery.webhook_refusals import (
    EndpointDisabled,
    EndpointRefused,
    EndpointSenderShut,
    EndpointUnknown,
    TooManyEndpoints,
)
from casework.delivery.webhooks import Owner
from casework.intake import identity
from casework.operations import doctor, gauges
from casework.people import access, tokens
from casework.people.access import Principal
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.applications import tenant
from tests.support.ledgers import scalar
from tests.support.notifying import assessed, send
from tests.support.office import Office
from tests.support.receiver import Answer, Receiver
from vocabulary.identity import IdentityLevel

OWNER = Owner("sasac")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def pushing(settings: Settings) -> Settings:
    return replace(settings, webhook_allow_private=True, http_timeout=10)


def sender(db: Database, settings: Settings, label: str = "测试平台") -> Principal:
    token = tokens.create(
        db, settings, bureau="sasac", role="intake", label=label, vouches="assured"
    )
    return access.authenticate(db, settings, token, None)


def test_a_test_event_is_signed_and_every_attempt_is_listed_with_its_answer(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    number, secret = webhooks.add(database, pushing, bureau="sasac", url=f"{receiver.url}/hook")
    said = "not so: call 13800000000 测试甲\n" + "x" * 500
    receiver.answer = lambda _: Answer(400, body=said.encode())
    webhooks.send_test(database, number, owner=OWNER)
    send(database, pushing)
    [request] = receiver.received
    event = Webhook(secret).verify(request.body, dict(request.headers))
    assert (event["type"], event["data"]) == ("wenqi.webhook.tested", {"details": {}})
    assert "subject" not in event
    [attempt] = webhook_attempts.latest(database, number, OWNER).items
    assert (attempt.type, attempt.status, attempt.receipt) == ("webhook.tested", 400, None)
    assert attempt.error == "retryable: webhook: answered 400"
    assert attempt.answer is not None
    assert attempt.answer.startswith("not so: call *** x")
    assert len(attempt.answer) == 200
    receiver.answer = lambda _: Answer(204)
    accepted = assessed(database, pushing)
    send(database, pushing)
    last = webhook_attempts.latest(database, number, OWNER).items[0]
    assert (last.receipt, last.status, last.error) == (accepted.receipt, 204, None)


def test_only_so_many_attempts_are_kept(
    database: Database, pushing: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_attempts, "KEPT", 2)
    number, _ = webhooks.add(database, pushing, bureau="sasac", url=receiver.url)
    for _ in range(3):
        webhooks.send_test(database, number)
    send(database, pushing)
    assert scalar(database, "SELECT count(*) FROM webhook_attempt") == 2


def test_an_endpoint_is_pointed_elsewhere_and_removed(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    number, secret = webhooks.add(database, pushing, bureau="sasac", url=f"{receiver.url}/old")
    webhooks.change(
        database, pushing, number, url=f"{receiver.url}/new", event_types=["visit.scheduled"]
    )
    assessed(database, pushing)
    send(database, pushing)
    [request] = receiver.received
    assert request.json["type"] == "wenqi.visit.scheduled"
    Webhook(secret).verify(request.body, dict(request.headers))
    for wrong in ({"url": "https://127.0.0.1/x"}, {"event_types": ["nosuch"]}):
        with pytest.raises(EndpointRefused):
            webhooks.change(
                database, replace(pushing, webhook_allow_private=False), number, **wrong
            )
    webhooks.remove(database, number, owner=OWNER)
    assert webhooks.list_all(database) == []
    with pytest.raises(EndpointUnknown):
        webhooks.send_test(database, number)
    assessed(database, pushing)
    assert scalar(database, "SELECT count(*) FROM delivery WHERE state = 'pending'"
                  " AND channel = 'webhook'") == 0  # fmt: skip
    webhooks.add(database, pushing, bureau="sasac", url=f"{receiver.url}/new")


def test_a_sending_system_is_told_of_what_it_filed_and_of_nothing_else(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    office, mine = Office(database, pushing), sender(database, pushing)
    other = sender(database, pushing, "另一平台")
    number, _ = webhooks.add(
        database, pushing, bureau="sasac", client=mine.system, url=receiver.url
    )
    filed = {
        who.system: filing.accept(
            database,
            pushing,
            tenant(),
            identity=identity.of_client(who.system, who.vouches, IdentityLevel.ASSURED),
        ).receipt
        for who in (mine, other)
    }
    office.submit()
    office.assess()
    send(database, pushing)
    told = [request.json for request in receiver.received]
    assert {event["subject"] for event in told} == {filed[mine.system]}
    assert "wenqi.application.received" in {event["type"] for event in told}
    assert told[0]["data"]["case_url"].endswith(f"/api/v1/applications/{filed[mine.system]}")
    # Its own, and nobody else's: not the bureau's, not another system's.
    assert [each.id for each in webhooks.list_all(database, Owner("sasac", mine.system))] == [
        number
    ]
    for stranger in (OWNER, Owner("sasac", other.system)):
        assert webhooks.list_all(database, stranger) == []
        with pytest.raises(EndpointUnknown):
            webhook_attempts.latest(database, number, stranger)
        with pytest.raises(EndpointUnknown):
            webhooks.remove(database, number, owner=stranger)
    with pytest.raises(EndpointRefused, match="没有这个申报渠道"):
        webhooks.add(database, pushing, bureau="finance", client=mine.system, url=receiver.url)


def test_a_sending_system_that_is_shut_off_is_told_nothing_until_it_is_opened(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    office, mine = Office(database, pushing), sender(database, pushing)
    number, _ = webhooks.add(
        database, pushing, bureau="sasac", client=mine.system, url=receiver.url
    )
    bureaus, _ = webhooks.add(database, pushing, bureau="sasac", url=f"{receiver.url}/bureau")
    who = identity.of_client(mine.system, mine.vouches, IdentityLevel.ASSURED)
    filing.accept(database, pushing, tenant(), identity=who)
    system = mine.system or 0
    tokens.shut(database, system, off=True)
    office.assess()
    send(database, pushing)
    assert {request.path for request in receiver.received} == {"/bureau"}
    mine_now, bureaus_now = webhooks.list_all(database)
    assert (mine_now.disabled_reason, bureaus_now.disabled_at) == ("sender_shut", None)
    assert (mine_now.pending, mine_now.sent, mine_now.failed > 0) == (0, 0, True)
    said = "\n".join(doctor.examine(database, pushing, ask_broker=False).warnings)
    assert f"webhook endpoint {number} of sasac is sent nothing since" in said
    assert f"wenqi token open {system} sends again" in said
    assert f"endpoint {bureaus} " not in said
    counted = endpoints(database)
    assert (counted["live"], counted["switched_off"], counted["given_up"]) == (1, 1, 0)
    for act in (webhooks.replay, webhooks.send_test, webhooks.enable):
        with pytest.raises(EndpointSenderShut, match="属于已停用的申报渠道") as refused:
            act(database, number)
        assert refused.value.code == "endpoint_sender_shut"
        assert refused.value.english == (
            f"Its sending system is shut off: wenqi token open {system} first."
        )
    # Disabled by itself as well: that comes first, since it would remain.
    webhooks.disable(database, number)
    with pytest.raises(EndpointDisabled, match="请先启用"):
        webhooks.send_test(database, number)
    webhooks.enable(database, number)
    assert webhooks.list_all(database)[0].disabled_reason == "sender_shut"

    tokens.shut(database, system, off=False)
    said = "\n".join(doctor.examine(database, pushing, ask_broker=False).warnings)
    assert "shut off" not in said
    assert endpoints(database)["live"] == 2
    assert webhooks.replay(database, number) == mine_now.failed
    receiver.received.clear()
    send(database, pushing)
    assert len(receiver.received) == mine_now.failed
    assert {request.path for request in receiver.received} != {"/bureau"}


def endpoints(database: Database) -> dict[str, float]:
    """How many are in which state, as the metric counts them."""
    [gauge] = [one for one in gauges.GAUGES if one.name == "wenqi_webhook_endpoints"]
    with database.statement() as conn:
        return {str(state): count for state, count in map(tuple, gauge.read(conn))}


def test_an_owner_has_only_so_many_and_a_disabled_one_is_seen_by_the_doctor(
    database: Database, pushing: Settings, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MOST_ENDPOINTS", 1)
    number, _ = webhooks.add(database, pushing, bureau="sasac", url=receiver.url)
    with pytest.raises(TooManyEndpoints):
        webhooks.add(database, pushing, bureau="sasac", url=f"{receiver.url}/two")
    receiver.answer = lambda _: Answer(410)
    webhooks.send_test(database, number)
    send(database, pushing)
    shown = {each.gauge.name: each.rows for each in gauges.read(database)}
    assert ("given_up", 1) in shown["wenqi_webhook_endpoints"]
    said = doctor.examine(database, pushing, ask_broker=False).warnings
    assert any(f"webhook endpoint {number} of sasac is disabled (gone)" in line for line in said)
