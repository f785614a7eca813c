"""The files that the benchmark imports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bench import files
from bench.applications import body
from cli.importing.run import ImportFile
from config.settings import Settings
from tests.support.forms import load_application


@pytest.mark.parametrize("kind", files.FORMATS)
def test_a_file_holds_the_applications_that_requests_would_send(
    kind: str, tmp_path: Path, environment: Mapping[str, str]
) -> None:
    path = tmp_path / f"applications.{kind}"
    files.write(path, first_serial=120, count=70)
    read = list(ImportFile(path, lambda _: None, Settings.from_env(environment)).entries())
    assert [entry.refusal for entry in read] == [None] * 70
    assert [entry.submission for entry in read] == [
        load_application(body(serial)) for serial in range(120, 190)
    ]
