"""A sending system looks after its own endpoint over the API."""

from __future__ import annotations

from collections.abc import Callable

import requests

from casework.people import tokens
from config.settings import Settings
from store.db import Database
from tests.support.app import App


def test_a_sender_registers_changes_and_removes_its_endpoint(
    shared_api: Callable[..., App], database: Database, settings: Settings
) -> None:
    app = shared_api()
    token = tokens.create(
        database, settings, bureau="sasac", role="intake", label="测试平台", vouches="assured"
    )
    root = f"{app.base_url}/api/v1"

    def ask(method: str, path: str, body: object = None) -> requests.Response:
        return requests.request(
            method,
            root + path,
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    made = ask("POST", "/webhooks", {"url": "https://forms.example.org/hook"})
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    at = f"/webhooks/{made.json()['id']}"
    wrong = ask("PATCH", at, {"event_types": ["nosuch"]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "endpoint_refused")
    assert ask("PATCH", at, {"event_types": ["visit.scheduled"], "enabled": False}).ok
    [listed] = ask("GET", "/webhooks").json()["items"]
    assert listed["event_types"] == ["visit.scheduled"]
    assert listed["disabled_reason"] == "owner"
    assert ask("POST", f"{at}/test").status_code == 422
    assert ask("PATCH", at, {"enabled": True}).status_code == 204
    assert ask("POST", f"{at}/test").status_code == 202
    assert ask("POST", f"{at}/secret").json()["secret"] != made.json()["secret"]
    assert ask("GET", f"{at}/attempts").json() == {"items": []}
    assert ask("POST", f"{at}/replay").json() == {"deliveries": 0}
    assert ask("DELETE", at).status_code == 204
    assert ask("GET", f"{at}/attempts").status_code == 404
