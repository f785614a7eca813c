"""docs/portal.md: it shows its pictures, and each row has its test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.forms import FORMS
from tests.support import screenshots
from tests.support.packaged import PACKAGED
from web.parts.forms.of_schema import form_of
from web.parts.forms.shapes import Field, Part

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "portal.md"
READMES = ("README.md", "README.zh-CN.md")
PARTLY = ("A25", "A28")
"""Rows of which a clause is left out; decision 44 says which and why."""
TOKENS = {"off", "organization", "name", "tel", "email", "one-time-code", "username"}


def test_the_story_shows_each_station_and_the_readmes_six_pages() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for station in screenshots.PORTAL.phone:
        assert f"(pictures/portal/{station}-phone.png)" in text
    for readme in READMES:
        shown = (ROOT / readme).read_text(encoding="utf-8")
        for station in screenshots.PORTAL.wide:
            for kind in ("phone", "wide"):
                assert f'"docs/pictures/portal/{station}-{kind}.png"' in shown, (readme, station)


def test_each_row_names_tests_that_are_there() -> None:
    rows = dict(
        re.findall(r"^\| (A\d+) \|[^|]*\| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert list(rows) == [f"A{number}" for number in range(1, 35)]
    decision = (ROOT / "docs" / "decisions" / "0044-pages-held.md").read_text(encoding="utf-8")
    for row, said in rows.items():
        named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", said)
        assert named, row
        assert (
            ("决定44" in said)
            == (row in PARTLY)
            == bool(re.search(rf"^\| {row} \|", decision, re.MULTILINE))
        ), row
        for path, test in named:
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), (row, test)


@pytest.mark.parametrize("provision", sorted(FORMS))
def test_a_browser_fills_in_what_is_the_applicants_own(provision: str) -> None:
    form = form_of(PACKAGED.notice, provision)
    assert form is not None
    for step in form.steps:
        for pointer, field in fields(step.parts, step.at):
            assert field.autocomplete in TOKENS
            assert field.autocomplete == "off" or pointer.startswith("/enterprise/"), pointer


def test_numbers_are_texts_and_nothing_is_a_puzzle() -> None:
    """No control whose value the wheel changes, no picture to read before one may go on."""
    for path in (ROOT / "web").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""type=["']?(number|range)\b""", text), path.name
        assert "captcha" not in text.lower(), path.name
        assert " placeholder=" not in text, path.name
        words = set(re.findall(r'autocomplete="([a-z-]+)"', text))
        assert words <= TOKENS | {"current-password", "new-password"}, (path.name, words)


def test_no_waiting_time_is_an_average() -> None:
    """A34: what is promised is the day of this case."""
    for path in (ROOT / "web" / "portal").rglob("*"):
        if path.suffix in (".py", ".html"):
            assert not re.search("平均|通常要|一般需", path.read_text(encoding="utf-8")), path.name


def test_scripts_are_read_by_the_browsers_of_2020() -> None:
    """A28: what an older one does not know is not used, or asked for first."""
    newer = r"\|\|=|&&=|\?\?=|AbortSignal\.|structuredClone|\.at\(|replaceAll|\.findLast|\.#"
    for name in ("form", "fresh", "pause", "upload"):
        text = (ROOT / "web" / "parts" / "files" / f"{name}.js").read_text(encoding="utf-8")
        assert not re.findall(newer, text), name
        asked_first = re.findall(r"if \(\w+\.requestSubmit\) \w+\.requestSubmit\(", text)
        assert text.count("requestSubmit(") == len(asked_first), name


@pytest.mark.parametrize("provision", sorted(FORMS))
def test_nothing_is_asked_twice(provision: str) -> None:
    """A24: within one case no two questions of one thing are called the same."""
    form = form_of(PACKAGED.notice, provision)
    assert form is not None
    for step in form.steps:
        places = [
            (pointer.rpartition("/")[0], field.label)
            for pointer, field in fields(step.parts, step.at)
        ]
        assert len(places) == len(set(places))


def fields(parts: tuple[Part, ...], at: str) -> list[tuple[str, Field]]:
    """Every field with its pointer."""
    found: list[tuple[str, Field]] = []
    for part in parts:
        here = f"{at}/{part.name}"
        found += [(here, part)] if isinstance(part, Field) else fields(part.parts, here)
    return found
