"""Before its keys are compared with the database's a process tells everybody to come again."""

from __future__ import annotations

import threading

from api.app import create_app
from api.services import of
from casework.operations import key_check
from config.keys import KeyMissing
from config.settings import Settings
from store.db import Database
from tests.support.waiting import wait_for
from web.app import create_app as create_whole_app

BROWSER = {"Accept": "text/html"}


def test_everybody_is_told_to_come_again_until_the_keys_are_compared(
    database: Database, settings: Settings
) -> None:
    app = create_whole_app(settings)
    made, client = of(app), app.test_client()
    there = threading.Event()
    missing: list[KeyMissing] = []
    made.opening.hold(
        lambda: there.is_set() and key_check.agrees(database, settings), missing.append
    )
    try:
        for method, path in (
            ("GET", "/api/v1/provisions"),
            ("POST", "/api/v1/applications"),
            ("GET", "/api/v1/cases"),
            ("GET", "/nowhere"),
            ("GET", "/openapi.json"),
        ):
            told = client.open(path, method=method, json={} if method == "POST" else None)
            assert (told.status_code, told.headers["Retry-After"]) == (503, "5"), path
            assert told.json is not None
            assert told.json["code"] == "database_unavailable"
        page = client.get("/", headers=BROWSER)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert "系统暂时办不了" in page.text
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json) == (503, {"status": "down"})
        asset = page.text.partition('href="/assets/')[2].partition('"')[0]
        assert client.get(f"/assets/{asset}").status_code == 200

        there.set()
        wait_for(lambda: made.opening.is_open, "it serves by itself")
        assert client.get("/api/v1/provisions").status_code == 200
        assert client.get("/").status_code == 200
        assert client.get("/readyz").status_code == 200
    finally:
        there.set()
        made.db.close()
    assert missing == []


def test_other_keys_open_nothing(settings: Settings) -> None:
    app = create_app(settings)
    made, refused = of(app), threading.Event()

    def agrees() -> bool:
        raise KeyMissing("DATA_KEYS has no key 'x'.")

    made.opening.hold(agrees, lambda _: refused.set())
    wait_for(refused.is_set, "it is told")
    assert app.test_client().get("/api/v1/provisions").status_code == 503
    made.db.close()


def test_what_nobody_foresaw_is_tried_again(settings: Settings) -> None:
    app = create_app(settings)
    made, tries = of(app), iter([ZeroDivisionError, None])

    def agrees() -> bool:
        if wrong := next(tries):
            raise wrong
        return True

    made.opening.hold(agrees, lambda _: None)
    wait_for(lambda: made.opening.is_open, "it serves by itself")
    made.db.close()
