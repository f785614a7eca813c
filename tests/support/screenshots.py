"""The documentation's pictures, taken anew: `python -m tests.support.screenshots [portal|desk]`.

They are taken on the way of a test. Beside them stands the digest of what the pictured pages are
drawn from, so that a test can tell when they are out of date; pictures of two machines are never
compared.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page

ROOT: Final = Path(__file__).parents[2]
MOST_BYTES: Final = 150_000
_WEB: Final = ROOT / "web"
_STYLES: Final = _WEB / "parts" / "files" / "wenqi.css"
_OF_DESK: Final = ("/* 7 Desk", "@media (max-width: 35.99rem)")
"""Where the part of the styles begins and ends that the desk's pages alone have."""


@dataclass(frozen=True, slots=True)
class Album:
    """The pictures that are taken on the way of `test`. `phone`, `wide`: at which stations, in
    which window; `drawn_from`: the pictured pages' templates, below web/; `is_desk`: whose part of
    the styles they have."""

    name: str
    test: str
    phone: tuple[str, ...]
    wide: tuple[str, ...]
    drawn_from: tuple[str, ...]
    is_desk: bool

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return ROOT / "docs" / "pictures" / self.name

    @property
    def kept(self) -> Path:
        """What the pages were drawn from when they were taken."""
        return self.folder / "drawn-from.sha256"

    def names(self) -> list[str]:
        """The files of all pictures."""
        return [f"{each}-phone.png" for each in self.phone] + [
            f"{each}-wide.png" for each in self.wide
        ]

    def digest(self) -> str:
        """Of everything that the pictured pages are drawn from."""
        found = hashlib.sha256()
        for path in self.drawn_from:
            found.update((_WEB / path).read_bytes())
        before, _, rest = _STYLES.read_text(encoding="utf-8").partition(_OF_DESK[0])
        desk, _, after = rest.partition(_OF_DESK[1])
        found.update((desk if self.is_desk else before + after).encode())
        return found.hexdigest()

    def take_anew(self) -> bool:
        """Run the test that takes them. Returns whether all were taken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        way = [sys.executable, "-m", "pytest", "-q", self.test]
        ended = subprocess.run(
            way, cwd=ROOT, env={**os.environ, "PICTURES": str(self.folder)}, check=False
        )
        if ended.returncode == 0:
            self.kept.write_text(self.digest() + "\n", encoding="ascii")
        return ended.returncode == 0


_PORTAL_PAGES: Final = (
    *("layout", "home", "screening_question", "screening_result", "apply_step", "apply_check"),
    *("receipt", "code", "status", "supplement", "materials", "documents", "apply_parts"),
)
PORTAL: Final = Album(
    name="portal",
    test="tests/web/test_story.py",
    phone=(
        *("home", "question", "result", "form", "materials", "check", "receipt", "code", "asked"),
        *("supplement", "decided"),
    ),
    wide=("home", "result", "form", "receipt", "asked", "decided"),  # in both READMEs, too
    drawn_from=(
        *(f"portal/templates/portal/{each}.html" for each in _PORTAL_PAGES),
        *(f"parts/templates/parts/{each}.html" for each in ("layout", "form")),
    ),
    is_desk=False,
)
_DESK_PAGES: Final = (
    *("layout", "today", "rows", "cases", "case", "case_parts", "case_proposal", "act"),
    *("payment_batch", "week", "report_parts"),
)
DESK: Final = Album(
    name="desk",
    test="tests/web/desk/test_day.py",
    phone=("visit",),
    wide=("today", "list", "case", "second-person", "payments", "week"),
    drawn_from=tuple(f"desk/templates/desk/{each}.html" for each in _DESK_PAGES),
    is_desk=True,
)
ALBUMS: Final = (PORTAL, DESK)


def take(page: Page, folder: Path, station: str, size: tuple[int, int]) -> None:
    """What stands in a window of that size, from the top, in few colours."""
    before = page.viewport_size
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    taken = Image.open(io.BytesIO(page.screenshot()))
    kind = "phone" if size[0] < 600 else "wide"
    few = taken.convert("RGB").quantize(64, dither=Image.Dither.NONE)
    few.save(folder / f"{station}-{kind}.png", optimize=True)
    if before:
        page.set_viewport_size(before)


def main(*asked: str) -> int:
    """Take the pictures of these albums; of all without a name."""
    taken = [each.take_anew() for each in ALBUMS if not asked or each.name in asked]
    return 0 if taken and all(taken) else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
