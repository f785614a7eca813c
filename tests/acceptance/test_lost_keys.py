"""No process begins with keys that the database was not written with, however it is started."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from casework.operations import key_check
from config import keys
from config.settings import Settings
from deploy.local.processes import runnable
from store.db import Database
from tests.support.app import App
from tests.support.waiting import PATIENCE_SECONDS


@pytest.mark.parametrize("name", ["api", "relay", "worker-remind"])
def test_a_process_with_another_ring_ends_with_a_sentence(
    database: Database,
    settings: Settings,
    environment: dict[str, str],
    tmp_path: Path,
    name: str,
) -> None:
    key_check.require(database, settings)
    app = App(tmp_path, {**environment, "DATA_KEYS": keys.new_entry("other")})
    ended = subprocess.run(
        runnable(app.programs[name].command),
        env=app.full_environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ended.returncode != 0
    assert "DATA_KEYS has no key 'test'" in ended.stderr
