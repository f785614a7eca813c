"""The pictures in the documentation, taken anew: `python -m tests.support.screenshots`.

They are taken on the way of `tests/web/test_story.py`. Beside them stands the digest of what the
pictured pages are drawn from, so that a test can tell when they are out of date; pictures of two
machines are never compared.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "docs" / "pictures" / "portal"
DIGEST: Final = FOLDER / "drawn-from.sha256"
MOST_BYTES: Final = 150_000
STATIONS: Final = (
    "home",
    "question",
    "result",
    "form",
    "materials",
    "check",
    "receipt",
    "code",
    "asked",
    "supplement",
    "decided",
)
"""Each in a telephone's window."""
WIDE: Final = ("home", "result", "form", "receipt", "asked", "decided")
"""Those of them that are shown in a wide window, too: in both READMEs."""

_PAGES: Final = ROOT / "web" / "portal" / "templates" / "portal"
_DRAWN_FROM: Final = (
    *(_PAGES / f"{name}.html" for name in ("layout", "home", "screening_question")),
    *(_PAGES / f"{name}.html" for name in ("screening_result", "apply_step", "apply_check")),
    *(_PAGES / f"{name}.html" for name in ("receipt", "code", "status", "supplement")),
    *(_PAGES / f"{name}.html" for name in ("materials", "documents", "apply_parts")),
    ROOT / "web" / "parts" / "templates" / "parts" / "layout.html",
    ROOT / "web" / "parts" / "templates" / "parts" / "form.html",
)
_STYLES: Final = ROOT / "web" / "parts" / "files" / "wenqi.css"
_DESK: Final = ("/* 7 Desk", "@media (max-width: 35.99rem)")
"""Where the part of the styles begins and ends that no pictured page has."""


def names() -> list[str]:
    """The files of all pictures."""
    return [f"{each}-phone.png" for each in STATIONS] + [f"{each}-wide.png" for each in WIDE]


def digest() -> str:
    """Of everything that the pictured pages are drawn from."""
    found = hashlib.sha256()
    for path in _DRAWN_FROM:
        found.update(path.read_bytes())
    styles = _STYLES.read_text(encoding="utf-8")
    before, _, rest = styles.partition(_DESK[0])
    found.update((before + rest.partition(_DESK[1])[2]).encode())
    return found.hexdigest()


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


def main() -> int:
    """Take all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    story = [sys.executable, "-m", "pytest", "-q", "tests/web/test_story.py"]
    ended = subprocess.run(
        story, cwd=ROOT, env={**os.environ, "PICTURES": str(FOLDER)}, check=False
    )
    if ended.returncode == 0:
        DIGEST.write_text(digest() + "\n", encoding="ascii")
    return ended.returncode


if __name__ == "__main__":
    raise SystemExit(main())
