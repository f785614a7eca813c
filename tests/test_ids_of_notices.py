"""Only a notice's data, its forms and its rules name its provisions and questions by their ids."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from config.notices import load_notice
from config.settings import Settings

ROOT: Final = Path(__file__).parents[1]
ROOMS: Final = ("api", "casework", "cli", "config", "schemas", "store", "vocabulary", "workers")
EXEMPT: Final = {
    "config/settings.py": "the default of NOTICE_ID: the notice a deployment takes in if unasked",
    "cli/demo/story.py": "the demonstration files samples, which are applications of one notice",
    "cli/measures.py": "prints the rules of this notice, with the question that rounding raises",
    "schemas/bureau.py": "an example value in the documentation of a field",
}
"""File -> why it may name them."""


def test_nothing_else_names_a_notice_a_provision_or_a_question() -> None:
    notice = load_notice(Settings.notice_id)
    ids = (notice.id, *notice.content["provisions"], *notice.content["questions"])
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, ids))})\b")
    assert named.search('"m14_special_difficulty"')
    found = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if not path.is_relative_to(ROOT / "schemas" / "forms")
        and named.search(path.read_text(encoding="utf-8"))
    }
    assert found == set(EXEMPT)
