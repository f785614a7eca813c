"""The files that the benchmark imports."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench import files
from bench.applications import body
from casework.importing.items import LineItems, TableItems
from config.settings import Settings
from tests.support.packaged import load_application
from tests.support.waiting import PATIENCE_SECONDS


@pytest.mark.parametrize("kind", files.FORMATS)
def test_a_file_holds_the_applications_that_requests_would_send(
    kind: str, tmp_path: Path, environment: Mapping[str, str]
) -> None:
    path = tmp_path / f"applications.{kind}"
    files.write(path, first_serial=120, count=70)
    settings = Settings.from_env(environment)
    lines = LineItems(path, settings, lambda _: None)
    table = TableItems(path, settings, None, lambda _: None)
    read = list((lines if kind == "ndjson" else table).read())
    assert [item.reasons for item in read] == [()] * 70
    assert [item.submission for item in read] == [
        load_application(body(serial)) for serial in range(120, 190)
    ]


def test_the_bench_needs_nothing_that_only_tests_have_installed() -> None:
    block = "import sys; sys.modules.update(dict.fromkeys(('hypothesis', 'pytest', 'jsonschema')))"
    done = subprocess.run(
        [sys.executable, "-c", f"{block}; import bench.__main__, bench.files, bench.backlog"],
        capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
