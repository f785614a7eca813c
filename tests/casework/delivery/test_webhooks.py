"""Webhooks against a real receiver: what it is sent, how often, and when it is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from casework.delivery import webhooks
from casework.delivery.channels import gate
from casework.delivery.channels.base import Endpoint
from casework.delivery.channels.webhook import retry_after, signed
from casework.delivery.webhook_refusals import EndpointRefused, EndpointUnknown
from casework.views import status
from casework.work import dispatch
from casework.work.dispatch import Stage
from config.settings import Settings
from store.db import Database
from tests.support.ledgers import column, scalar, waiting
from tests.support.notifying import assessed, send
from tests.support.receiver import Answer, Receiver

Travel = Callable[[int], None]
DAY = 86400


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def pushing(settings: Settings) -> Settings:
    return replace(settings, webhook_allow_private=True, http_timeout=10)


def register(database: Database, settings: Settings, receiver: Receiver, **more: Any) -> str:
    """Register the receiver as 区国资委's system; return the secret."""
    given = {"bureau": "sasac", "url": f"{receiver.url}/hook", **more}
    return webhooks.add(database, settings, **given)[1]


def states(database: Database) -> list[str]:
    return column(database, "SELECT state FROM delivery WHERE channel = 'webhook' ORDER BY id")


