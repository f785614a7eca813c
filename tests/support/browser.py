"""A real browser: found on this machine, or installed where that is allowed, and what to ask of it.

`python -m tests.support.browser` finds it and says where; as root it installs what is missing from
the system's packages. Named by `CHROMIUM`, or on the PATH.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Response, sync_playwright

NAMES: Final = (
    "chromium-headless-shell",  # draws no window: a fifth less work for the same pages
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
PHONE, DESKTOP = (360, 740), (1280, 900)
"""Width and height of the two windows that every page is looked at in."""
MOST_BYTES: Final = 100_000
PATIENCE_MS: Final = 60_000
"""Of a page that a busy machine draws; what takes long is measured in `bench/`."""
_INSTALLERS: Final = (
    ("apt-get", ("chromium-headless-shell", "fonts-noto-cjk")),
    ("apt-get", ("chromium", "fonts-noto-cjk")),
    ("dnf", ("chromium", "google-noto-sans-cjk-fonts")),
    ("apk", ("chromium", "font-noto-cjk")),
)
_ASK: Final = "Install Chromium and a Chinese font, or name the browser: CHROMIUM=/path/to/chromium"


def find_chromium() -> str | None:
    """The browser's program, if there is one."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def has_chinese_font() -> bool:
    """Whether Chinese is drawn as characters; taken for granted where nothing tells."""
    if not (tool := shutil.which("fc-list")):
        return True
    return bool(subprocess.run([tool, ":lang=zh"], capture_output=True, check=True).stdout)


def require_chromium() -> str:
    """The browser's program; installed, as root, where it is missing. Exits with what to do."""
    found = find_chromium()
    if found and has_chinese_font():
        return found
    _install()
    found = find_chromium()
    if not found:
        raise SystemExit(f"The tests need a browser. {_ASK}")
    return found


def _install() -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise SystemExit(f"The tests need a browser with a Chinese font. {_ASK}")
    tool = next(filter(shutil.which, ("apt-get", "dnf", "apk")), "")
    if not tool:
        return
    asked = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if tool == "apt-get":
        subprocess.run([tool, "update", "-qq"], check=True, env=asked)
    verb = ["add"] if tool == "apk" else ["install", "-y"]
    # What an older distribution does not have is followed by what it has.
    for packages in (packages for of, packages in _INSTALLERS if of == tool):
        if subprocess.run([tool, *verb, *packages], check=False, env=asked).returncode == 0:
            return


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, without a window."""
    with sync_playwright() as playwright:
        # As root, as in a container of CI, Chromium's own sandbox does not start.
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"]
        launched = playwright.chromium.launch(executable_path=require_chromium(), args=options)
        yield launched
        launched.close()


@dataclass
class Window:
    """A window of a browser at one size, on one site; what went wrong in it is collected."""

    page: Page
    base_url: str
    faults: list[str] = field(default_factory=list)
    received: int = 0

    def open(self, path: str, *, status: int = 200) -> Page:
        """Go to a page and check what holds of every page."""
        self.received = 0
        answer = self.page.goto(self.base_url + path)
        assert answer is not None
        self.check(answer, status)
        return self.page

    def check(self, answer: Response, status: int = 200) -> None:
        """What holds of every page: its status, size, language, headings, days, one filled button
        at most, no scrolling sideways, nothing that axe finds, nothing that the browser refused or
        could not find."""
        assert answer.status == status, (answer.url, answer.status)
        assert self.received < MOST_BYTES, (answer.url, self.received)
        found = self.page.evaluate(_EVERY_PAGE)
        assert not (days := found.pop("days")), (answer.url, days)
        filled = found.pop("filled")  # the one thing to do next
        assert len(filled) <= 1, (answer.url, filled)
        assert found == {"language": "zh-CN", "headings": 1, "titled": True, "sideways": 0}, found
        self.check_accessible()
        # A refusal of the page itself is a line on the console, and expected.
        odd = [each for each in self.faults if status == 200 or "Failed to load" not in each]
        assert odd == []
        self.faults.clear()

    def check_accessible(self) -> None:
        """Nothing that axe finds."""
        self._axe({})

    def check_colours(self, scheme: Literal["light", "dark"]) -> None:
        """Enough contrast in a scheme of colours, which the page is left in."""
        self.page.emulate_media(color_scheme=scheme)
        self._axe({"runOnly": ["color-contrast"]})

    def _axe(self, options: dict[str, Any]) -> None:
        if self.page.evaluate("typeof axe") == "undefined":
            self.page.evaluate(AXE_SCRIPT)
        violations: list[Any] = self.page.evaluate(_VIOLATIONS, options)
        told = [
            (each["id"], node["html"], node["failureSummary"])
            for each in violations
            for node in each["nodes"]
        ]
        assert told == [], told


# Of what is in order axe would make a report too, several times as long as what it takes to look.
_VIOLATIONS: Final = """options =>
  axe.run({...options, resultTypes: ["violations"]}).then(found => found.violations)"""
_EVERY_PAGE: Final = """() => ({
  language: document.documentElement.lang,
  headings: document.querySelectorAll("h1").length,
  titled: document.title.length > 4,
  days: [...document.querySelectorAll("[lang=en]")]
    .reduce((said, each) => said.replace(each.innerText, ""), document.body.innerText)
    .match(/(?<![\\w-])[12]\\d{3}-\\d\\d-\\d\\d(?![\\w-])/g) ?? [],
  sideways: Math.max(0, document.documentElement.scrollWidth - window.innerWidth),
  filled: [...document.querySelectorAll(".btn-primary")].filter(each => each.checkVisibility())
    .map(each => each.textContent),
})"""


@contextmanager
def window(
    browser: Browser, base_url: str, size: tuple[int, int], *, scripts: bool = True
) -> Iterator[Window]:
    """A new window without any cookie. `scripts`: whether pages may run theirs."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        reduced_motion="reduce",
        java_script_enabled=scripts,
        has_touch=size == PHONE,
    )
    context.set_default_timeout(PATIENCE_MS)
    # Navigations have a time of their own.
    context.set_default_navigation_timeout(PATIENCE_MS)
    made = Window(context.new_page(), base_url)
    made.page.on("console", lambda said: made.faults.append(said.text) if _bad(said) else None)
    made.page.on("pageerror", lambda error: made.faults.append(str(error)))
    made.page.on("requestfinished", lambda sent: _count(made, sent))
    yield made
    context.close()


def sheets(page: Page) -> int:
    """How many sheets of A4 a page prints on, held as its style says."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))


def picture(page: Page, name: str) -> None:
    """For whoever wants to look: a picture in the folder named by `PICTURES`."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def _bad(said: Any) -> bool:
    return said.type in {"error", "warning"}


def _count(made: Window, sent: Any) -> None:
    if not sent.url.endswith((".png", ".jpg")):
        made.received += sent.sizes()["responseBodySize"]


if __name__ == "__main__":
    print(f"Browser for the tests: {require_chromium()}")  # noqa: T201
