"""The READMEs name every setting and keep their promises about files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")


def variables() -> set[str]:
    """Names of the environment variables that the settings read."""
    files = (ROOT / "config" / name for name in ("settings.py", "practice.py"))
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    return set(re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"', source))


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_in_the_table(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert variables() - set(re.findall(r"`([A-Z_0-9]+)`", text)) == set()


@pytest.mark.parametrize("readme", READMES)
def test_links_lead_to_files(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
