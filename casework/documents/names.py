"""What files are called: as whoever sent them called them, and as we do."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from vocabulary.documents import FileKind

LONGEST: Final = 100
_REFUSED: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
"""What Windows takes in no name, and what turns a name round on the screen."""


def plain(name: str) -> str:
    """A name as it was sent, without folders and without what cannot be seen."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    return shown.strip() or "未命名"


def given(stem: str, paper: str, serial: int, kind: FileKind) -> str:
    """receipt_paper_n.ext, at most 100 characters, which every system takes."""
    end = f"_{serial}.{kind.extension}"
    said = _REFUSED.sub("", f"{stem}_{paper}").strip(" .")
    return said[: LONGEST - len(end)] + end
