"""The READMEs name every setting and keep their promises about files."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from config.practice import Practice
from config.settings import every_setting
from config.table import BEGINS, ENDS, language_of, markdown
from rules import workdays
from tests.support import previous_release

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")


@pytest.mark.parametrize("readme", READMES)
def test_the_table_of_settings_is_as_they_are_declared(readme: str) -> None:
    path = ROOT / readme
    text = path.read_text(encoding="utf-8")
    assert f"{BEGINS}\n\n{markdown(language_of(path))}\n{ENDS}" in text, BEGINS
    for item in every_setting():
        assert text.count(f"\n| `{item.variable.name}` |") == 1


@pytest.mark.parametrize(
    "readme", [*READMES, "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/upgrades.md"]
)
def test_links_lead_to_files(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert links
    assert [link for link in links if not ((ROOT / readme).parent / link).exists()] == []


def test_the_example_promises_the_day_that_the_product_promises() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    received, promised = (
        date.fromisoformat(re.search(rf'"{name}": ?"([\d-]{{10}})', text)[1])  # type: ignore[index]
        for name in ("received_at", "by")
    )
    assert workdays.add_working_days(received, Practice().determine) == (promised, False)


def test_the_changes_say_which_release_they_follow() -> None:
    told = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    before = f"Follows commit `{previous_release.COMMIT[:7]}`, schema {previous_release.HEAD}."
    assert before in told
    for readme in READMES:
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert all(f"({name}.md)" in text for name in ("CHANGELOG", "CONTRIBUTING", "SECURITY"))


@pytest.mark.parametrize("readme", READMES)
def test_every_room_is_in_the_layout(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    rooms = {path.parent for path in ROOT.glob("*/__init__.py")}
    rooms |= {path.parent for path in ROOT.glob("casework/*/__init__.py")}
    assert len(rooms) > 20
    assert [room.name for room in rooms if f"`{room.name}/`" not in text] == []


def test_every_file_that_the_how_to_names_exists() -> None:
    told = (ROOT / "docs" / "how-to.md").read_text(encoding="utf-8")
    named = re.findall(r"`([a-z][\w./-]*/[\w./-]+|[A-Z][\w.-]*\.md|docker-compose\.yml)`", told)
    assert len(named) > 30
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_how_to_of_an_act_names_every_file_that_speaks_of_its_example() -> None:
    told = (ROOT / "docs" / "how-to.md").read_text(encoding="utf-8")
    _, _, rest = told.partition("## An act on a case\n")
    section, _, _ = rest.partition("\n## ")
    words = re.compile(r"\b(?:TRANSFER|CASE_TRANSFERRED|transfers|TransferSchema)\b")
    speaking = {
        path.relative_to(ROOT).as_posix()
        for room in ("api", "casework", "cli", "schemas", "store", "vocabulary", "web", "workers")
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts and words.search(path.read_text(encoding="utf-8"))
    }
    assert len(speaking) > 10
    # Requests are passed on as well, and count it by the same word.
    assert {name for name in speaking if f"`{name}`" not in section} == {
        "casework/followup/request_list.py",
        "schemas/requests.py",
        "web/desk/requests.py",
    }