def test_the_public_library_verifies_what_arrives_and_it_is_a_cloud_event(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    secret = register(database, pushing, receiver)
    accepted = assessed(database, pushing)
    assert send(database, pushing).done == 2
    for request in receiver.received:
        Webhook(secret).verify(request.body, dict(request.headers))
        assert request.headers["content-type"].startswith("application/cloudevents+json")
    assert [request.json["type"] for request in receiver.received] == [
        "wenqi.application.assessed",
        "wenqi.visit.scheduled",
    ]
    event = receiver.received[0].json
    assert event["specversion"] == "1.0"
    assert (event["subject"], event["source"]) == (accepted.receipt, pushing.public_url)
    assert event["id"] == receiver.received[0].headers["webhook-id"]
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    assert event["data"]["to_state"] == "awaiting_determination"
    assert event["data"]["details"]["amount"] == "60000.00"
    assert states(database) == ["sent", "sent"]


def test_the_body_names_no_person_and_no_enterprise(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    register(database, pushing, receiver)
    assessed(database, pushing)
    send(database, pushing)
    body = b"".join(request.body for request in receiver.received).decode()
    for personal in ("测试甲", "13800000000", "测试餐饮有限公司", "91110102"):
        assert personal not in body


def test_a_changed_body_or_another_secret_does_not_verify(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    secret = register(database, pushing, receiver)
    other = register(database, pushing, receiver, bureau="finance")
    assessed(database, pushing)
    send(database, pushing)
    request = receiver.received[0]
    for key, body in ((other, request.body), (secret, request.body + b" ")):
        with pytest.raises(WebhookVerificationError):
            Webhook(key).verify(body, dict(request.headers))


def test_signing_takes_utc_only() -> None:
    endpoint = Endpoint(1, "https://example.org/", ("whsec_" + "A" * 32,))
    with pytest.raises(ValueError, match="UTC"):
        signed(endpoint, "m", "{}", datetime.now().astimezone())
    at = datetime(2020, 5, 11, 1, tzinfo=UTC)
    assert signed(endpoint, "m", "{}", at)["webhook-timestamp"] == "1589158800"


def test_a_bureau_gets_the_events_of_its_own_cases_and_of_the_types_it_asked_for(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    register(database, pushing, receiver, bureau="education")
    register(database, pushing, receiver, event_types=("visit.scheduled",))
    assessed(database, pushing)
    send(database, pushing)
    assert [request.json["type"] for request in receiver.received] == ["wenqi.visit.scheduled"]


def test_who_looked_at_what_is_told_to_nobody(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    register(database, pushing, receiver)
    assessed(database, pushing)
    before = len(states(database))
    with database.transaction() as conn:
        conn.exec_driver_sql(
            "INSERT INTO event (application_id, type, actor, at)"
            " SELECT id, 'access.case_read', 'officer', app_now() FROM application"
        )
    assert len(states(database)) == before


def test_without_a_live_endpoint_nothing_is_written(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    register(database, pushing, receiver)
    webhooks.disable(database, 1)
    assessed(database, pushing)
    assert states(database) == []


def test_failures_are_retried_over_days_under_the_same_id_and_then_shown(
    database: Database, pushing: Settings, receiver: Receiver, travel: Travel
) -> None:
    register(database, pushing, receiver, event_types=("application.assessed",))
    assessed(database, pushing)
    receiver.answer = lambda _: Answer(500)
    waited = 0
    while not dispatch.dead_letters(database):
        send(database, pushing)
        travel(600)
        waited += 600
    assert waited > DAY
    assert len(receiver.received) == pushing.max_attempts
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1
    assert len({request.body for request in receiver.received}) == 1
    assert states(database) == ["failed"]
    (letter,) = dispatch.dead_letters(database)
    assert letter.reason == "retryable: webhook: answered 500"


@pytest.mark.parametrize("answer", [Answer(302), Answer(404), Answer(how="drop")])
def test_anything_but_success_is_tried_again(
    database: Database, pushing: Settings, receiver: Receiver, travel: Travel, answer: Answer
) -> None:
    register(database, pushing, receiver, event_types=("application.assessed",))
    assessed(database, pushing)
    receiver.answer = lambda _: answer
    (failure,) = send(database, pushing).failures
    assert not failure.dead
    assert states(database) == ["pending"]
    receiver.answer = lambda _: Answer(204)
    travel(10)
    assert send(database, pushing).done == 1
    # A receiver that failed after accepting can tell by the id that it has it already.
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert states(database) == ["sent"]


def test_a_hanging_endpoint_is_given_up_in_time_and_does_not_hold_up_the_mail_behind_it(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    register(database, pushing, receiver)
    assessed(database, pushing)
    receiver.answer = lambda request: Answer(
        how="hold" if request.json["type"] == "wenqi.application.assessed" else "answer"
    )
    report = send(database, replace(pushing, http_timeout=3))
    assert [failure.reason for failure in report.failures] == [
        "retryable: http: the server did not answer in time"
    ]
    assert states(database) == ["pending", "sent"]


@pytest.mark.parametrize("status_code", [429, 503])
def test_an_endpoint_that_asks_for_patience_gets_it(
    database: Database, pushing: Settings, receiver: Receiver, travel: Travel, status_code: int
) -> None:
    register(database, pushing, receiver)
    assessed(database, pushing)
    receiver.answer = lambda _: Answer(status_code, headers={"Retry-After": "7200"})
    send(database, pushing)
    assert len(receiver.received) == 1  # the second message waits as well
    receiver.answer = lambda _: Answer()
    travel(7000)
    assert send(database, pushing).done == 0
    travel(300)
    assert send(database, pushing).done == 2


def test_retry_after_is_read_in_both_forms_and_never_longer_than_a_day() -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    assert 3590 < (retry_after(soon.strftime("%a, %d %b %Y %H:%M:%S GMT")) or 0) <= 3600
    assert retry_after("120") == 120
    assert retry_after("99999999") == DAY
    assert retry_after("soon") is None
    assert retry_after(None) is None


def test_gone_disables_the_endpoint_and_leaves_nothing_to_look_at(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    register(database, pushing, receiver)
    assessed(database, pushing)
    receiver.answer = lambda _: Answer(410)
    send(database, pushing)
    assert len(receiver.received) == 1
    assert states(database) == ["failed", "failed"]
    assert dispatch.dead_letters(database) == []
    assert waiting(database, Stage.NOTIFY) == 0
    (listed,) = webhooks.list_all(database)
    assert (listed.disabled_reason, listed.failed) == ("gone", 2)
    assert scalar(database, "SELECT count(*) FROM event WHERE type = 'webhook.disabled'") == 1


def test_the_breaker_shuts_and_then_lets_one_message_try(
    database: Database, pushing: Settings, receiver: Receiver, travel: Travel
) -> None:
    register(database, pushing, receiver, event_types=("application.assessed",))
    for _ in range(gate.SHUTS_AFTER + 3):
        assessed(database, pushing)
    receiver.answer = lambda _: Answer(500)
    send(database, pushing)
    assert len(receiver.received) == gate.SHUTS_AFTER
    travel(gate.SHUT_SECONDS[0] + 1)
    send(database, pushing)
    assert len(receiver.received) == gate.SHUTS_AFTER + 1
    receiver.answer = lambda _: Answer()
    for _ in range(20):
        travel(600)
        send(database, pushing)
    assert set(states(database)) == {"sent"}
    assert webhooks.list_all(database)[0].failures == 0


def test_what_was_put_off_by_the_breaker_counts_as_no_attempt(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    register(database, pushing, receiver, event_types=("application.assessed",))
    for _ in range(gate.SHUTS_AFTER + 2):
        assessed(database, pushing)
    receiver.answer = lambda _: Answer(500)
    send(database, pushing)
    tried = column(database, "SELECT attempts FROM work_item WHERE stage = 'notify' ORDER BY id")
    assert tried == [1] * gate.SHUTS_AFTER + [0, 0]


def test_an_endpoint_that_fails_for_days_is_disabled_and_can_be_replayed(
    database: Database, pushing: Settings, receiver: Receiver, travel: Travel
) -> None:
    register(database, pushing, receiver, event_types=("application.assessed",))
    receiver.answer = lambda _: Answer(500)
    for _ in range(7):
        assessed(database, pushing)
        send(database, pushing)
        travel(DAY)
    (listed,) = webhooks.list_all(database)
    assert listed.disabled_reason == "failing"
    with pytest.raises(EndpointRefused):
        webhooks.replay(database, 1)

    receiver.answer = lambda _: Answer()
    webhooks.enable(database, 1)
    # Those that were still waiting have not been looked at since; now all may go.
    webhooks.replay(database, 1)
    send(database, pushing)
    assert set(states(database)) == {"sent"}


def test_replay_sends_again_what_failed_or_everything_under_the_same_ids(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    register(database, pushing, receiver)
    assessed(database, pushing)
    send(database, pushing)
    ids = [request.headers["webhook-id"] for request in receiver.received]
    assert webhooks.replay(database, 1) == 0
    assert webhooks.replay(database, 1, since=datetime(2020, 1, 1, tzinfo=UTC)) == 2
    assert webhooks.replay(database, 1, since=datetime(2020, 1, 1, tzinfo=UTC)) == 0
    send(database, pushing)
    assert [request.headers["webhook-id"] for request in receiver.received] == ids * 2


def test_while_a_secret_is_rotated_both_verify_and_later_only_the_new_one(
    database: Database, pushing: Settings, receiver: Receiver, travel: Travel
) -> None:
    first = register(database, pushing, receiver, event_types=("application.assessed",))
    second = webhooks.rotate(database, pushing, 1)
    assert verified_by(database, pushing, receiver, first, second) == [True, True]
    travel(DAY + 60)
    assert verified_by(database, pushing, receiver, first, second) == [False, True]
    third = webhooks.rotate(database, pushing, 1)
    fourth = webhooks.rotate(database, pushing, 1)
    assert verified_by(database, pushing, receiver, second, third, fourth) == [False, True, True]


def verified_by(
    database: Database, settings: Settings, receiver: Receiver, *secrets: str
) -> list[bool]:
    """Send one event and tell which of the secrets verify it."""
    assessed(database, settings)
    assert send(database, settings).done == 1
    request = receiver.received[-1]
    found = []
    for secret in secrets:
        try:
            Webhook(secret).verify(request.body, dict(request.headers))
        except WebhookVerificationError:
            found.append(False)
        else:
            found.append(True)
    return found


def test_the_database_holds_no_secret(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    secret = register(database, pushing, receiver)
    salt = bytes(scalar(database, "SELECT salt FROM webhook_secret"))
    assert secret.removeprefix("whsec_").encode() not in salt
    other = replace(pushing, secret_key="another-" + "1" * 32)
    with database.statement() as conn:
        assert webhooks.secrets_of(conn, pushing, 1) == (secret,)
        assert webhooks.secrets_of(conn, other, 1) != (secret,)


def test_only_public_https_unless_the_deployment_allows_more(
    database: Database, settings: Settings, pushing: Settings, receiver: Receiver
) -> None:
    by_name = f"https://localhost:{receiver.port}/hook"
    for url in (receiver.url, by_name):
        with pytest.raises(EndpointRefused):
            register(database, settings, receiver, url=url)
    # A name may be public when it is registered and private when it is used.
    register(database, pushing, receiver, url=by_name)
    assessed(database, settings)
    report = send(database, settings)
    assert {failure.dead for failure in report.failures} == {True}
    assert receiver.received == []


def test_what_cannot_be_registered(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    register(database, pushing, receiver)
    with pytest.raises(EndpointRefused, match="已登记"):
        register(database, pushing, receiver)
    with pytest.raises(EndpointRefused, match="没有代码为 nobody 的单位"):
        register(database, pushing, receiver, bureau="nobody")
    with pytest.raises(EndpointUnknown):
        webhooks.rotate(database, pushing, 99)


def test_the_timeline_shows_what_the_bureaus_system_got(
    database: Database, pushing: Settings, receiver: Receiver
) -> None:
    register(database, pushing, receiver)
    accepted = assessed(database, pushing)
    receiver.answer = lambda _: Answer(500)
    send(database, pushing)
    found = status.read(database, pushing, accepted.receipt, accepted.access_code)
    texts = [line.text for line in found.timeline]
    assert "告知区国资委业务系统（核对结果，接口推送）：已尝试1次，待重试" in texts
