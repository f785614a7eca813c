"""What fails inside is logged without the address: addresses hold secrets."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

from tests.support.waiting import PATIENCE_SECONDS

_SCRIPT: Final = """
from api.app import create_app
from config.settings import Settings
from config.telemetry.logs import configure_logging
from tests.support.keys import TEST_RING, TEST_SECRET_KEY

configure_logging("INFO", "api")
app = create_app(
    Settings(
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/none",
        redis_url="redis://127.0.0.1:1/0",
        secret_key=TEST_SECRET_KEY,
        data_keys=TEST_RING,
    )
)
rules = [rule for rule in app.url_map.iter_rules() if "<secret>" in rule.rule]

def fail(secret):
    raise RuntimeError("something inside")

for rule in rules:
    app.view_functions[rule.endpoint] = fail
    address = rule.rule.replace("<secret>", "SECRETSECRET")
    assert app.test_client().get(address).status_code == 500
"""


def test_an_internal_error_is_logged_once_and_without_the_address() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    assert "SECRETSECRET" not in done.stderr + done.stdout
    failed = [line for line in map(json.loads, done.stderr.splitlines()) if "error" in line]
    assert [line["error"] for line in failed] == ["RuntimeError"] * 3, failed
