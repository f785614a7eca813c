"""From an application over HTTP to a bureau's system, through every real process."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests
from standardwebhooks import Webhook

from casework.delivery import webhooks
from config.settings import Settings
from store.db import Database
from tests.support import filing
from tests.support.app import App
from tests.support.applications import tenant_body
from tests.support.keys import TEST_DATA_KEYS
from tests.support.receiver import Answer, Received, Receiver
from tests.support.waiting import wait_for

PROCESSES = ("api", "relay", "worker-assess", "worker-notify")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    made.start()
    yield made
    made.stop()


def test_a_bureaus_system_gets_signed_events_even_if_it_fails_at_first(
    database: Database, settings: Settings, launch_app: Callable[..., App], receiver: Receiver
) -> None:
    allowed = Settings.from_env(
        {
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "SECRET_KEY": settings.secret_key,
            "DATA_KEYS": TEST_DATA_KEYS,
            "WEBHOOK_ALLOW_PRIVATE": "1",
        }
    )
    _, secret = webhooks.add(database, allowed, bureau="sasac", url=f"{receiver.url}/hook")
    failed: list[Received] = []

    def answer(request: Received) -> Answer:
        if not failed:
            failed.append(request)
            return Answer(503)
        return Answer(202)

    receiver.answer = answer
    app = launch_app(*PROCESSES, env={"WEBHOOK_ALLOW_PRIVATE": "1"})
    filed = requests.post(
        f"{app.base_url}/api/v1/applications",
        json=tenant_body() | filing.STATED,
        headers=filing.credentials(database, settings),
        timeout=30,
    )
    assert filed.status_code == 202

    # The first retry comes after about five seconds.
    wait_for(lambda: len(receiver.received) >= 3, "both events have arrived, one of them twice")
    for request in receiver.received:
        assert (
            Webhook(secret).verify(request.body, dict(request.headers))["subject"]
            == (filed.json()["receipt"])
        )
    ids = [request.headers["webhook-id"] for request in receiver.received]
    assert len(set(ids)) == 2
    assert ids.count(failed[0].headers["webhook-id"]) == 2

    def shown() -> list[str]:
        access = {"Authorization": f"Bearer {filed.json()['access_code']}"}
        found = requests.get(filed.json()["status_url"], headers=access, timeout=30).json()
        return [line["text"] for line in found["timeline"] if "业务系统" in line["text"]]

    wait_for(lambda: all("已送达" in text for text in shown()) and len(shown()) == 2, "it shows")
