"""`wenqi demo casework` against the real processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from casework.followup import visit_acts
from cli.main import main
from config.settings import Settings
from store.db import Database
from tests.support.app import App
from tests.support.applications import uscc
from tests.support.keys import TEST_DATA_KEYS
from tests.support.ledgers import scalar
from tests.support.office import OFFICER, Office
from tests.support.waiting import wait_for


def test_the_story_runs_from_submission_to_rating_though_the_day_of_its_visit_is_taken(
    launch_app: Callable[..., App],
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = launch_app("api", "relay", "worker-assess", env={"VISITS_PER_DAY": "1"})
    for name, value in app.environment.items():
        monkeypatch.setenv(name, value)
    Office(database, settings).submit(uscc=uscc(7))
    # The workers may take the application before the office does.
    visit = wait_for(lambda: scalar(database, "SELECT id FROM visit"), "the visit")
    visit_acts.confirm(database, settings, OFFICER, visit, frozenset({1}))
    told = CliRunner().invoke(main, ["demo", "casework", "--var", str(app.folder)])
    assert told.exit_code == 0, told.output
    assert "当日走访已排满" in told.output
    steps, _, timeline = told.output.partition("\n\n")
    assert "准予 160000.00 元，规则计算 160000.00 元，差额 0.00 元" in steps
    lines = [line.split(maxsplit=2)[2] for line in timeline.splitlines()[2:]]
    assert "公示：样例***" in steps
    wanted = ["申请已受理", "已签收", "要求补正1项", "已补正1项", "认定意见", "待第二人复签"]
    wanted += ["已认定：准予，160,000.00元", "已走访", "已登记诉求", "已答复", "已评价：非常满意"]
    places = [next(n for n, line in enumerate(lines) if text in line) for text in wanted]
    assert places == sorted(places)


def test_a_story_that_gets_stuck_says_where_and_fails(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (
        ("DATABASE_URL", settings.database_url),
        ("REDIS_URL", settings.redis_url),
        ("SECRET_KEY", settings.secret_key),
        ("DATA_KEYS", TEST_DATA_KEYS),
    ):
        monkeypatch.setenv(name, str(value))
    nowhere = "http://127.0.0.1:9"
    arguments = ["demo", "--url", nowhere, "casework", "--var", str(tmp_path)]
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 1
    assert nowhere in told.output
