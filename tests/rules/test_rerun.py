"""An old assessment, made again from what was stored with it, has the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.notices import load_notice
from rules import PROVISIONS
from rules.engine import assess
from rules.model import Case, OfficialFinding
from rules.notice import Notice
from tests.support.packaged import load_application
from tests.support.scenarios.finance import GUARANTEES
from tests.support.scenarios.judging import RECEIVED
from tests.support.scenarios.services import NEIGHBOURS, SERVICES
from tests.support.scenarios.training import TRAINING
from tests.support.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
SCENARIOS = (*GUARANTEES, *TRAINING, *SERVICES, *NEIGHBOURS)
CONTENT = load_notice("xicheng-2020-6").content


def otherwise_ordered(value: Any) -> Any:
    """The same JSON with every object's keys in another order, as jsonb gives it back."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (len(key), key), reverse=True)
        return {key: otherwise_ordered(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [otherwise_ordered(one) for one in value]
    return value


def documents(content: Mapping[str, Any], stored: list[dict[str, Any]]) -> list[str]:
    """The assessment documents of stored applications, as they would be written."""
    notice = Notice(content)
    made = []
    for row in stored:
        case = Case(
            row["enterprise"],
            row["facts"],
            date.fromisoformat(row["day"]),
            {code: OfficialFinding(True, "finance") for code in row["found"]},
        )
        document = assess(PROVISIONS[row["provision"]], case, notice).document()
        made.append(json.dumps(document, ensure_ascii=False))
    return made


def stored() -> list[dict[str, Any]]:
    """Applications as the database holds them."""
    rows = []
    for scenario in SCENARIOS:
        loaded = load_application(
            {
                "provision": scenario.provision,
                "enterprise": scenario.enterprise,
                "facts": scenario.facts,
            }
        )
        rows.append({**loaded.document(), "found": scenario.found, "day": RECEIVED.isoformat()})
    return rows


def test_the_order_in_which_the_database_gives_keys_back_changes_nothing() -> None:
    rows = stored()
    first = documents(CONTENT, rows)
    again = documents(otherwise_ordered(CONTENT), otherwise_ordered(rows))
    assert first == again


@pytest.mark.parametrize("seed", ["0", "1", "20200511"])
def test_another_process_with_another_hash_seed_makes_the_same_bytes(seed: str) -> None:
    rows = stored()
    said = subprocess.run(
        [sys.executable, "-m", "tests.rules.test_rerun"],
        input=json.dumps([CONTENT, rows]).encode(),
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        timeout=PATIENCE_SECONDS,
    )
    assert json.loads(said.stdout) == documents(CONTENT, rows)


def test_a_changed_parameter_changes_the_hash_and_the_result_but_not_the_old_one() -> None:
    rows = [row for row in stored() if row["provision"] == "m06_guarantee"]
    before = documents(CONTENT, rows)
    changed = json.loads(json.dumps(CONTENT))
    for entry in changed["parameters"]:
        if entry["key"] == "m06.share":
            entry["value"] = "0.4"
    assert documents(changed, rows) != before
    assert documents(CONTENT, rows) == before


if __name__ == "__main__":
    content, applications = json.load(sys.stdin)
    sys.stdout.write(json.dumps(documents(content, applications)))
