"""Log lines of our own and of libraries: one JSON shape, the same ids, no exception messages."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from structlog.contextvars import get_contextvars

from config.telemetry.ids import bind, bind_from_headers, headers, unbind_all
from tests.support.waiting import PATIENCE_SECONDS

_SCRIPT = """
import logging
from config.telemetry.errors import report
from config.telemetry.ids import bind
from config.telemetry.logs import configure_logging, log

configure_logging("INFO", "relay")
with bind(receipt="WQ200511-0000001-X", request_id="form-0001"):
    log.info("applications.assessed", done=3, name="测试甲", amount=60000)
    log.debug("not written")
    logging.getLogger("library").warning("sent to %s in %.2fs", "13800000000", 0.25)
    try:
        raise ValueError("测试甲 13800000000")
    except ValueError as error:
        report(error, "work.failed", stage="assess")
        logging.getLogger("library").exception("failed for %s", "测试甲")
    logging.getLogger("celery.app.trace").error(
        "Task %(name)s[%(id)s] %(description)s: %(exc)s",
        {"name": "assess", "id": "t-1", "description": "raised", "exc": "测试甲"},
    )
log.info("unbound")
"""


def _lines() -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.stdout == ""
    assert "测试甲" not in done.stderr
    assert "13800000000" not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_every_line_is_json_with_ids_and_without_persons() -> None:
    assessed, library, failed, exception, trace, unbound = _lines()
    for line in (assessed, library, failed, exception, trace):
        assert line["receipt"] == "WQ200511-0000001-X"
        assert line["request_id"] == "form-0001"
        assert line["component"] == "relay"
        assert line["timestamp"].endswith("+08:00"), "as the deployment's people tell the time"
    assert (assessed["event"], assessed["done"], assessed["name"]) == (
        "applications.assessed",
        3,
        "***",
    )
    assert library["event"] == "sent to *** in 0.25s"
    assert library["logger"] == "library"
    assert (failed["error"], failed["stage"]) == ("ValueError", "assess")
    assert failed["frames"] == ["__main__:<module>:13"]
    assert (exception["event"], exception["error"]) == ("failed for %s", "ValueError")
    assert (trace["task"], trace["task_id"]) == ("assess", "t-1")
    assert "receipt" not in unbound


def test_ids_travel_in_message_headers() -> None:
    unbind_all()
    with bind(request_id="form-0001", task_id="not sent", receipt="WQ200511-0000001-X"):
        sent = headers(stage="assess", event_id=7)
    assert sent == {
        "wenqi_request_id": "form-0001",
        "wenqi_receipt": "WQ200511-0000001-X",
        "wenqi_stage": "assess",
        "wenqi_event_id": "7",
    }
    assert get_contextvars() == {}
    bind_from_headers({**sent, "lang": "py"})
    assert get_contextvars() == {
        "request_id": "form-0001",
        "receipt": "WQ200511-0000001-X",
        "stage": "assess",
        "event_id": "7",
    }
    unbind_all()
    bind_from_headers(None)
    assert get_contextvars() == {}
