"""Only a notice's data, its forms and its rules name what is its own; others ask for it by role."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from config.notices import PACKAGED
from tests.support.notices import SECOND
from tests.support.scenarios.judging import NOTICE
from vocabulary.forms import District

ROOT: Final = Path(__file__).parents[1]
ROOMS: Final = (
    "api",
    "casework",
    "cli",
    "config",
    "deploy",
    "schemas",
    "store",
    "vocabulary",
    "web",
    "workers",
)
KINDS: Final = ("*.py", "*.sql", "*.html", "*.conf", "*.yml")
ITS_OWN: Final = (ROOT / "schemas" / "forms", *(head.parent for head in PACKAGED.glob("*/*.toml")))
EXEMPT: Final = {
    "config/settings.py": "the default of NOTICE_ID: the notice a deployment takes in if unasked",
    "cli/demo/story.py": "the demonstration files samples, which are applications of one notice",
    "deploy/supply/sbom.py": "the version of CycloneDX happens to read as the id of a condition",
    "schemas/cases.py": "an example value in the documentation of a field",
    "vocabulary/forms.py": "the words that forms are filled in with, districts among them",
}
"""File -> why it may name them."""


def named() -> re.Pattern[str]:
    """What is this notice's own: as a word of its own, and ids that are common words in quotes."""
    content = NOTICE.content
    names = {
        NOTICE.id,
        *content["provisions"],
        *content["questions"],
        *(district.value for district in District),
        *(district.label for district in District),
        *(name for bureau in content["bureaus"].values() for name in bureau["printed"]),
        NOTICE.above_bureaus or "",
        NOTICE.name_of(NOTICE.above_bureaus or ""),
    }
    quoted = {*NOTICE.bureaus, *content["route_reasons"]}
    quoted |= {code for code in NOTICE.conditions if not code.isalpha()}
    words = "|".join(map(re.escape, sorted(names)))
    ids = "|".join(map(re.escape, sorted(quoted)))
    return re.compile(rf"""(?<![a-z0-9_])(?:{words})(?![a-z0-9_])|(["'])(?:{ids})\1""")


PACKAGES: Final = re.compile(r"\b(?:rules\.provisions|schemas\.forms|import .*PROVISIONS)\b")
"""The rules and forms of one notice, which only its notice.toml names."""
READERS: Final = {"cli/measures.py": "prints the rules of this notice"}


def found(pattern: re.Pattern[str]) -> set[str]:
    """The product's files in which it is, apart from a notice's data and forms."""
    return {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for kind in KINDS
        for path in (ROOT / room).rglob(kind)
        if not any(path.is_relative_to(own) for own in ITS_OWN)
        and pattern.search(path.read_text(encoding="utf-8"))
    }


def test_nothing_else_names_what_is_a_notices_own() -> None:
    pattern = named()
    for own in ('"m14_special_difficulty"', "Q31", "district_government", "'commerce_tenants'"):
        assert pattern.search(own), own
    assert found(pattern) == set(EXEMPT)


def test_nothing_else_imports_the_rules_and_forms_of_one_notice() -> None:
    assert PACKAGES.search("from rules.provisions import m05_finance")
    assert found(PACKAGES) == set(READERS)


def test_nothing_knows_the_notice_made_up_for_the_tests() -> None:
    made_up = re.compile(r"shili|s0[23]_|示例区")
    assert made_up.search((SECOND / "notice.toml").read_text(encoding="utf-8"))
    assert not found(made_up)
