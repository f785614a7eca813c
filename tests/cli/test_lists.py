"""docs/errors.md and docs/events.md say which codes and events there are, today."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from cli import errors, events
from cli.main import main

ROOT: Final = Path(__file__).parents[2]


@pytest.mark.parametrize(("name", "made"), [("errors", errors), ("events", events)])
def test_the_committed_list_is_not_stale_and_the_command_prints_it(name: str, made: Any) -> None:
    committed = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert committed == made.document(), f"stale: run `wenqi {name} > docs/{name}.md`"
    assert CliRunner().invoke(main, [name]).output == committed


def test_a_code_of_its_own_is_given_to_no_field_in_passing() -> None:
    """A field's code has its sentence in the list, or it is a problem's own."""
    written = re.compile(r'FieldError\(\s*[^"()]*"[^"]*",\s*"(\w+)"')
    rooms = ("api", "casework", "schemas")
    paths = (path for room in rooms for path in (ROOT / room).rglob("*.py"))
    assert [n for path in paths for n in written.findall(path.read_text(encoding="utf-8"))] == []
