"""Errors in a real route and in a real Celery task, as a real HTTP endpoint receives them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from tests.support.app import App
from tests.support.packaged import example
from tests.support.sentry import Sentry, sentry_server
from tests.support.waiting import wait_for

FAULTS = Path(__file__).parents[1] / "support" / "faults"
SECRETS = ("测试甲", "13800000000", "91110102MA00A001XU", "60000.00", "7K2QX-00000-ABCDE-ZZZZZ")
REQUEST_ID = "7d444840-9dc0-11d1-b245-5ffdce74fad2"


def _of(sentry: Sentry, component: str) -> list[dict[str, Any]]:
    return [event for event in sentry.events if event["tags"]["component"] == component]


def test_errors_carry_receipt_and_stage_and_no_personal_data(
    launch_app: Callable[..., App],
) -> None:
    path = os.pathsep.join(filter(None, [str(FAULTS), os.environ.get("PYTHONPATH")]))
    with sentry_server() as sentry:
        app = launch_app(
            "api",
            "relay",
            "worker-assess",
            env={"SENTRY_DSN": sentry.dsn, "PYTHONPATH": path, "MAX_ATTEMPTS": "1"},
        )
        application = example("m01_tenant")
        application["enterprise"] |= {"name": SECRETS[0], "uscc": SECRETS[2]}
        accepted = requests.post(
            f"{app.base_url}/api/v1/applications",
            json=application,
            headers={"X-Request-ID": REQUEST_ID},
            timeout=30,
        ).json()
        broken = requests.get(
            accepted["status_url"],
            headers={
                "Authorization": f"Bearer {accepted['access_code']}",
                "X-Request-ID": REQUEST_ID,
                "Cookie": f"name={SECRETS[1]}",
            },
            timeout=30,
        )
        assert broken.status_code == 500
        assert broken.headers["Content-Type"] == "application/problem+json"
        assert broken.json()["code"] == "internal_error"
        assert broken.json()["request_id"] == REQUEST_ID

        (in_route,) = wait_for(lambda: _of(sentry, "api"), "the API reports")
        (in_task,) = wait_for(lambda: _of(sentry, "worker"), "the worker reports")

    assert in_route["tags"] == {
        "component": "api",
        "request_id": REQUEST_ID,
        "receipt": accepted["receipt"],
    }
    task_id = in_task["tags"].pop("task_id")
    assert len(task_id) == 36
    assert in_task["tags"] == {
        "component": "worker",
        "receipt": accepted["receipt"],
        "stage": "assess",
        "task": "assess",
    }
    for event in (in_route, in_task):
        types = [value["type"] for value in event["exception"]["values"]]
        assert types == ["ValueError", "LookupError"]
        frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
        assert frames[-1]["function"] == "_fail"
        assert set(frames[-1]) == {"module", "function", "lineno", "in_app"}
        assert {"request", "user", "breadcrumbs", "extra", "contexts", "server_name"}.isdisjoint(
            event
        )

    received = b"".join(sentry.raw).decode()
    logs = "".join(log.read_text() for log in app.folder.glob("*.log"))
    for text in (received, logs):
        for secret in (*SECRETS, accepted["access_code"], "示例", "30000"):
            assert secret not in text
            assert json.dumps(secret).strip('"') not in text
    assert "LookupError" in logs
