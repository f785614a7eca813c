"""What tests of commands share."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from store.db import Database
from tests.support.import_files import Run


@pytest.fixture
def run(
    tmp_path: Path,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    database: Database,  # noqa: ARG001 - empty before the import
) -> Run:
    """`wenqi import` on an empty database."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def invoke(*arguments: str | Path) -> Result:
        command = ["import", "--var", str(tmp_path / "var"), *map(str, arguments)]
        return CliRunner().invoke(main, command)

    return invoke
