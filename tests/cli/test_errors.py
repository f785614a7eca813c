"""docs/errors.md says which codes a refusal can carry, today."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from click.testing import CliRunner

from cli.errors import document
from cli.main import main

ROOT: Final = Path(__file__).parents[2]


def test_the_committed_list_is_not_stale_and_the_command_prints_it() -> None:
    committed = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert committed == document(), "stale: run `wenqi errors > docs/errors.md`"
    assert CliRunner().invoke(main, ["errors"]).output == committed


def test_a_code_of_its_own_is_given_to_no_field_in_passing() -> None:
    """A field's code has its sentence in the list, or it is a problem's own."""
    written = re.compile(r'FieldError\(\s*[^"()]*"[^"]*",\s*"(\w+)"')
    rooms = ("api", "casework", "schemas")
    paths = (path for room in rooms for path in (ROOT / room).rglob("*.py"))
    assert [n for path in paths for n in written.findall(path.read_text(encoding="utf-8"))] == []
