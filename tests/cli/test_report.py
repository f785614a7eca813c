"""`wenqi report`: tables that line up, and the same numbers as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from wcwidth import wcswidth

from casework.reporting.reports import REPORTS
from cli.main import main
from config.settings import Settings
from store.db import Database
from tests.support.office import Office

Wenqi = Callable[..., Result]


@pytest.fixture
def wenqi(environment: dict[str, str], tmp_path: Path, database: Database) -> Wenqi:
    environment = {**environment, "BUDGETS_YUAN": "一=200000"}
    office = Office(database, Settings.from_env(environment))
    for _ in range(3):
        office.submit()
    office.submit(registered_in="chaoyang")

    def run(*arguments: str) -> Result:
        command = ["report", *arguments, "--var", str(tmp_path)]
        return CliRunner().invoke(main, command, env=environment)

    return run


def test_every_report_is_printed_and_its_columns_line_up(wenqi: Wenqi) -> None:
    printed = wenqi()
    assert printed.exit_code == 0, printed.output
    tables = printed.stdout.strip().split("\n\n")
    assert len(tables) == len(REPORTS)
    for text in tables:
        _, head, rule, *rows = text.splitlines()
        assert rows[-1].startswith("一" if text.startswith("预算") else "合计")
        # Figures are right-aligned in the last column: every line ends under the rule's end.
        assert {wcswidth(line) for line in (head, rule, *rows)} == {wcswidth(rule)}
    assert "区国资委" in tables[0]


def test_json_holds_the_same_numbers_within_the_period_asked_for(wenqi: Wenqi) -> None:
    told = json.loads(wenqi("--json").stdout)
    assert list(told) == list(REPORTS)
    assert told["intake"]["total"]["applications"] == 4
    assert told["amounts"]["total"]["pending_amount"] == "180000.00"
    (row,) = json.loads(wenqi("outcomes", "--json", "--bureau", "sasac").stdout)["outcomes"]["rows"]
    assert row["outcomes"]["ineligible"] == 1
    for option in (["--to", "2020-01-01"], ["--bureau", "finance"], ["--provision", "m05_finance"]):
        told = json.loads(wenqi("intake", "--json", *option).stdout)
        assert told["intake"]["total"]["applications"] == 0


def test_an_unknown_report_names_what_there_is(wenqi: Wenqi) -> None:
    refused = wenqi("weather")
    assert refused.exit_code == 2
    assert "intake" in refused.output
